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

from ops.errors import Trouble
from ops.repository import ROOT
from ops.secret_files import make_identity_keys, write_private


@dataclass(frozen=True)
class Place:
    """Paths below one data folder; making a Place touches nothing."""

    data: Path

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def mail(self) -> Path:
        return self.data / "mail"

    @property
    def bus(self) -> Path:
        return self.data / "bus.db"

    @property
    def public_keys(self) -> Path:
        return self.data / "keys" / "identity.json"

    @property
    def signing_key(self) -> Path:
        return self.data / "keys" / "signing.json"

    @property
    def demo_key(self) -> Path:
        return self.data / "demo.key"

    @property
    def demo_book(self) -> Path:
        return self.data / "demo.json"

    @property
    def running(self) -> Path:
        return self.data / "running.json"

    def database(self, service: str) -> Path:
        return self.data / f"{service}.db"

    def secret(self, name: str) -> Path:
        return self.data / "keys" / name

    def prepare(self) -> None:
        """Make the folders, and the secrets and keys that are not there yet."""
        for folder in (self.data, self.logs, self.mail, self.data / "keys"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("session", "cursor"):
            if not self.secret(name).exists():
                write_private(self.secret(name), secrets.token_urlsafe(48))
        if not (self.signing_key.exists() and self.public_keys.exists()):
            make_identity_keys(signing=self.signing_key, public=self.public_keys)

    def wipe(self) -> None:
        """Delete what an installation wrote here, and nothing else that may lie in the folder."""
        for path in [*self.data.glob("*.db*"), self.demo_key, self.demo_book, self.data / "migrated"]:
            path.unlink(missing_ok=True)
        for folder in (self.mail, self.logs, self.data / "keys"):
            shutil.rmtree(folder, ignore_errors=True)

    def address(self) -> str:
        """Where the installation that runs on this data answers; raises Trouble when none does."""
        with suppress(OSError, ValueError, KeyError):
            running = json.loads(self.running.read_text())
            os.kill(running["pid"], 0)
            return str(running["url"])
        raise Trouble("Nothing runs on this data. Start it in another window: python3 crm.py up")

    @contextmanager
    def held(self, url: str) -> Iterator[None]:
        """Keep a second start off the same data, and tell the other commands where this one answers."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.data / "up.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Trouble(
                    f"It runs already: {self.address()}\nStop that one first (Ctrl-C in its window)."
                ) from error
            write_private(self.running, json.dumps({"url": url, "pid": os.getpid()}))
            try:
                yield
            finally:
                self.running.unlink(missing_ok=True)


def place_of(data: str | None) -> Place:
    """The place somebody named, or var/ beside crm.py."""
    return Place(Path(data or os.environ.get("CRM_DATA") or ROOT / "var").resolve())
