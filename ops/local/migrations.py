"""Brings the databases of an installation up to date, all at once, and only when there is something to do."""

import hashlib
from collections.abc import Callable

from ops.errors import OperatorError
from ops.local.commands import Command
from ops.local.processes import Installation
from ops.repository import EVERYONE, ROOT

SOURCES = ("shared/servicekit/migrations", "services/*/*/migrations", "gateway/gateway/migrations")
CONSUMERS = "services/*/*/**/consumers.py"


def migrate(installation: Installation, *, say: Callable[[str], None]) -> None:
    """Run every service's migrations side by side; raises OperatorError with the words of those that failed."""
    running = {service: Command(installation, service, "migrate") for service in EVERYONE}
    failures = []
    for service, command in running.items():
        try:
            command.finish()
        except OperatorError as error:
            failures.append(str(error))
        else:
            say(service)
    if failures:
        raise OperatorError(
            "\n\n".join(["The databases could not be brought up to date. Nothing was started.", *failures])
        )
    # Every queue is there before the first event is published: an earlier one would not reach it.
    for command in [Command(installation, service, "declare") for service in EVERYONE]:
        command.finish()
    (installation.data.path / "migrated").write_text(level(installation))


def is_up_to_date(installation: Installation) -> bool:
    """Whether these very migrations already ran on these very files; saves a second at every start."""
    stamp = installation.data.path / "migrated"
    return stamp.exists() and stamp.read_text() == level(installation)


def level(installation: Installation) -> str:
    """Changes with every migration, with a database that was deleted, and with the first administrator."""
    digest = hashlib.sha256(installation.environment("gateway")["CRM_ADMIN_EMAIL"].encode())
    for pattern in SOURCES:
        for file in sorted(ROOT.glob(f"{pattern}/**/*.py")):
            digest.update(file.read_bytes())
    for file in sorted(ROOT.glob(CONSUMERS)):
        digest.update(file.read_bytes())
    bus = installation.data.bus
    digest.update(f"bus {bus.stat().st_ino if bus.exists() else 'missing'}".encode())
    for service in EVERYONE:
        file = installation.data.database(service)
        digest.update(f"{service} {file.stat().st_ino if file.exists() else 'missing'}".encode())
    return digest.hexdigest()
