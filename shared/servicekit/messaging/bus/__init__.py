"""The bus: publish and consume messages; RabbitMQ in production, one SQLite file on a laptop, the same promises."""

from __future__ import annotations

from servicekit.messaging.bus.contract import (
    DELIVERY_LIMIT,
    MAX_ATTEMPTS,
    MAX_BODY_BYTES,
    RECONNECT_SECONDS,
    RETRY_DELAYS,
    Bus,
    BusDown,
    Delivery,
    Depth,
    Done,
    Handler,
    Outage,
    Outcome,
    OutgoingMessage,
    Receipt,
    Retry,
    delay_after,
    retry_delays,
)

__all__ = [
    "DELIVERY_LIMIT",
    "MAX_ATTEMPTS",
    "MAX_BODY_BYTES",
    "RECONNECT_SECONDS",
    "RETRY_DELAYS",
    "Bus",
    "BusDown",
    "Delivery",
    "Depth",
    "Done",
    "Handler",
    "Outage",
    "Outcome",
    "OutgoingMessage",
    "Receipt",
    "Retry",
    "connect",
    "delay_after",
    "retry_delays",
]


def connect(url: str) -> Bus:
    """Return the bus at `amqp://user:pw@host:5672/%2F` or `embedded:////absolute/bus.db`; nothing is opened yet.

    Safe to share between threads. Connect after a fork, not before. pika is imported for `amqp` only.
    """
    scheme = url.partition(":")[0]
    if scheme == "embedded":
        from servicekit.messaging.bus.embedded import EmbeddedBus  # noqa: PLC0415

        return EmbeddedBus.at(url)
    if scheme in {"amqp", "amqps"}:
        from servicekit.messaging.bus.amqp import AmqpBus  # noqa: PLC0415

        return AmqpBus(url)
    raise ValueError(f"A bus address starts with amqp:, amqps: or embedded:, not {scheme!r}.")
