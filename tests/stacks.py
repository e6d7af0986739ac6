"""Whole systems for tests: every process real, on the embedded defaults or on PostgreSQL and RabbitMQ."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import create_engine, text

from ops.api import Api
from ops.place import EVERYONE, SERVICES, Place
from ops.processes import Installation
from servicekit.supervisor import Program

ADMIN = "ada@example.com"
PASSWORD = "correct horse battery staple"
READY_SECONDS = 180


@dataclass
class Stack:
    """One system: `kill` and `start` name a program (`cases`, `cases-worker`, …)."""

    installation: Installation
    overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    admin_email: str = ADMIN
    admin_password: str = PASSWORD

    @property
    def url(self) -> str:
        return self.installation.url

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
        """All databases, side by side."""
        running = {
            service: subprocess.Popen(
                [_tool("flask"), "--app", f"{service}.app", "migrate"],
                env=self.environment(service),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            for service in EVERYONE
        }
        for service, process in running.items():
            output, _ = process.communicate(timeout=120)
            assert process.returncode == 0, f"{service}: {output.decode()}"

    def declare(self) -> None:
        """All queues, before anything is published."""
        for service in SERVICES:
            subprocess.run(
                [_tool("flask"), "--app", f"{service}.app", "declare"],
                env=self.environment(service),
                check=True,
                capture_output=True,
                timeout=60,
            )

    def start(self, *names: str, **extra: str) -> None:
        """Start these programs (all, when none is named) with extra environment."""
        for name, program in self.programs().items():
            if names and name not in names:
                continue
            service = name.removesuffix("-worker")
            log = (self.installation.place.logs / f"{name}.log").open("ab")
            self.processes[name] = subprocess.Popen(
                program.argv,
                env={**self.environment(service), **extra},
                cwd=program.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
            log.close()

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
            self.processes[name].terminate()
        for name in names:
            self.processes.pop(name).wait(40)
        return time.monotonic() - started

    def has_died(self, name: str) -> bool:
        return self.processes[name].poll() is not None

    def database(self, service: str) -> str:
        return self.environment(service)["CRM_DATABASE_URL"]

    def sql(self, service: str, statement: str, **values: Any) -> list[Any]:
        """Look into one service's database."""
        engine = create_engine(self.database(service))
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(statement), values))
        finally:
            engine.dispose()

    def stop(self) -> None:
        names = [name for name, process in self.processes.items() if process.poll() is None]
        for name in names:
            self.processes[name].terminate()
        for name in names:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.processes[name].wait(30)
        self.kill(*list(self.processes))


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
    with contextlib.ExitStack() as held:
        sockets = {name: held.enter_context(socket.socket()) for name in ("gateway", *SERVICES)}
        for one in sockets.values():
            one.bind(("127.0.0.1", 0))
        return {name: one.getsockname()[1] for name, one in sockets.items()}


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


def _tool(name: str) -> str:
    import sys

    return str(Path(sys.executable).with_name(name))


def _is_ready(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False
