"""Starts the programs of test systems as forks of one process that has imported what they share, as `crm.py up` does."""

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

POLL_SECONDS = 0.02


class SpawnedProcess:
    """A program that the fork server started; as much of subprocess.Popen as tests need."""

    def __init__(self, server: ForkServer, pid: int) -> None:
        self._server, self.pid = server, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._server.call({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float = 60) -> int:
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(POLL_SECONDS)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class ForkServer:
    """The parent of the programs: a process without threads, for a test's own process has some and may not fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fork_server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def spawn(self, program: Program, env: Mapping[str, str], log: Path) -> SpawnedProcess:
        """The program in this environment, with its output at the end of the log."""
        request = {"argv": program.argv, "name": program.name, "cwd": str(program.cwd or ROOT), "log": str(log)}
        return SpawnedProcess(self, self.call({**request, "env": dict(env)}))

    def call(self, request: Mapping[str, Any]) -> Any:
        """One line there, one line back."""
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Every program still running gets SIGTERM by the death of its parent."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


def start_program(program: Program, env: Mapping[str, str], log: Path) -> SpawnedProcess | subprocess.Popen[bytes]:
    """As a fork where the system can, else as any program; in a group of its own, so that it can be killed whole."""
    if forking.can_fork():
        return _fork_server().spawn(program, env, log)
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
def _fork_server() -> ForkServer:
    server = ForkServer()
    atexit.register(server.close)
    return server


def main() -> None:
    """Answer requests until nobody is there to make them."""
    forking.preload(SHARED_MODULES)
    processes: dict[int, forking.ForkedProcess] = {}
    for line in sys.stdin:
        request = json.loads(line)
        answer = processes[request["poll"]].poll() if "poll" in request else _fork(request, processes)
        print(json.dumps(answer), flush=True)


def _fork(request: dict[str, Any], processes: dict[int, forking.ForkedProcess]) -> int:
    argv, name, env, cwd = request["argv"], request["name"], request["env"], Path(request["cwd"])
    with Path(request["log"]).open("ab") as log:
        process = forking.ForkedProcess(argv, name=name, env=env, cwd=cwd, log=log)
    # The fork makes its group itself, but may be killed by its group before it comes to that.
    with contextlib.suppress(OSError):
        os.setpgid(process.pid, process.pid)
    processes[process.pid] = process
    return process.pid


if __name__ == "__main__":
    main()
