"""What every bus promises: the words a relay and a worker use, whatever carries the messages."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

MAX_BODY_BYTES = 256 * 1024
"""Larger bodies are refused: a fact carries ids and what changed, not documents."""

RETRY_DELAYS: tuple[float, ...] = (5, 30, 120, 600, 3600)
"""Seconds before the second, third, … attempt; `CRM_RETRY_DELAYS="0.2,0.5"` overrides them."""

MAX_ATTEMPTS = len(RETRY_DELAYS) + 1
"""The attempt at which a handler that still fails parks the message instead of answering `Retry`.

A handler that answers `Retry` even so gets the message again after the last delay, with `attempt > MAX_ATTEMPTS`.
"""

DELIVERY_LIMIT = 20
"""Deliveries that ended without any answer (the process died) before the bus gives a message up as dead."""

SUSPECT_AFTER = 3
"""From this many unanswered deliveries on a message is handled alone, so that it cannot take neighbours with it."""

RECONNECT_SECONDS = 3.0
"""The longest pause between two looks for a bus that is away: few processes look, and much waits for it."""


class BusDown(Exception):
    """The bus cannot be reached, the connection was lost, or nothing was confirmed in time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingMessage:
    """One message to publish. `type` is its routing key; `key` is the aggregate's id, within which order is kept."""

    id: str
    type: str
    body: bytes
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What became of a batch; `refused` says why, and is tried again later.

    An id in neither is one of which nobody knows: only where another was refused and the time ran out.
    """

    confirmed: frozenset[str]
    refused: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One message as it arrives. `attempt` counts from 1 and grows with `Retry` only; `type` is "" when unknown.

    `redelivered`: it may have been handed to someone before who never answered.
    """

    body: bytes
    type: str
    attempt: int
    redelivered: bool


@dataclass(frozen=True, slots=True)
class Done:
    """The message is finished with: handled, known already, or parked by the handler's own transaction."""


@dataclass(frozen=True, slots=True)
class Retry:
    """The message failed; hand it out again after the delay of its attempt."""

    reason: str


@dataclass(frozen=True, slots=True)
class Outage:
    """Something every message needs is down: no attempt is burned, consumption pauses and probes with this message."""

    reason: str


Outcome = Done | Retry | Outage
Handler = Callable[[Delivery], Outcome]


@dataclass(frozen=True, kw_only=True, slots=True)
class Depth:
    """How much a service has before it; RabbitMQ leaves out what is in hand or put off to a later attempt."""

    waiting: int
    dead: int


class Bus(Protocol):
    """Topics in, one durable queue a service out; at least once, so handlers keep an inbox."""

    def declare(self, service: str, types: Iterable[str]) -> None:
        """Create the service's queue and bind exactly these types (`*` and `#` work); older bindings are removed.

        Whatever is published before a queue is declared does not reach it: declare all services first
        (`flask declare`). A user without the right to declare only verifies that the queue exists.
        """

    def publish(self, batch: Sequence[OutgoingMessage], *, timeout: float = 30) -> Receipt:
        """Publish and wait until the bus answered for every message; `BusDown` means nobody knows: send all again.

        It does not wait before it reconnects: the caller pauses after a `BusDown`. Messages nobody listens to are
        confirmed and kept aside (`unrouted`).
        """

    def consume(
        self,
        service: str,
        handler: Handler,
        *,
        stop: threading.Event,
        threads: int = 4,
        order_key: Callable[[Delivery], str],
        together: Callable[[Sequence[Delivery]], bool] | None = None,
    ) -> None:
        """Hand out messages on `threads` threads until `stop`; the same `order_key` meets the same thread.

        `together` is asked first where several wait for one thread: True when all of them are done, False when nothing
        has happened, and each goes to `handler` alone. Reconnects by itself. On `stop` running handlers finish and are
        acknowledged; what has not begun goes back. A handler that raises counts as `Retry`.
        """

    def consume_ready(self, service: str, handler: Handler, *, limit: int = 1000) -> int:
        """Hand out what is due now, one by one on the caller's thread; return how many. An `Outage` ends it."""

    def drain_dead(self, service: str, sink: Callable[[Delivery, str], None]) -> int:
        """Give every message the bus gave up on to `sink` with the reason, remove those it took; return how many."""

    def depth(self, service: str) -> Depth:
        """Messages waiting for the service, and messages given up on."""

    def unrouted(self) -> int:
        """Messages that were published and that no queue wanted."""

    def check(self) -> None:
        """Raise `BusDown` unless the bus answers."""

    def close(self) -> None:
        """Let go of connections; the next call opens them again."""


def retry_delays() -> tuple[float, ...]:
    """The delays in force, read from the environment at each call so that a test may shorten them."""
    given = os.environ.get("CRM_RETRY_DELAYS", "")
    return tuple(float(part) for part in given.split(",") if part.strip()) or RETRY_DELAYS


def delay_after(attempt: int) -> float:
    """Seconds to wait after the given attempt failed; the last delay repeats."""
    delays = retry_delays()
    return delays[min(attempt, len(delays)) - 1]


def too_large(batch: Sequence[OutgoingMessage]) -> dict[str, str]:
    """The messages of a batch that no bus takes, with the reason; both buses refuse the same ones."""
    return {
        message.id: f"The body has {len(message.body)} bytes, more than {MAX_BODY_BYTES}."
        for message in batch
        if len(message.body) > MAX_BODY_BYTES
    }
