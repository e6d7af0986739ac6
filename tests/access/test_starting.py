"""No service starts with a secret that others know, or without the keys by which it knows who is asking."""

import itertools
import os
import signal
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pytest

from ops.local.data_directory import DataDirectory
from ops.local.processes import Installation, flask_argv
from ops.repository import EVERYONE
from tests.fork_server import start_program

KNOWN = "changeme"
SHORT = "31 bytes are too short a secret"
NOWHERE = "/nowhere/keys.json"
INIT = "python3 crm.py init"
SECONDS = 60
_NUMBERS = itertools.count()


@dataclass(frozen=True, kw_only=True)
class Start:
    """A start that must fail: the setting that is wrong; `as_server` starts the web server, else the command line."""

    service: str
    setting: str
    value: str
    as_server: bool = False


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """As `crm.py up` prepares it; nothing of it ever listens."""
    place = DataDirectory(tmp_path_factory.mktemp("starting") / "var")
    place.prepare()
    return Installation(data=place, ports=dict.fromkeys(EVERYONE, 0))


def trouble_with(installation: Installation, starts: Iterable[Start]) -> list[str]:
    """What is wrong with each of these starts, which all have to fail with a sentence that helps."""
    return [one for one in (_trouble(installation, start) for start in starts) if one]


def _trouble(installation: Installation, start: Start) -> str:
    code, output = _ended(installation, start)
    missing = [words for words in (start.setting, INIT) if words not in output]
    if code == 0:
        return f"{start} starts"
    if missing or (start.value == SHORT and start.value in output):
        return f"{start} ends with {code}, and does not say {missing}, or says the secret: {output[-300:]}"
    return ""


def _ended(installation: Installation, start: Start) -> tuple[int, str]:
    """Its exit code and all that it wrote; a server that has not ended is one that has started."""
    server = next(one for one in installation.programs() if one.name == start.service)
    program = server if start.as_server else replace(server, argv=(*flask_argv(start.service), "routes"))
    log = installation.data.logs / f"{next(_NUMBERS)}.log"
    environment = {**os.environ, **installation.environment(start.service), start.setting: start.value}
    process = start_program(program, environment, log)
    try:
        code = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        code = 0
    return code, log.read_text(encoding="utf-8")


def test_a_known_or_a_short_secret_stops_every_service(installation: Installation) -> None:
    starts = [Start(service=service, setting="CRM_CURSOR_SECRET", value=SHORT) for service in EVERYONE]
    known = Start(service="orders", setting="CRM_CURSOR_SECRET", value=KNOWN)
    assert not (trouble := trouble_with(installation, [*starts, known])), "\n".join(trouble)


def test_a_known_or_a_short_session_secret_stops_the_gateway(installation: Installation) -> None:
    starts = [Start(service="gateway", setting="CRM_SESSION_SECRET", value=value) for value in (KNOWN, SHORT)]
    assert not (trouble := trouble_with(installation, starts)), "\n".join(trouble)


def test_the_web_server_does_not_listen_with_a_known_secret(installation: Installation) -> None:
    starts = [
        Start(service="cases", setting="CRM_CURSOR_SECRET", value=KNOWN, as_server=True),
        Start(service="gateway", setting="CRM_SESSION_SECRET", value=KNOWN, as_server=True),
    ]
    assert not (trouble := trouble_with(installation, starts)), "\n".join(trouble)


def test_a_missing_key_file_stops_every_service(installation: Installation) -> None:
    starts = [Start(service=service, setting="CRM_IDENTITY_KEYS", value=NOWHERE) for service in EVERYONE]
    assert not (trouble := trouble_with(installation, starts)), "\n".join(trouble)


def test_a_missing_signing_key_stops_the_gateway(installation: Installation) -> None:
    start = Start(service="gateway", setting="CRM_IDENTITY_SIGNING_KEY", value=NOWHERE)
    assert not (trouble := trouble_with(installation, [start])), "\n".join(trouble)


def test_a_service_that_is_given_the_signing_key_for_the_public_ones_does_not_start(installation: Installation) -> None:
    signing = str(installation.data.signing_key)
    assert not (
        trouble := trouble_with(installation, [Start(service="cases", setting="CRM_IDENTITY_KEYS", value=signing)])
    ), "\n".join(trouble)
