"""What the database itself gives: L4, COPY into a table with all its indexes, and L6, one insert a transaction."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests.bench.accounting import Trees, spent_between
from tests.bench.bench_system import BenchSystem
from tests.bench.data import CUSTOMER_COLUMNS, Directory
from tests.bench.figures import Measured, Row, rate_row
from tests.bench.filling import copy, prepared
from tests.servers.postgres import programs_of_wheel

COMMIT = "INSERT INTO committed (body) VALUES (repeat('x', 200));\n"
CLIENTS = (1, 8)


def measure(bench: BenchSystem) -> list[Row]:
    """Both limits, and what filling the large directory took."""
    return [_copying(bench), *_committing(bench), _filling(bench)]


def _copying(bench: BenchSystem) -> Row:
    """The lines are made before, so that this is the database's work and the wire."""
    plan = bench.plan
    directory = Directory(customers=plan.copied_rows, contacts=0)
    lines = list(directory.customer_lines())
    system = Trees({"postgres": bench.server_pids["postgres"]})
    runs = []
    with psycopg.connect(prepared(bench.postgres.fresh_database("copied")).replace("+psycopg", "")) as connection:
        for number in range(plan.repeats):
            connection.execute("TRUNCATE customers, contacts, customer_facts, external_ids, notes, activities")
            connection.commit()
            before, started = system.cpu_seconds(), time.monotonic()
            rows = copy(connection, "customers", CUSTOMER_COLUMNS, lines)
            connection.commit()
            took = time.monotonic() - started
            runs.append(Measured(answers=rows, seconds=took, cpu=spent_between(before, system.cpu_seconds())))
            bench.say(f"  L4, round {number + 1}: {runs[-1].rate:.0f} rows/s")
    return rate_row("L4 COPY", runs, unit="rows/s", rows=plan.copied_rows, repeats=plan.repeats, concurrency=1)


def _committing(bench: BenchSystem) -> list[Row]:
    rows = []
    for clients in CLIENTS:
        runs = [durable_commits(bench, clients=clients) for _ in range(bench.plan.repeats)]
        latency = sorted(clients * 1000 / run.rate for run in runs)[len(runs) // 2]
        name = f"L6 durable commit, {clients} at a time"
        facts: dict[str, Any] = {"repeats": bench.plan.repeats, "concurrency": clients, "commit_ms": round(latency, 3)}
        rows.append(rate_row(name, runs, **facts))
    return rows


def durable_commits(bench: BenchSystem, *, clients: int) -> Measured:
    """What pgbench gets through, each transaction one insert."""
    seconds = max(1, round(bench.plan.seconds / 2))
    url = _committed_table(bench)
    script = bench.folder / "commit.sql"
    script.write_text(COMMIT)
    system = Trees({"postgres": bench.server_pids["postgres"]})
    argv: Sequence[str | Path] = (
        *(programs_of_wheel() / "pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=1"),
        *(f"--time={seconds}", "--file", script, url),
    )
    before = system.cpu_seconds()
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    spent = spent_between(before, system.cpu_seconds())
    count = int(_number(r"transactions actually processed: (\d+)", said))
    run = Measured(answers=count, seconds=count / _number(r"tps = ([\d.]+)", said), cpu=spent)
    bench.say(f"  L6 with {clients}: {run.rate:.0f} commits/s")
    return run


def _committed_table(bench: BenchSystem) -> str:
    url = bench.postgres.url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS committed (id bigserial PRIMARY KEY, body text)")
    return urlsplit(url).geturl()


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"pgbench said: {text}")
    return float(found[1])


def _filling(bench: BenchSystem) -> Row:
    _, filled = bench.filled
    plan = bench.plan
    return Row(
        name="filling the directory (rows of three tables, made and copied)",
        value=filled.rate,
        unit="rows/s",
        conditions={
            "customers": plan.customers,
            "contacts": plan.contacts,
            "seconds": round(filled.copy_seconds, 1),
            "analyze_seconds": round(filled.analyze_seconds, 1),
            "repeats": 1,
        },
    )
