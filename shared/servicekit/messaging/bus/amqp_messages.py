"""Our messages as RabbitMQ carries them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pika
from pika.spec import Basic

from servicekit.messaging.bus import topology
from servicekit.messaging.bus.amqp_publisher import AmqpMessage
from servicekit.messaging.bus.contract import DELIVERY_LIMIT, Delivery, OutgoingMessage

ATTEMPT = "crm-attempt"
UNANSWERED = "x-delivery-count"
PERSISTENT = 2


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message in hand. `life` is the number of the connection it came by: only that one may acknowledge it."""

    life: int
    tag: int
    properties: pika.BasicProperties
    delivery: Delivery

    @property
    def unanswered(self) -> int:
        """How often it was handed out before without any answer."""
        return int(_headers(self.properties).get(UNANSWERED, 0))


def to_amqp(message: OutgoingMessage, user: str) -> AmqpMessage:
    properties = pika.BasicProperties(
        message_id=message.id,
        type=message.type,
        user_id=user,
        app_id=message.key,
        content_type="application/cloudevents+json",
        delivery_mode=PERSISTENT,
    )
    return AmqpMessage(exchange=topology.EVENTS, routing_key=message.type, body=message.body, properties=properties)


def arrival(life: int, method: Basic.Deliver | Basic.GetOk, properties: pika.BasicProperties, body: bytes) -> Arrival:
    delivery = Delivery(
        body=body,
        type=properties.type or "",
        attempt=int(_headers(properties).get(ATTEMPT, 1)),
        redelivered=bool(method.redelivered),
    )
    return Arrival(life, method.delivery_tag, properties, delivery)


def copy_for_later(arrived: Arrival, service: str, user: str, *, attempt: int, delay: float) -> AmqpMessage:
    """The same message for the retry queue of `delay`; its routing key names the queue it returns to.

    It starts without the broker's own counts, and from our user: the broker checks that.
    """
    given = arrived.properties
    properties = pika.BasicProperties(
        message_id=given.message_id or f"unnamed-{arrived.life}-{arrived.tag}",
        type=given.type,
        user_id=user,
        app_id=given.app_id,
        content_type=given.content_type,
        headers={ATTEMPT: attempt},
        delivery_mode=PERSISTENT,
    )
    return AmqpMessage(
        exchange=topology.retry_exchange(delay),
        routing_key=topology.events_queue(service),
        body=arrived.delivery.body,
        properties=properties,
    )


def why_dead(properties: pika.BasicProperties) -> str:
    """The broker's reason for giving up, in words."""
    deaths = _headers(properties).get("x-death") or [{}]
    reason = str(_headers(properties).get("x-first-death-reason") or deaths[0].get("reason") or "unknown")
    if reason == "delivery_limit":
        return f"delivered more than {DELIVERY_LIMIT} times without an answer"
    return f"RabbitMQ gave it up: {reason}"


def _headers(properties: pika.BasicProperties) -> Mapping[str, Any]:
    return properties.headers or {}
