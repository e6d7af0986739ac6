"""The limits L1 to L3 as running processes: gunicorn as the services have it, around `bare`."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import requests

from ops.repository import ROOT
from ops.waiting import wait_for
from tests.bench import bare
from tests.bench.accounting import Trees
from tests.bench.driving import Load, request
from tests.servers.tools import free_port

SERVICE_THREADS = 8
GATEWAY_THREADS = 24


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Two web processes before one database."""

    leaf_port: int
    chain_port: int
    pids: Mapping[str, int]
    ids: list[str]

    def trees(self, servers: Mapping[str, int]) -> Trees:
        """Both, and PostgreSQL."""
        return Trees({**self.pids, "postgres": servers["postgres"]})

    @property
    def route(self) -> Load:
        """L1."""
        return Load(port=self.leaf_port, requests=[request("GET", "/route", port=self.leaf_port)])

    @property
    def row(self) -> Load:
        """L2."""
        return Load(port=self.leaf_port, requests=self._rows(self.leaf_port))

    @property
    def forwarded(self) -> Load:
        """L3."""
        return Load(port=self.chain_port, requests=self._rows(self.chain_port))

    def _rows(self, port: int) -> list[bytes]:
        return [request("GET", f"/rows/{id}", port=port) for id in self.ids]


@contextlib.contextmanager
def running_chain(folder: Path, *, database: str, sample: Any, ids: list[str]) -> Iterator[Chain]:
    """Both processes, ready; `sample` is what the bare route answers, a customer as the API shows one."""
    leaf_port, chain_port = free_port(), free_port()
    settings = {
        bare.DATABASE: database,
        bare.SAMPLE: json.dumps(sample),
        bare.LEAF: f"http://127.0.0.1:{leaf_port}",
    }
    with contextlib.ExitStack() as kept:
        leaf = kept.enter_context(_serving(folder, "create_leaf", leaf_port, settings, SERVICE_THREADS))
        chain = kept.enter_context(_serving(folder, "create_chain", chain_port, settings, GATEWAY_THREADS))
        wait_for(lambda: _answers(f"http://127.0.0.1:{chain_port}/rows/{ids[0]}"), "the bare chain answers")
        yield Chain(leaf_port=leaf_port, chain_port=chain_port, pids={"leaf": leaf, "chain": chain}, ids=ids)


def some_customers(database: str, count: int) -> list[tuple[str, str]]:
    """(id, e-mail) of customers who have one, from all over the table; always the same ones."""
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        found = connection.execute(
            "SELECT id, email_norm FROM customers WHERE email_norm IS NOT NULL AND NOT is_archived "
            "ORDER BY md5(id) LIMIT %s",
            [count],
        )
        return [(id, email) for id, email in found]


@contextlib.contextmanager
def _serving(folder: Path, factory: str, port: int, settings: Mapping[str, str], threads: int) -> Iterator[int]:
    argv = (sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"))
    with (folder / f"{factory}.log").open("wb") as log:
        process = subprocess.Popen(
            [*argv, "--bind", f"127.0.0.1:{port}", f"tests.bench.bare:{factory}()"],
            env={**os.environ, **settings, "CRM_WEB_THREADS": str(threads)},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False
