"""A circuit breaker: after a few failures in a row a service is left alone for a moment, then tried by one request."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum

THRESHOLD = 5
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 2.0


class State(StrEnum):
    """Closed lets all through, open none, half-open one."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """Only "cannot be reached" and "did not answer in time" count as failures: a refusal is an answer."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._closed_until = 0.0
        self._is_probing = False
        self.has_just_answered = False
        """Its last answer is newer than its last failure: should it be gone now, it may be starting again."""

    @property
    def state(self) -> State:
        """What the next request will find."""
        if self._failures < THRESHOLD:
            return State.CLOSED
        return State.OPEN if self._is_probing or self._clock() < self._closed_until else State.HALF_OPEN

    def may_pass(self) -> bool:
        """Ask before each try; whoever was let through must say how it went."""
        with self._lock:
            if self._failures < THRESHOLD:
                return True
            if self._is_probing or self._clock() < self._closed_until:
                return False
            self._is_probing = True
            return True

    def seconds_left(self) -> float:
        """How long it stays open."""
        return max(0.0, self._closed_until - self._clock())

    def succeeded(self) -> None:
        """It answers: all may pass again."""
        self.has_just_answered = True
        if self._failures == 0:
            return
        with self._lock:
            self._failures = 0
            self._pause = FIRST_PAUSE
            self._is_probing = False

    def failed(self) -> None:
        """One more; from the fifth on, the pause doubles with each failed probe."""
        with self._lock:
            self.has_just_answered = False
            self._failures += 1
            if self._failures < THRESHOLD:
                return
            self._closed_until = self._clock() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            self._is_probing = False

    def gave_up(self) -> None:
        """The try ended for a reason of the caller: the next one probes instead."""
        self._is_probing = False
