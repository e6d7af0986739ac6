"""Ports and environments of the processes that `up` starts."""

import socket
from pathlib import Path

import pytest

from ops.errors import OperatorError
from ops.local.data_directory import DataDirectory
from ops.local.processes import Installation, choose_ports
from ops.repository import EVERYONE

SECRETS_OF_THE_GATEWAY = {"CRM_IDENTITY_SIGNING_KEY", "CRM_SESSION_SECRET_FILE"}


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(data=DataDirectory(tmp_path), ports=dict(zip(EVERYONE, range(9001, 9006), strict=True)))


def test_only_the_gateway_can_sign_and_only_notifications_sends_mail(installation: Installation) -> None:
    environments = {service: installation.environment(service).keys() for service in EVERYONE}
    assert {service for service, names in environments.items() if names & SECRETS_OF_THE_GATEWAY} == {"gateway"}
    assert {service for service, names in environments.items() if "CRM_MAIL_URL" in names} == {"notifications"}


def test_no_secret_stands_in_an_environment(installation: Installation) -> None:
    installation.data.prepare()
    secrets = {installation.data.secret(name).read_text() for name in ("session", "cursor")}
    for program in installation.programs():
        assert not secrets & set(program.env.values())


def test_every_service_has_a_web_process_and_a_worker(installation: Installation) -> None:
    names = {program.name for program in installation.programs()}
    assert names == {*EVERYONE, *(f"{service}-worker" for service in EVERYONE)}


def test_the_gateway_closes_its_door_first(installation: Installation) -> None:
    stages = {program.name: program.stage for program in installation.programs()}
    assert stages["gateway"] > stages["cases"] > stages["cases-worker"]


def test_everything_listens_on_this_machine_alone(installation: Installation) -> None:
    binds = [p.argv[p.argv.index("--bind") + 1] for p in installation.programs() if "--bind" in p.argv]
    assert {bind.split(":")[0] for bind in binds} == {"127.0.0.1"}


def test_a_port_in_use_is_stepped_over_unless_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("CRM_PORT", str(port))
        ports = choose_ports(None)
        assert port not in ports.values()
        assert len(set(ports.values())) == len(EVERYONE)
        with pytest.raises(OperatorError, match=f"Port {port} is in use"):
            choose_ports(port)
