"""Waits for what other processes do, for as long as anything moves: a slow machine is no failure, a dead one is."""

import os
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from ops.errors import OperatorError
from ops.process_trees import cpu_seconds

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
# The share of one processor that counts as work, where nobody else wants it: all programs of an idle system together
# use less than half of it. On a busy machine who works gets less, and less counts.
WORKING_SHARE = 0.15
# Programs that work this long without any effect that is looked at go round in circles.
LONGEST_SECONDS = 600.0
# Whoever waits longer than this looks less often, and begins to look at the processes.
SHORT_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5


class Stalled(OperatorError):
    """Nothing has moved for as long as somebody had patience; the text says what was waited for, and what was seen."""


def wait_for(
    condition: Callable[[], T],
    what: str,
    *,
    progress: Callable[[], object] = lambda: None,
    processes: Iterable[int] | None = None,
    patience: float = PATIENCE_SECONDS,
) -> T:
    """Ask until the answer is true, and return it; raises Stalled as `Patience` does."""
    waiting = Patience(what, progress=progress, processes=processes, seconds=patience)
    while not (found := condition()):
        waiting.pause()
    return found


class Patience:
    """The pauses of one wait, and what moved in them.

    Something has moved when `progress` gives another value than before, or when `processes` and all below them (this
    one, if none are named) worked. Only what they do in the pauses counts: to be asked makes them work, too.
    """

    def __init__(
        self,
        what: str,
        *,
        progress: Callable[[], object] = lambda: None,
        processes: Iterable[int] | None = None,
        seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._what, self._progress, self._seconds = what, progress, seconds
        self._processes = [os.getpid()] if processes is None else list(processes)
        self._seen = progress()
        self._began = self._changed_at = self._moved_at = time.monotonic()
        self._paused = self._worked = 0.0

    def pause(self) -> None:
        """Let some time pass; raises Stalled when nothing has moved for the last `seconds`."""
        self._sleep()
        seen, now = self._progress(), time.monotonic()
        if seen != self._seen:
            self._seen, self._changed_at = seen, now
            self._start_anew(now)
        elif now - self._moved_at > self._seconds:
            is_working = self._worked > WORKING_SHARE / crowd() * self._paused
            if not is_working or now - self._changed_at > LONGEST_SECONDS:
                raise Stalled(self._complaint(now))
            self._start_anew(now)

    def _sleep(self) -> None:
        waited = time.monotonic() - self._began
        seconds = min(LONGEST_PAUSE, FIRST_PAUSE + waited / 40)
        if waited < SHORT_SECONDS:
            time.sleep(seconds)
            return
        started, own = time.monotonic(), time.thread_time()
        before = cpu_seconds(self._processes)
        time.sleep(seconds)
        worked = cpu_seconds(self._processes) - before
        # This thread did nothing but look, which is no work of the system.
        looking = time.thread_time() - own if os.getpid() in self._processes else 0.0
        self._worked += max(0.0, worked - looking)
        self._paused += time.monotonic() - started

    def _start_anew(self, now: float) -> None:
        self._moved_at, self._paused, self._worked = now, 0.0, 0.0

    def _complaint(self, now: float) -> str:
        seen = "" if self._seen is None else f" Last seen: {str(self._seen)[:500]}."
        return (
            f"Not so after {now - self._began:.0f} s, and nothing has moved for {now - self._changed_at:.0f} s: "
            f"{self._what}.{seen} The processes used {self._worked:.1f} s of processor time in the last "
            f"{now - self._moved_at:.0f} s."
        )


def crowd() -> float:
    """How many programs want each processor of this machine, one at least."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
