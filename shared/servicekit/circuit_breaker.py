"""A circuit breaker: after a few failures in a row a server is left alone for a moment, then tried by one probe."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final

THRESHOLD: Final = 5
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 2.0
LOST_PROBE_SECONDS: Final = 60.0
"""Whoever was let through as the probe and says nothing for so long has died: another takes its place."""


class CircuitState(StrEnum):
    """Closed lets all through, open none, half-open one."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """For one server as one process sees it, shared by its threads.

    `threshold` failures in a row open it for `first_pause` seconds; each failure after that doubles the pause, up to
    `longest_pause`. `clock` gives seconds that only rise. Only "cannot be reached" and "did not answer in time" should
    count as failures: a refusal is an answer.
    """

    def __init__(
        self,
        *,
        threshold: int = THRESHOLD,
        first_pause: float = FIRST_PAUSE,
        longest_pause: float = LONGEST_PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._threshold = threshold
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = first_pause
        self._open_until = 0.0
        self._probe_began: float | None = None
        self.has_just_answered = False
        """Its last answer is newer than its last failure: should it be gone now, it may be starting again."""

    @property
    def state(self) -> CircuitState:
        """What the next try will find."""
        if self._failures < self._threshold:
            return CircuitState.CLOSED
        now = self._clock()
        return CircuitState.OPEN if self._is_probing(now) or now < self._open_until else CircuitState.HALF_OPEN

    def may_pass(self) -> bool:
        """Ask before each try; whoever is let through reports how it went, by one of the three methods below."""
        return self.permits(1) == 1

    def permits(self, wanted: int) -> int:
        """How many of so many tries may go now: all, none, or one as the probe. Each of them reports how it went."""
        with self._lock:
            if self._failures < self._threshold or wanted <= 0:
                return max(0, wanted)
            now = self._clock()
            if self._is_probing(now) or now < self._open_until:
                return 0
            self._probe_began = now
            return 1

    def seconds_left(self) -> float:
        """How long it stays open."""
        return max(0.0, self._open_until - self._clock())

    def succeeded(self) -> None:
        """The server answers: all may pass again."""
        self.has_just_answered = True
        if self._failures == 0:
            return
        with self._lock:
            self._failures = 0
            self._pause = self._first_pause
            self._probe_began = None

    def failed(self) -> None:
        """One failure more; from the threshold on, the pause doubles with each."""
        with self._lock:
            self.has_just_answered = False
            self._failures += 1
            if self._failures < self._threshold:
                return
            self._open_until = self._clock() + self._pause
            self._pause = min(self._pause * 2, self._longest_pause)
            self._probe_began = None

    def gave_up(self) -> None:
        """The try ended without showing anything of the server: the next one probes instead."""
        self._probe_began = None

    def _is_probing(self, now: float) -> bool:
        began = self._probe_began
        return began is not None and now < began + LOST_PROBE_SECONDS
