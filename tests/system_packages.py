"""Installs the broker and the browser that tests need, where root may and the machine has apt-get."""

import os
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.browser import chromium
from tests.servers import rabbit

POLICY = Path("/usr/sbin/policy-rc.d")
NO_SERVER_MAY_START = "#!/bin/sh\nexit 101\n"
IS_THERE: Mapping[str, Callable[[], bool]] = {"rabbitmq-server": rabbit.is_provided, "chromium": chromium.is_installed}


def install(packages: Collection[str], *, say: Callable[[str], None]) -> None:
    """Install those of these packages that are missing; where that cannot be, the checks themselves say what they lack."""
    missing = [name for name in packages if not IS_THERE[name]()]
    if not missing or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say(f"Installing {' and '.join(missing)} by apt-get, as you are root …")
    with no_server_starts():
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            answer = subprocess.run(
                ["apt-get", "-qq", *arguments],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                capture_output=True,
                text=True,
                check=False,
            )
    still = [name for name in missing if not IS_THERE[name]()]
    say(f"Not installed: {' and '.join(still)}. {answer.stderr.strip()[-500:]}" if still else "Installed.")


@contextmanager
def no_server_starts() -> Iterator[None]:
    """Keep packages from starting their server: it would take the port of a private one."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text(NO_SERVER_MAY_START)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
