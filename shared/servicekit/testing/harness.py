"""Test tools that the kit ships: a real service on a fresh database, any caller's identity, a synchronous bus."""

import atexit
import functools
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from servicekit.auth import Kind, Minter, Principal, Scope
from servicekit.database.engine import Database
from servicekit.database.migrate import upgrade
from servicekit.database.tables import OutboxRow
from servicekit.jobs import Work
from servicekit.messaging.events import new_event_id
from servicekit.messaging.relay import publish_waiting
from servicekit.service import Service, utc_now
from servicekit.testing.postgres import databases

POSTGRES = "CRM_TEST_HARNESS_POSTGRES"


@dataclass
class Clock:
    """A clock that stands until it is moved; starts at the real now."""

    at: datetime = field(default_factory=utc_now)

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.at

    def move(self, **delta: float) -> datetime:
        """`clock.move(hours=4)`."""
        self.at += timedelta(**delta)
        return self.at


def write_identity(folder: Path, kid: str = "test") -> tuple[Path, Path]:
    """A fresh Ed25519 pair as the two files that settings name: (public keys, signing key)."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    keys, signing = folder / "identity-keys.json", folder / "identity-signing.json"
    keys.write_text(json.dumps({kid: public.decode()}), encoding="utf-8")
    signing.write_text(json.dumps({"kid": kid, "private_pem": private.decode()}), encoding="utf-8")
    return keys, signing


@dataclass
class Harness:
    """Several services side by side in one folder, with one bus, one clock and one key pair."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    services: dict[str, Flask] = field(default_factory=dict)
    databases: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the key pair."""
        keys, signing = write_identity(self.folder)
        self.minter = Minter.from_file(str(signing))
        self.environ = {
            "CRM_BUS_URL": f"embedded:///{self.folder}/bus.db",
            "CRM_IDENTITY_KEYS": str(keys),
            "CRM_IDENTITY_SIGNING_KEY": str(signing),
            "CRM_CURSOR_SECRET": "test-cursor-secret-0123456789abcdef0123456789",
            "CRM_ENV": "development",
            "CRM_LOG_FORMAT": "console",
            **self.environ,
        }

    def start(self, create_app: Callable[..., Flask], settings: type[Any], **environ: str) -> "RunningService":
        """A migrated service in the harness's folder; `environ` overrides settings."""
        name = settings.__dataclass_fields__["service"].default
        package = create_app.__module__.rpartition(".")[0]
        values = {"CRM_DATABASE_URL": self._database_url(name, package), **self.environ, **environ}
        app = create_app(settings.from_environ(values))
        service = cast("Service", app.extensions["service"])
        service.clock, service.started = self.clock, self.clock()
        if "CRM_DATABASE_URL" in environ:
            upgrade(service.database, service.package)
        self.services[service.name] = app
        if service.consumers.by_type:
            service.bus.declare(service.name, service.consumers.by_type)
        return RunningService(harness=self, app=app, service=service)

    def _database_url(self, name: str, package: str) -> str:
        """A file in the folder, kept if it is there; or, on a PostgreSQL server that the environment names, a database.

        Either holds what was migrated once in this process: migrations take longer than most tests.
        """
        server = os.environ.get(POSTGRES)
        if server is None:
            path = self.folder / f"{name}.db"
            if not path.exists():
                shutil.copy(migrated_file(package), path)
            return f"sqlite:///{path}"
        database = databases(server).take(package)
        self.databases.append((package, database))
        return databases(server).address(database)

    def drain(self) -> int:
        """Relay and consume among the started services until nothing moves; returns how many events had an effect."""
        total = 0
        while moved := sum(self._step(cast("Service", app.extensions["service"])) for app in self.services.values()):
            total += moved
        return total

    def _step(self, service: Service) -> int:
        moved = publish_waiting(service.database, service.bus, now=service.clock).published
        if service.consumers.by_type:
            moved += service.bus.consume_ready(service.name, service.dispatcher.receive)
        return moved

    def close(self) -> None:
        """Close databases and buses."""
        for app in self.services.values():
            app.extensions["service"].close()
        for package, database in self.databases:
            databases(os.environ[POSTGRES]).give_back(package, database)


@functools.cache
def migrated_file(package: str) -> Path:
    """A SQLite database of this service at this code's level, made once in this process; copy it."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / f"{package}.db"
    database = Database(f"sqlite:///{path}", service=package)
    upgrade(database, package)
    database.close()
    return path


@dataclass
class RunningService:
    """One started service."""

    harness: Harness
    app: Flask
    service: Service

    def client(self, *permissions: str, **who: Any) -> "ApiClient":
        """A caller with these permissions; by default a user who sees all rows. `kind=Kind.PUBLIC` for a visitor."""
        known: dict[str, Any] = {"id": "usr_test", "kind": Kind.USER, "name": "Test User", "scope": Scope.ALL, **who}
        principal = Principal(permissions=frozenset(permissions), **known)
        return ApiClient(self.app.test_client(), self.harness.minter.mint(principal, self.service.name), principal)

    def run_job(self, name: str) -> int:
        """Run one of its jobs now."""
        job = next(one for one in self.service.jobs.scheduled if one.name == name)
        return job.run(self._work())

    def _work(self) -> Work:
        service = self.service
        return Work(database=service.database, settings=service.settings, now=service.clock, is_stopping=lambda: False)

    def receive(self, body: bytes) -> None:
        """Give it one event as the bus would; raises what the bus would park."""
        with self.service.database.write() as session:
            self.service.dispatcher.apply(session, body)

    def recorded(self) -> list[dict[str, Any]]:
        """Every event in its outbox, oldest first, as on the wire."""
        with self.service.database.read() as session:
            return [json.loads(one) for one in session.scalars(select(OutboxRow.envelope).order_by(OutboxRow.id))]


@dataclass
class ApiClient:
    """Flask's test client with an identity."""

    flask: FlaskClient
    token: str
    principal: Principal

    def request(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> Any:
        """One request to `/api/v1` + path (or to path itself when it begins with /api)."""
        where = path if path.startswith("/api/") else f"/api/v1{path}"
        return self.flask.open(
            where, method=method, headers={"Authorization": f"Bearer {self.token}", **(headers or {})}, **more
        )

    def get(self, path: str, **more: Any) -> Any:
        """GET."""
        return self.request("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """POST; `body` goes as JSON."""
        if "data" not in more:
            more["json"] = {} if body is None else body
        return self.request("POST", path, **more)

    def patch(self, path: str, body: Any, **more: Any) -> Any:
        """PATCH."""
        return self.request("PATCH", path, json=body, **more)

    def put(self, path: str, body: Any, **more: Any) -> Any:
        """PUT."""
        return self.request("PUT", path, json=body, **more)

    def delete(self, path: str, **more: Any) -> Any:
        """DELETE."""
        return self.request("DELETE", path, **more)


def envelope(event_type: str, data: Mapping[str, Any], **more: Any) -> bytes:
    """An event as another service would have published it; `id`, `subject`, `sequence`, `time`, `actor` may be set."""
    subject = more.pop("subject", data.get("id", "sub_test"))
    known: dict[str, Any] = {
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "id": new_event_id(),
        "source": "/services/test",
        "type": event_type,
        "subject": subject,
        "time": utc_now().isoformat(),
        "sequence": 1,
        "correlationid": "req_test",
    }
    return json.dumps({**known, **more, "data": data}, default=str).encode()
