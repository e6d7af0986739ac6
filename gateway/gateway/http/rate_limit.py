"""Rate limit: so many requests a minute, by caller, in the memory of this process."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from servicekit.errors import TooMany

WINDOW_SECONDS = 60
_SWEEP_ABOVE = 10_000


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A named limit; 0 means none."""

    name: str
    per_minute: int


@dataclass(frozen=True, kw_only=True)
class RateLimitStatus:
    """What is left of a caller's limit after this request."""

    policy: Policy
    left: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """`RateLimit` and `RateLimit-Policy` as the IETF draft has them."""
        if self.policy.per_minute == 0:
            return {}
        return {
            "RateLimit-Policy": f'"{self.policy.name}";q={self.policy.per_minute};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.policy.name}";r={self.left};t={self.reset_seconds}',
        }


class RateLimiter:
    """Counts in fixed windows of a minute that begin with a caller's first request."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def take(self, policy: Policy, caller: str) -> RateLimitStatus:
        """Count one request; raises TooMany with the headers of the answer."""
        if policy.per_minute == 0:
            return RateLimitStatus(policy=policy, left=0, reset_seconds=0)
        now = self._clock()
        slot = (policy.name, caller)
        with self._lock:
            if len(self._windows) > _SWEEP_ABOVE:
                self._sweep(now)
            begun, used = self._windows.get(slot, (now, 0))
            if now - begun >= WINDOW_SECONDS:
                begun, used = now, 0
            self._windows[slot] = (begun, used + 1)
        reset = max(1, math.ceil(begun + WINDOW_SECONDS - now))
        status = RateLimitStatus(policy=policy, left=max(0, policy.per_minute - used - 1), reset_seconds=reset)
        if used >= policy.per_minute:
            error = TooMany(f"More than {policy.per_minute} requests in a minute. Wait {reset} seconds.")
            error.headers.update({"Retry-After": str(reset), **status.headers})
            raise error
        return status

    def _sweep(self, now: float) -> None:
        self._windows = {slot: one for slot, one in self._windows.items() if now - one[0] < WINDOW_SECONDS}
