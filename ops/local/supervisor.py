"""Keeps a handful of programs running on one machine: start, wait until ready, restart with backoff, stop in order."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Self

from ops.local import forking
from ops.waiting import PATIENCE_SECONDS, Patience, Stalled

LOG_BYTES = 10_000_000
POLL_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program to keep running. Stages stop last to first; within a stage all stop together."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    ready_url: str | None = None
    stage: int = 0
    stop_seconds: float = 30.0


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """How long to wait before the next try; a program that lived `forgive` seconds starts over."""

    first: float = 0.5
    longest: float = 30.0
    forgive: float = 60.0

    def after(self, deaths: int) -> float:
        return float(min(self.longest, self.first * 2 ** max(0, deaths - 1)))


class NotReady(Exception):
    """A program did not become ready; the sentence names it, the reason and the end of its log."""


class Supervisor:
    """Starts programs and answers for them until `stop`. Not thread-safe: one owner calls it."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        logs: Path,
        say: Callable[[str], None] = print,
        backoff: Backoff | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        """With `preload`, this process imports those modules, and every `python -m …` starts as a fork of it."""
        logs.mkdir(parents=True, exist_ok=True)
        self._say = say
        self._backoff = backoff or Backoff()
        self._preload = preload if forking.can_fork() else ()
        self._children = [_Child(program, logs, forks=bool(self._preload)) for program in programs]
        self._is_stopping = False  # no Event: a signal handler that sets one can wait for its own thread for ever

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        forking.preload(self._preload)
        for child in self._children:
            child.spawn()

    def pids(self) -> dict[str, int]:
        """The process ids of what runs now, by program name."""
        return {child.program.name: child.process.pid for child in self._children if child.process and child.is_alive}

    def wait_ready(
        self, *, patience: float = PATIENCE_SECONDS, say: Callable[[str], None] = lambda _name: None
    ) -> None:
        """Return when every `ready_url` answered 200 and every other program lives; raise NotReady otherwise.

        It waits for as long as the programs work; `say` gets the name of each that is ready.
        """
        waiting = [child for child in self._children if child.program.ready_url]
        pauses = Patience(
            "every program is ready",
            progress=lambda: [child.program.name for child in waiting],
            processes=self.pids().values(),
            seconds=patience,
        )
        while not self._is_stopping:
            self._refuse_dead()
            for child in [child for child in waiting if child.is_ready()]:
                waiting.remove(child)
                say(child.program.name)
            if not waiting:
                return
            try:
                pauses.pause()
            except Stalled as stalled:
                raise NotReady(waiting[0].complaint(f"is not ready. {stalled}")) from stalled

    def run(self) -> None:
        """Watch and restart until SIGINT, SIGTERM or `request_stop`; then stop everything in order."""
        with self._signals():
            while not self._is_stopping:
                for child in self._children:
                    self._revive(child)
                time.sleep(POLL_SECONDS * 4)
        self.stop()

    def request_stop(self) -> None:
        self._is_stopping = True

    def stop(self) -> None:
        """End every program, the last stage first; one that ignores SIGTERM is killed with its whole group."""
        self._is_stopping = True
        for stage in sorted({child.program.stage for child in self._children}, reverse=True):
            leaving = [child for child in self._children if child.program.stage == stage]
            for child in leaving:
                child.terminate()
            for child in leaving:
                child.join()

    def _refuse_dead(self) -> None:
        for child in self._children:
            if child.process is not None and not child.is_alive:
                raise NotReady(child.complaint(f"ended with code {child.process.returncode} while starting."))

    def _revive(self, child: "_Child") -> None:
        if child.is_alive:
            return
        if child.restart_at is None:
            wait = child.record_exit(self._backoff)
            self._say(f"{child.program.name} ended with code {child.code}; next try in {wait:.1f} s, log: {child.log}")
        elif time.monotonic() >= child.restart_at:
            child.spawn()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        def on_signal(_number: int, _frame: FrameType | None) -> None:
            self._is_stopping = True

        before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Child:
    """One program's current process, its log, and what is known of its deaths."""

    def __init__(self, program: Program, logs: Path, *, forks: bool) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        self.process: subprocess.Popen[bytes] | forking.ForkedProcess | None = None
        self._forks = forks and forking.is_module(program.argv)
        self.restart_at: float | None = None
        self._deaths = 0
        self._started_at = 0.0
        self._refusal = ""

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def code(self) -> int | None:
        return self.process.returncode if self.process else None

    def spawn(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = self._fork(log) if self._forks else self._execute(log)
        self.restart_at = None
        self._started_at = time.monotonic()

    def _fork(self, log: IO[bytes]) -> forking.ForkedProcess:
        program = self.program
        return forking.ForkedProcess(program.argv, name=program.name, env=program.env, cwd=program.cwd, log=log)

    def _execute(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        # A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which then stops in order.
        return subprocess.Popen(
            self.program.argv,
            env={**os.environ, **self.program.env},
            cwd=self.program.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=forking.terminate_with_parent(self.program.name),  # noqa: PLW1509 - calls one libc function, loaded before the fork
        )

    def is_ready(self) -> bool:
        """Ask the program; what it answers besides 200 is kept for the complaint."""
        url = self.program.ready_url
        if url is None:
            return self.is_alive
        try:
            with _opener.open(url, timeout=2) as answer:
                return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own number
        except urllib.error.HTTPError as refusal:
            self._refusal = f"it answered {refusal.code}: {refusal.read(500).decode(errors='replace')}"
        except OSError as error:
            self._refusal = f"no answer from {url}: {error}"
        return False

    def record_exit(self, backoff: Backoff) -> float:
        """How long to wait. What the dead left in its group goes too: it may hold the port that the next one needs."""
        self._kill_group()
        lived = time.monotonic() - self._started_at
        self._deaths = 1 if lived > backoff.forgive else self._deaths + 1
        wait = backoff.after(self._deaths)
        self.restart_at = time.monotonic() + wait
        return wait

    def terminate(self) -> None:
        if self.process and self.is_alive:
            self.process.terminate()

    def join(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.program.stop_seconds)
        # What the program left behind in its group (or itself, deaf to SIGTERM) goes now.
        self._kill_group()
        self.process.wait()

    def _kill_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def complaint(self, what: str) -> str:
        end = self.log.read_text(errors="replace").splitlines()[-12:] if self.log.exists() else []
        lines = [
            f"{self.program.name} {what}",
            self._refusal,
            f"The end of {self.log}:",
            *(f"  {line}" for line in end),
        ]
        return "\n".join(line for line in lines if line)


# Readiness is asked on this machine: a proxy from the environment must not answer for it.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
