"""Starts the programs of test systems as copies of one process that has imported what they share, as `crm.py up` does."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ops.local import forking
from ops.local.processes import SHARED_MODULES
from ops.local.supervisor import Program
from ops.repository import ROOT

LOOK_SECONDS = 0.02


class Grown:
    """A program that a nursery started; as much of subprocess.Popen as tests need."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery, self.pid = nursery, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._nursery.ask({"look_at": self.pid})
        return self.returncode

    def wait(self, timeout: float = 60) -> int:
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(LOOK_SECONDS)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class Nursery:
    """The parent of the copies: a process without threads, for a test's own process has some and may not fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fork_server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, program: Program, env: Mapping[str, str], log: Path) -> Grown:
        """The program in this environment, with its output at the end of the log."""
        wanted = {"argv": program.argv, "name": program.name, "cwd": str(program.cwd or ROOT), "log": str(log)}
        return Grown(self, self.ask({**wanted, "env": dict(env)}))

    def ask(self, wish: Mapping[str, Any]) -> Any:
        """One line there, one line back."""
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(wish) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Every program still running gets SIGTERM by the death of its parent."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


def start_program(program: Program, env: Mapping[str, str], log: Path) -> Grown | subprocess.Popen[bytes]:
    """As a copy where the system can, else as any program; in a group of its own, so that it can be killed whole."""
    if forking.can_fork():
        return _nursery().start(program, env, log)
    with log.open("ab") as output:
        return subprocess.Popen(
            program.argv,
            env=env,
            cwd=program.cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )


@functools.cache
def _nursery() -> Nursery:
    nursery = Nursery()
    atexit.register(nursery.close)
    return nursery


def main() -> None:
    """Read wishes until nobody is there to make them."""
    forking.preload(SHARED_MODULES)
    copies: dict[int, forking.Copy] = {}
    for line in sys.stdin:
        wish = json.loads(line)
        answer = copies[wish["look_at"]].poll() if "look_at" in wish else _copy(wish, copies)
        print(json.dumps(answer), flush=True)


def _copy(wish: dict[str, Any], copies: dict[int, forking.Copy]) -> int:
    with Path(wish["log"]).open("ab") as log:
        copy = forking.Copy(wish["argv"], name=wish["name"], env=wish["env"], cwd=Path(wish["cwd"]), log=log)
    # The copy makes its group itself, but may be killed by its group before it comes to that.
    with contextlib.suppress(OSError):
        os.setpgid(copy.pid, copy.pid)
    copies[copy.pid] = copy
    return copy.pid


if __name__ == "__main__":
    main()
