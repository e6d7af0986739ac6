"""What subjects share: the servers, the system with the large directory, the bare chain; made at first use."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from ops.repository import EVERYONE
from tests import servers
from tests.bench.accounting import Trees, parent_of
from tests.bench.chain import Chain, running_chain, some_customers
from tests.bench.data import Directory
from tests.bench.filling import Filled, fill, prepared
from tests.bench.plan import Plan
from tests.stacks import Stack, running_stack

PICKED = 2000
# As compose runs them: a structured line a request, not the coloured one of development.
AS_IN_PRODUCTION = {"CRM_LOG_FORMAT": "json", "CRM_ENV": "production"}


@dataclass
class BenchSystem:
    """Closes what it made when it is left."""

    plan: Plan
    folder: Path
    say: Callable[[str], None] = print
    kept: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kept.__exit__(kind, error, trace)

    @cached_property
    def postgres(self) -> servers.Postgres:
        """It notes when each transaction committed: so a delay between two commits can be read afterwards."""
        server = servers.postgres()
        if server.is_ours:
            server.run("ALTER SYSTEM SET track_commit_timestamp = on")
            server.stop()
            server.start()
        return server

    @cached_property
    def rabbit(self) -> servers.Rabbit:
        return servers.rabbitmq()

    @cached_property
    def server_pids(self) -> dict[str, int]:
        """A session's process is a child of the server; the broker is asked itself."""
        with psycopg.connect(self.postgres.url.replace("+psycopg", "")) as connection:
            session = connection.info.backend_pid
            postgres = parent_of(session)
        return {"postgres": postgres, "rabbitmq": int(self.rabbit.control("eval", "os:getpid().").strip().strip('"'))}

    @cached_property
    def directory(self) -> Directory:
        """The large one."""
        return Directory(customers=self.plan.customers, contacts=self.plan.contacts)

    @cached_property
    def filled(self) -> tuple[str, Filled]:
        """The database of the large directory, and how long it took to fill."""
        url = prepared(self.postgres.fresh_database("customers"))
        self.say(f"filling {self.plan.customers:,} customers and {self.plan.contacts:,} contacts")
        filled = fill(url, self.directory)
        self.postgres.run("CHECKPOINT")
        return url, filled

    @cached_property
    def system(self) -> Stack:
        """Every process of the system, on PostgreSQL and RabbitMQ, with the large directory."""
        url, _ = self.filled
        self.say("starting the system on PostgreSQL and RabbitMQ")
        return self.kept.enter_context(running_stack(self.new_folder("system"), self.overrides(customers=url)))

    @cached_property
    def chain(self) -> Chain:
        """The bare chain before the database of the large directory."""
        url, _ = self.filled
        picked = [id for id, _ in some_customers(url, PICKED)]
        sample = self.system.api.get(f"/customers/{picked[0]}")
        chain = running_chain(self.new_folder("chain"), database=url, sample=sample, ids=picked)
        return self.kept.enter_context(chain)

    def overrides(self, **databases: str) -> dict[str, dict[str, str]]:
        """A database a service, these or new ones, and a virtual host of this system's own."""
        urls = {service: databases.get(service) or self.postgres.fresh_database(service) for service in EVERYONE}
        return {
            **{service: {"CRM_DATABASE_URL": url} for service, url in urls.items()},
            "*": {"CRM_BUS_URL": self.rabbit.fresh_vhost(), **AS_IN_PRODUCTION},
        }

    def trees(self, stack: Stack) -> Trees:
        """All its processes, and the servers it uses."""
        return Trees({**{name: process.pid for name, process in stack.processes.items()}, **self.server_pids})

    def new_folder(self, name: str) -> Path:
        """A folder below the run's own."""
        folder = self.folder / name
        folder.mkdir()
        return folder


@contextlib.contextmanager
def asleep(stack: Stack) -> Iterator[None]:
    """While a limit is measured the system does nothing, not even look whether there is something to do."""
    for process in stack.processes.values():
        os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in stack.processes.values():
            os.killpg(process.pid, signal.SIGCONT)
