"""A circuit breaker for one mail host: when it is down, one e-mail at a time asks whether it is back."""

import threading
from datetime import datetime, timedelta
from typing import Final

FAILURES_TO_OPEN: Final = 3
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(seconds=60)


class Breaker:
    """Closed: everything may go. Open: nothing, until the pause is over; then a single probe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until: datetime | None = None

    def room(self, wanted: int, *, now: datetime) -> int:
        """How many of these may go now. A probe takes the place of the pause: it must report back."""
        with self._lock:
            if self._open_until is None:
                return wanted
            if now < self._open_until or wanted == 0:
                return 0
            self._open_until = now + self._pause()
            return 1

    def report(self, *, is_host_down: bool, now: datetime) -> None:
        """What an attempt has shown of the host."""
        with self._lock:
            if not is_host_down:
                self._failures, self._open_until = 0, None
                return
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                self._open_until = now + self._pause()

    def _pause(self) -> timedelta:
        doublings = min(self._failures - FAILURES_TO_OPEN, 10)
        return min(_LONGEST, _FIRST * float(2 ** max(0, doublings)))
