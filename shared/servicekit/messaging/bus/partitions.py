"""Partitions: threads that run handlers, one aggregate always on the same one, so that its events stay in order."""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from servicekit.messaging.bus.contract import Delivery, Done, Handler, Outage, Outcome, Retry

log = logging.getLogger(__name__)

DRAIN_SECONDS = 25.0
"""How long running handlers may take to finish after `stop`; orchestrators kill after 30 to 40."""

HOLD_SECONDS = 600.0
"""How long one message is kept in hand during an outage: RabbitMQ closes a channel that holds one for 30 minutes."""

HOLD_ALONE_SECONDS = 30.0
"""The same while others succeed: then it is no outage, and the messages behind it must not wait."""

IN_HAND = 25
"""Messages in hand for each partition: enough to fill one commit while the next ones arrive."""

TOGETHER = 20
"""So many messages that wait in one partition may be handled in one commit."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0

Handle = TypeVar("Handle")


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """What `Bus.consume` was asked for."""

    service: str
    handler: Handler
    stop: threading.Event
    threads: int
    order_key: Callable[[Delivery], str]
    together: Callable[[Sequence[Delivery]], bool] | None = None


@dataclass(frozen=True, slots=True)
class _Work(Generic[Handle]):
    handle: Handle
    delivery: Delivery
    since: float = field(default_factory=time.monotonic)


def run_handler(handler: Handler, delivery: Delivery) -> Outcome:
    """Run the handler; one that raises has failed and is tried again."""
    try:
        return handler(delivery)
    except Exception as error:
        log.exception("a handler raised instead of answering")
        return Retry(repr(error))


def key_of(order_key: Callable[[Delivery], str], delivery: Delivery) -> str:
    """The order key; a message too broken to have one goes to the partition of the empty key."""
    try:
        return order_key(delivery)
    except Exception:  # noqa: BLE001 - the handler meets the same broken message and parks it with its reason
        return ""


class OutageGate:
    """Lets everybody through until a handler answers `Outage`; then one at a time, until one of them gets through.

    Every partition goes on trying its own message, with growing pauses: should a single message take itself for an
    outage, the other partitions do not wait for it.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._turn = threading.Lock()
        self._is_open = True
        self._succeeded_at = float("-inf")

    def run(self, handle: Callable[[], Outcome], *, since: float) -> Outcome:
        """Handle, and again after each `Outage`, until something else comes out, `stop`, or it was held too long."""
        began, pause = time.monotonic(), FIRST_PAUSE
        while True:
            outcome = self._try(handle)
            patience = HOLD_ALONE_SECONDS if self._succeeded_at > began else HOLD_SECONDS
            if not isinstance(outcome, Outage) or time.monotonic() - since > patience:
                return outcome
            if self._stop.wait(pause * random.uniform(0.8, 1.2)):  # noqa: S311 - jitter, not a secret
                return outcome
            pause = min(pause * 2, LONGEST_PAUSE)

    def _try(self, handle: Callable[[], Outcome]) -> Outcome:
        if self._is_open:
            outcome = handle()
        else:
            with self._turn:
                outcome = Outage("the worker stops") if self._stop.is_set() else handle()
        is_down = isinstance(outcome, Outage)
        if is_down and self._is_open:
            log.warning("consumption pauses: %s", outcome)
        self._is_open = not is_down
        if not is_down:
            self._succeeded_at = time.monotonic()
        return outcome


class PartitionedExecutor(Generic[Handle]):
    """Runs deliveries; calls `record_result(handle, outcome)` on the partition's thread, None for what never began."""

    def __init__(
        self,
        subscription: Subscription,
        *,
        record_result: Callable[[Handle, Outcome | None], None],
        wanted: Callable[[Handle], bool] = lambda _: True,
    ) -> None:
        """`wanted` is asked before a message begins: one whose connection is gone will come again by another."""
        self._handler, self._stop, self._record_result, self._wanted = (
            subscription.handler,
            subscription.stop,
            record_result,
            wanted,
        )
        self._together = subscription.together
        self._gate = OutageGate(subscription.stop)
        self._queues: list[SimpleQueue[_Work[Handle] | None]] = [SimpleQueue() for _ in range(subscription.threads)]
        self._threads = [
            threading.Thread(target=self._run, args=(queue,), name=f"bus-partition-{number}", daemon=True)
            for number, queue in enumerate(self._queues)
        ]
        for thread in self._threads:
            thread.start()

    def give(self, handle: Handle, delivery: Delivery, key: str) -> None:
        """Put the message at the end of its key's partition."""
        self._queues[hash(key) % len(self._queues)].put(_Work(handle, delivery))

    @property
    def are_busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def finish(self) -> None:
        """Take nothing more; call it after `stop` is set, so that what has not begun is only handed back."""
        for queue in self._queues:
            queue.put(None)

    def wait(self, within: float) -> None:
        """Wait for running handlers after `finish`."""
        deadline = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self, queue: SimpleQueue[_Work[Handle] | None]) -> None:
        while works := self._take(queue):
            if not self._run_together(works):
                self._run_each(works)

    def _take(self, queue: SimpleQueue[_Work[Handle] | None]) -> list[_Work[Handle]]:
        """The next message and what waits behind it, if the handler takes several at once; nothing at the end."""
        works: list[_Work[Handle]] = []
        with contextlib.suppress(Empty):
            while len(works) < (TOGETHER if self._together else 1):
                work = queue.get(block=not works)
                if work is None:
                    if works:
                        queue.put(None)  # for the next call
                    break
                works.append(work)
        return works

    def _run_together(self, works: list[_Work[Handle]]) -> bool:
        """All of them at once; False when that did not go, and nothing has happened."""
        is_many = len(works) > 1 and not self._stop.is_set() and all(self._wanted(one.handle) for one in works)
        if not (is_many and self._together and self._together([one.delivery for one in works])):
            return False
        for one in works:
            self._record_result(one.handle, Done())
        return True

    def _run_each(self, works: list[_Work[Handle]]) -> None:
        for work in works:
            has_to_run = self._wanted(work.handle) and not self._stop.is_set()
            outcome = self._handle(work) if has_to_run else None
            self._record_result(work.handle, outcome)

    def _handle(self, work: _Work[Handle]) -> Outcome:
        return self._gate.run(
            lambda: run_handler(self._handler, work.delivery),
            since=work.since,
        )
