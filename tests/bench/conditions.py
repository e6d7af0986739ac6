"""The machine and the versions that a run was made on."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pika
import psycopg

from ops.repository import ROOT
from tests.bench.bench_system import BenchSystem

PACKAGES = ("flask", "gunicorn", "sqlalchemy", "psycopg", "requests", "pika")
SETTINGS = ("server_version", "fsync", "synchronous_commit", "wal_sync_method", "shared_buffers")


def of_machine(bench: BenchSystem) -> dict[str, Any]:
    """What every row of this run has in common; the servers are asked themselves where the run used them."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "commit": _commit(),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _cpu(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "load_before": os.getloadavg()[2],
        "kernel": platform.release(),
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
        "is_quick": bench.plan.is_quick,
    }


def of_servers(bench: BenchSystem) -> dict[str, Any]:
    """PostgreSQL's settings that matter, and RabbitMQ's version; asked only where they were started."""
    found: dict[str, Any] = {}
    if "postgres" in bench.__dict__:
        with psycopg.connect(bench.postgres.url.replace("+psycopg", "")) as connection:
            for name in SETTINGS:
                row = connection.execute(f"SHOW {name}".encode()).fetchone()
                found[f"postgres_{name}"] = row[0] if row else None
            trigrams = connection.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
            found["postgres_pg_trgm"] = bool(trigrams.fetchone() == (1,))
    if "rabbit" in bench.__dict__:
        connection_to_broker = pika.BlockingConnection(pika.URLParameters(bench.rabbit.fresh_vhost()))
        found["rabbitmq"] = str(connection_to_broker._impl.server_properties["version"])
        connection_to_broker.close()
    return found


def _commit() -> str:
    """Of what is checked out; `+` where files differ from it."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()


def _cpu() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.processor()
