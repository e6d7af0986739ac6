"""Brings the databases of an installation up to date, all at once, and only when there is something to do."""

import hashlib
import os
import subprocess
from collections.abc import Callable

from ops.place import EVERYONE, ROOT, Trouble
from ops.processes import FLASK, Installation

SOURCES = ("shared/servicekit/migrations", "services/*/*/migrations", "gateway/gateway/migrations")


def migrate(installation: Installation, *, say: Callable[[str], None]) -> None:
    """Run every service's migrations side by side; raises Trouble with the words of the one that failed."""
    running = {service: _start(installation, service) for service in EVERYONE}
    failures = []
    for service, process in running.items():
        output, _ = process.communicate()
        if process.returncode:
            failures.append(f"{service}:\n{output.strip()[-2000:]}")
        else:
            say(service)
    if failures:
        raise Trouble("The database could not be brought up to date. Nothing was started.\n\n" + "\n\n".join(failures))
    (installation.place.data / "migrated").write_text(level(installation))


def is_up_to_date(installation: Installation) -> bool:
    """Whether these very migrations already ran on these very files; saves a second at every start."""
    stamp = installation.place.data / "migrated"
    return stamp.exists() and stamp.read_text() == level(installation)


def level(installation: Installation) -> str:
    """Changes with every migration, with a database that was deleted, and with the first administrator."""
    digest = hashlib.sha256(installation.environment("gateway")["CRM_ADMIN_EMAIL"].encode())
    for pattern in SOURCES:
        for file in sorted(ROOT.glob(f"{pattern}/**/*.py")):
            digest.update(file.read_bytes())
    for service in EVERYONE:
        file = installation.place.database(service)
        digest.update(f"{service} {file.stat().st_ino if file.exists() else 'missing'}".encode())
    return digest.hexdigest()


def _start(installation: Installation, service: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(FLASK), "--app", f"{service}.app", "migrate"],
        env={**os.environ, **installation.environment(service)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
