"""A clean clone on one machine: how long until it works, how long a second start takes, what it holds while idle."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any

from tests import clones
from tests.bench.accounting import Trees, spent_between
from tests.bench.bench_system import BenchSystem
from tests.bench.driving import LoadFailed
from tests.bench.figures import Goal, Row
from tests.servers.tools import free_port

COLD = Goal(text="≤ 90 s", at_most=90, is_of_value=True)
WARM = Goal(text="≤ 8 s", at_most=8, is_of_value=True)
IDLE = Goal(text="≤ 700 MB", at_most=700, is_of_value=True)
SETTLE_SECONDS = 15
IDLE_SECONDS = 10
READY = "Customer Manager is ready"


def measure(bench: BenchSystem) -> list[Row]:
    """Cold, then warm on what the cold start left."""
    clone = clones.clone(bench.folder / "clone")
    facts: dict[str, Any] = {
        "of": "the committed state, cloned; SQLite and the embedded bus; with demo data",
        "caches": "those of pip, uv and npm as they were on this machine",
    }
    cold = _cold(bench, clone)
    warm, idle = _warm(bench, clone)
    return [
        Row(
            name="cold start (clone → form through the chain)",
            value=cold,
            unit="s",
            goal=COLD,
            conditions={**facts, "repeats": 1},
        ),
        Row(name="warm start", value=median(warm), unit="s", goal=WARM, conditions={**facts, "repeats": len(warm)}),
        *_idle_rows(idle, facts),
    ]


def _cold(bench: BenchSystem, clone: Path) -> float:
    started = time.monotonic()
    ended = clones.crm(clone, "up", "--check", "--port", str(free_port()))
    if ended.returncode:
        raise LoadFailed(f"crm.py up --check: {(ended.stdout + ended.stderr)[-1500:]}")
    took = time.monotonic() - started
    bench.say(f"  cold start: {took:.1f} s")
    return took


def _warm(bench: BenchSystem, clone: Path) -> tuple[list[float], dict[str, Any]]:
    """Several times; the last one is looked at while nobody asks it for anything."""
    seconds: list[float] = []
    idle: dict[str, Any] = {}
    for number in range(bench.plan.warm_starts):
        started = time.monotonic()
        argv = ["python3", "crm.py", "up", "--no-open", "--port", str(free_port())]
        with subprocess.Popen(argv, cwd=clone, env=clones.environment(), stdout=subprocess.PIPE, text=True) as running:
            try:
                assert running.stdout is not None
                if not any(READY in line for line in running.stdout):
                    raise LoadFailed("crm.py up ended before it was ready")
                seconds.append(time.monotonic() - started)
                bench.say(f"  warm start: {seconds[-1]:.1f} s")
                if number == bench.plan.warm_starts - 1:
                    idle = _look(running.pid)
            finally:
                running.send_signal(signal.SIGTERM)
                running.wait(60)
    return seconds, idle


def _look(pid: int) -> dict[str, Any]:
    time.sleep(SETTLE_SECONDS)
    everything = Trees({"everything": pid})
    before = everything.cpu_seconds()
    time.sleep(IDLE_SECONDS)
    spent = spent_between(before, everything.cpu_seconds())["everything"]
    return {"pss_mb": everything.pss_bytes()["everything"] / 1e6, "cpu_ms_a_second": spent * 1000 / IDLE_SECONDS}


def _idle_rows(idle: dict[str, Any], facts: dict[str, Any]) -> list[Row]:
    facts = {**facts, "after_seconds": SETTLE_SECONDS, "repeats": 1}
    return [
        Row(name="everything started, idle: memory", value=idle["pss_mb"], unit="MB PSS", goal=IDLE, conditions=facts),
        Row(name="everything started, idle: CPU", value=idle["cpu_ms_a_second"], unit="ms/s", conditions=facts),
    ]
