"""Starts Python programs as forks of this process, so that all of them share the memory of the libraries they use."""

import contextlib
import ctypes
import importlib
import logging
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

from servicekit.runtime import gc_tuning

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
POLL_SECONDS = 0.02
FIRST_FREE_DESCRIPTOR = 3


def can_fork() -> bool:
    """Only Linux: elsewhere the system's own libraries do not bear being forked."""
    return sys.platform.startswith("linux")


def preload(modules: Sequence[str]) -> None:
    """Import what the forked programs will need, and set the garbage collector for all of them."""
    for module in modules:
        importlib.import_module(module)
    gc_tuning.apply()


def is_module(argv: Sequence[str]) -> bool:
    """Whether this is `python -m module …` of this very Python, which a fork can run without a new interpreter."""
    return argv[0] == sys.executable and argv[1] == "-m"


class ForkedProcess:
    """A forked process, as far as a supervisor needs one; what subprocess.Popen is to an executed one."""

    def __init__(
        self, argv: Sequence[str], *, name: str, env: Mapping[str, str], cwd: Path | None, log: IO[bytes]
    ) -> None:
        self.returncode: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        first = terminate_with_parent(name)
        self.pid = os.fork()
        if self.pid == 0:
            _run_as(argv, first=first, env=env, cwd=cwd, log=log.fileno())

    def poll(self) -> int | None:
        if self.returncode is None:
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(POLL_SECONDS)
        return code

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def terminate_with_parent(name: str) -> Callable[[], None] | None:
    """What a child does first, on Linux: have the kernel send it SIGTERM when its parent dies, however it dies."""
    if not can_fork():
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    shown = name.encode()[:15]
    parent = os.getpid()

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        prctl(PR_SET_NAME, shown)
        if os.getppid() != parent:
            os._exit(1)

    return in_child


def _run_as(
    argv: Sequence[str], *, first: Callable[[], None] | None, env: Mapping[str, str], cwd: Path | None, log: int
) -> NoReturn:
    """Run the program in this fork. Never returns, so that nothing of the parent's stack runs twice."""
    code = 1
    try:
        if first:
            first()
        _detach(log)
        os.environ.update(env)
        if cwd:
            os.chdir(cwd)
        sys.argv = [*argv[1:2], *argv[3:]]
        runpy.run_module(argv[2], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as ending:
        code = _code_of(ending)
    except BaseException:  # noqa: BLE001 - a fork must end here, whatever happened, and its log says what it was
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            logging.shutdown()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _detach(log: int) -> None:
    """A group and signals of its own, the log as its output, none of the parent's files."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, descriptor)
    os.closerange(FIRST_FREE_DESCRIPTOR, 1024)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _code_of(ending: SystemExit) -> int:
    if isinstance(ending.code, str):
        sys.stderr.write(f"{ending.code}\n")
        return 1
    return ending.code or 0
