"""Measures a script of this folder that runs as a process of its own: it says `warm`, waits for `go`, says its seconds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.bench.accounting import Trees, spent_between
from tests.bench.driving import LoadFailed
from tests.bench.figures import Measured

HERE = Path(__file__).parent


def measured(script: str, *arguments: str, count: int, servers: Mapping[str, int]) -> Measured:
    """The script gets `count` as its last argument; the servers that it uses are on its bill."""
    argv: list[str | Path] = [sys.executable, HERE / script, *arguments, str(count)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        if child.stdout.readline() != "warm\n":
            raise LoadFailed(f"{script} did not start")
        system = Trees({"process": child.pid, **servers})
        before = system.cpu_seconds()
        child.stdin.write("go\n")
        child.stdin.flush()
        took = child.stdout.readline()
        spent = spent_between(before, system.cpu_seconds())
    if not took:
        raise LoadFailed(f"{script} ended before it was through")
    return Measured(answers=count, seconds=float(took), cpu=spent)
