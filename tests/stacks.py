"""Whole systems for tests: every process real, on the embedded defaults or on PostgreSQL and RabbitMQ."""

import contextlib
import functools
import importlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import Engine, NullPool, create_engine, text

from ops.api import Api
from ops.place import EVERYONE, SERVICES, Place
from ops.processes import Installation
from servicekit.database.engine import Database
from servicekit.database.migrate import upgrade
from servicekit.messaging.bus import RETRY_DELAYS, Bus, connect
from servicekit.supervisor import Program
from servicekit.testing.harness import migrated_file
from tests.nursery import Grown, start_program
from tests.servers.tools import free_port

ADMIN = "ada@example.com"
PASSWORD = "correct horse battery staple"
READY_SECONDS = 180


@dataclass
class Stack:
    """One system: `kill` and `start` name a program (`cases`, `cases-worker`, …)."""

    installation: Installation
    overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    processes: dict[str, Grown | subprocess.Popen[bytes]] = field(default_factory=dict)
    admin_email: str = ADMIN
    admin_password: str = PASSWORD

    @property
    def url(self) -> str:
        return self.installation.url

    @property
    def bus_url(self) -> str:
        return self.environment("gateway")["CRM_BUS_URL"]

    @functools.cached_property
    def bus(self) -> Bus:
        """To look into the queues."""
        return connect(self.bus_url)

    @property
    def retry_delays(self) -> tuple[float, ...]:
        given = self.environment("gateway").get("CRM_RETRY_DELAYS", "")
        return tuple(float(part) for part in given.split(",") if part) or RETRY_DELAYS

    @property
    def mail(self) -> Path:
        return self.installation.place.mail

    @property
    def api(self) -> Api:
        """The API as the first administrator."""
        if not hasattr(self, "_api"):
            self._api = self.log_in(ADMIN, PASSWORD)
        return self._api

    def log_in(self, email: str, password: str) -> Api:
        token = Api(self.url).post("/auth/tokens", {"email": email, "password": password})["access_token"]
        return Api(self.url, token)

    def environment(self, service: str) -> dict[str, str]:
        return {
            **os.environ,
            **self.installation.environment(service),
            "CRM_ADMIN_EMAIL": ADMIN,
            "CRM_ADMIN_PASSWORD": PASSWORD,
            "CRM_RATE_LIMIT": "1000000",
            "CRM_RATE_LIMIT_PUBLIC": "1000000",
            "CRM_RATE_LIMIT_LOGIN": "1000000",
            **self.overrides.get("*", {}),
            **self.overrides.get(service, {}),
        }

    def programs(self) -> dict[str, Program]:
        return {program.name: program for program in self.installation.programs()}

    def migrate(self) -> None:
        """All databases, by this process; that each program can do it itself is shown by the clean clone and compose."""
        for service in EVERYONE:
            database = Database(self.database(service), service=service)
            if database.is_sqlite:
                shutil.copy(migrated_file(service), str(database.url.database))
            else:
                upgrade(database, service)
            database.close()

    def declare(self) -> None:
        """All queues, before anything is published."""
        delays = ",".join(map(str, self.retry_delays))
        with environment_variable("CRM_RETRY_DELAYS", delays):
            for service in SERVICES:
                self.bus.declare(service, consumed_types(service))

    def start(self, *names: str, **extra: str) -> None:
        """Start these programs (all, when none is named) with extra environment."""
        for name, program in self.programs().items():
            if names and name not in names:
                continue
            environment = {**self.environment(name.removesuffix("-worker")), **extra}
            self.processes[name] = start_program(program, environment, self.installation.place.logs / f"{name}.log")

    def start_twin(self, name: str, **extra: str) -> str:
        """A second process of the same program beside the first; returns the name under which it is stopped."""
        twin = f"{name} twin"
        environment = {**self.environment(name.removesuffix("-worker")), **extra}
        log = self.installation.place.logs / f"{name}-twin.log"
        self.processes[twin] = start_program(self.programs()[name], environment, log)
        return twin

    def wait_ready(self, *names: str) -> None:
        for name, program in self.programs().items():
            if program.ready_url and (not names or name in names):
                wait_for(lambda url=program.ready_url: _is_ready(url), READY_SECONDS, f"{name} is ready")

    def kill(self, *names: str) -> None:
        """As kill -9 does: the program and its children, at once."""
        for name in names:
            process = self.processes.pop(name)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def terminate(self, *names: str) -> float:
        """SIGTERM; returns the seconds it took. Fails where a program needs more than 40."""
        started = time.monotonic()
        for name in names:
            self.processes[name].send_signal(signal.SIGTERM)
        for name in names:
            self.processes[name].wait(40)
        for name in names:
            del self.processes[name]
        return time.monotonic() - started

    def has_died(self, name: str) -> bool:
        return self.processes[name].poll() is not None

    def database(self, service: str) -> str:
        return self.environment(service)["CRM_DATABASE_URL"]

    def sql(self, service: str, statement: str, **values: Any) -> list[Any]:
        """Look into one service's database."""
        with _engine(self.database(service)).connect() as connection:
            return list(connection.execute(text(statement), values))

    def change(self, service: str, statement: str, **values: Any) -> None:
        """Do what no code of ours does to one service's database."""
        with _engine(self.database(service)).begin() as connection:
            connection.execute(text(statement), values)

    @contextlib.contextmanager
    def at_rest(self) -> Iterator[Callable[[], None]]:
        """Nothing runs while inside; what it gives puts the services' SQLite files back as they were at the beginning."""
        names = list(self.processes)
        self.terminate(*names)
        kept = {service: sqlite3.connect(":memory:") for service in EVERYONE}
        for service, copy in kept.items():
            with contextlib.closing(sqlite3.connect(self.installation.place.database(service))) as original:
                original.backup(copy)

        def put_back() -> None:
            for service, copy in kept.items():
                with contextlib.closing(sqlite3.connect(self.installation.place.database(service))) as harmed:
                    copy.backup(harmed)

        yield put_back
        put_back()
        for copy in kept.values():
            copy.close()
        self.start(*names)
        self.wait_ready()

    def stop(self) -> None:
        names = [name for name, process in self.processes.items() if process.poll() is None]
        for name in names:
            self.processes[name].send_signal(signal.SIGTERM)
        for name in names:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.processes[name].wait(30)
        self.kill(*list(self.processes))
        self.bus.close()


@contextlib.contextmanager
def environment_variable(name: str, value: str) -> Iterator[None]:
    """In this process, while inside."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def wait_for(is_so: Any, seconds: float, what: str) -> Any:
    """Ask until it is truthy; fails with `what` otherwise."""
    deadline = time.monotonic() + seconds
    while True:
        if found := is_so():
            return found
        assert time.monotonic() < deadline, f"after {seconds:.0f} s it is still not so: {what}"
        time.sleep(0.05)


def free_ports() -> dict[str, int]:
    """A port of its own for each web process."""
    return {name: free_port() for name in EVERYONE}


@contextlib.contextmanager
def running_stack(folder: Path, overrides: Mapping[str, Mapping[str, str]] | None = None) -> Iterator[Stack]:
    """Migrated, declared and ready."""
    place = Place(folder / "var")
    place.prepare()
    stack = Stack(Installation(place=place, ports=free_ports()), overrides or {})
    try:
        stack.migrate()
        stack.declare()
        stack.start()
        stack.wait_ready()
        yield stack
    finally:
        stack.stop()


@functools.cache
def _engine(url: str) -> Engine:
    """Tests look many times a second: a server keeps its connections, a file is closed, so that it can be replaced."""
    return (
        create_engine(url, poolclass=NullPool) if url.startswith("sqlite") else create_engine(url, pool_pre_ping=True)
    )


def _is_ready(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False


@functools.cache
def consumed_types(service: str) -> frozenset[str]:
    """The event types that a service listens to, as its sub-domains declare them."""
    subdomains = importlib.import_module(f"{service}.app").SUBDOMAINS
    return frozenset(one for subdomain in subdomains for one in subdomain.consumers.by_type)
