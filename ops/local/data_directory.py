"""The folder where an installation on this machine keeps its data, its keys and its logs."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.errors import OperatorError
from ops.repository import ROOT
from ops.secret_files import make_identity_keys, write_private


@dataclass(frozen=True)
class DataDirectory:
    """Paths below one data folder; making this object touches nothing."""

    path: Path

    @property
    def logs(self) -> Path:
        return self.path / "log"

    @property
    def mail(self) -> Path:
        return self.path / "mail"

    @property
    def bus(self) -> Path:
        return self.path / "bus.db"

    @property
    def public_keys(self) -> Path:
        return self.path / "keys" / "identity.json"

    @property
    def signing_key(self) -> Path:
        return self.path / "keys" / "signing.json"

    @property
    def demo_key(self) -> Path:
        return self.path / "demo.key"

    @property
    def demo_manifest(self) -> Path:
        return self.path / "demo.json"

    @property
    def running(self) -> Path:
        return self.path / "running.json"

    def database(self, service: str) -> Path:
        return self.path / f"{service}.db"

    def secret(self, name: str) -> Path:
        return self.path / "keys" / name

    def prepare(self) -> None:
        """Make the folders, and the secrets and keys that are not there yet."""
        for folder in (self.path, self.logs, self.mail, self.path / "keys"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("session", "cursor"):
            if not self.secret(name).exists():
                write_private(self.secret(name), secrets.token_urlsafe(48))
        if not (self.signing_key.exists() and self.public_keys.exists()):
            make_identity_keys(signing=self.signing_key, public=self.public_keys)

    def wipe(self) -> None:
        """Delete what an installation wrote here, and nothing else that may lie in the folder."""
        for path in [*self.path.glob("*.db*"), self.demo_key, self.demo_manifest, self.path / "migrated"]:
            path.unlink(missing_ok=True)
        for folder in (self.mail, self.logs, self.path / "keys"):
            shutil.rmtree(folder, ignore_errors=True)

    def address(self) -> str:
        """Where the installation that runs on this data answers; raises OperatorError when none does."""
        return str(self._installation()["url"])

    def process_id(self) -> int:
        """The process that has started all others of that installation; raises OperatorError when none runs."""
        return int(self._installation()["pid"])

    def _installation(self) -> dict[str, Any]:
        with suppress(OSError, ValueError, KeyError):
            running: dict[str, Any] = json.loads(self.running.read_text())
            os.kill(running["pid"], 0)
            return running
        raise OperatorError("Nothing runs on this data. Start it in another window: python3 crm.py up")

    @contextmanager
    def locked(self, url: str) -> Iterator[None]:
        """Keep a second start off the same data, and tell the other commands where this one answers."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.path / "up.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise OperatorError(
                    f"It runs already: {self.address()}\nStop that one first (Ctrl-C in its window)."
                ) from error
            write_private(self.running, json.dumps({"url": url, "pid": os.getpid()}))
            try:
                yield
            finally:
                self.running.unlink(missing_ok=True)


def data_directory(path: str | None) -> DataDirectory:
    """The one that was named, or var/ beside crm.py."""
    return DataDirectory(Path(path or os.environ.get("CRM_DATA") or ROOT / "var").resolve())
