"""Puts a load on a port from another process and measures what the system spends on it meanwhile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.accounting import Trees, busy_seconds, spent_between
from tests.bench.figures import Measured, of_delays

GENERATOR = Path(__file__).with_name("load.py")
CONCURRENCY = 8
CORES = os.cpu_count() or 1


class LoadFailed(Exception):
    """An answer was wrong or did not come; the row that wanted it has no figure."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is sent where, and which status is right. `once`: no request may be sent twice. `rate` paces it."""

    port: int
    requests: Sequence[bytes]
    expects: int = 200
    once: bool = False
    concurrency: int = CONCURRENCY
    rate: float = 0.0


def request(method: str, target: str, *, port: int, token: str = "", body: Any = None, **headers: str) -> bytes:
    """A whole request as bytes."""
    content = b"" if body is None else json.dumps(body).encode()
    named = {"Host": f"127.0.0.1:{port}", "Accept": "application/json", "User-Agent": "bench"}
    if token:
        named["Authorization"] = f"Bearer {token}"
    if body is not None:
        named |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in (named | headers).items())]
    return "\r\n".join([*lines, "", ""]).encode() + content


def put_on(load: Load, *, seconds: float, warm_seconds: float, system: Trees) -> Measured:
    """Warm up, then measure; every request of the measured time is answered before the CPU is read again."""
    with tempfile.TemporaryDirectory(prefix="crm-load-") as folder:
        spec = Path(folder) / "spec.json"
        spec.write_text(json.dumps(_spec(load, seconds=seconds, warm_seconds=warm_seconds)))
        with subprocess.Popen(
            [sys.executable, GENERATOR, spec], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as generator:
            warm = _said(generator, "warm")["answers"]
            before, busy, started = system.cpu_seconds(), busy_seconds(), time.monotonic()
            assert generator.stdin is not None
            generator.stdin.write("go\n")
            generator.stdin.flush()
            seen = _said(generator, "done")
            after, busy, took = system.cpu_seconds(), busy_seconds() - busy, time.monotonic() - started
    cpu = spent_between(before, after)
    others = max(0.0, busy - sum(cpu.values()) - seen["cpu"])
    return of_delays(
        seen["seconds"],
        warm_answers=warm,
        seconds=seen["took"],
        cpu=cpu,
        others_percent=100 * others / (took * CORES),
        generator_ms=seen["cpu"] * 1000 / len(seen["seconds"]),
    )


def _spec(load: Load, *, seconds: float, warm_seconds: float) -> dict[str, Any]:
    return {
        "port": load.port,
        "requests": [one.decode("latin-1") for one in load.requests],
        "expects": load.expects,
        "once": load.once,
        "concurrency": load.concurrency,
        "rate": load.rate,
        "seconds": seconds,
        "warm_seconds": warm_seconds,
    }


def _said(generator: subprocess.Popen[str], state: str) -> dict[str, Any]:
    assert generator.stdout is not None
    line = generator.stdout.readline()
    said: dict[str, Any] = json.loads(line) if line else {"state": "failed", "why": "the load generator died"}
    if said["state"] != state:
        raise LoadFailed(said.get("why", said["state"]))
    return said
