"""Declares exchanges, queues and bindings on RabbitMQ 3.10 to 4.x; always the same arguments, from wherever it runs."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel

from servicekit.messaging.bus import topology
from servicekit.messaging.bus.amqp_link import FORBIDDEN, channel
from servicekit.messaging.bus.contract import DELIVERY_LIMIT, BusDown

log = logging.getLogger(__name__)

QUORUM = {"x-queue-type": "quorum"}
# Never -1 for "no limit": RabbitMQ 3.10 reads it as 0 and drops the message at its first return.
NO_LIMIT = 1_000_000


def declare(url: str, service: str, types: Iterable[str]) -> None:
    """Declare what the service needs; where the user may not configure, check that somebody did."""
    wanted = frozenset(types)
    try:
        with channel(url, "declare") as open_channel:
            _shared(open_channel)
            _own(open_channel, service)
            _bind(open_channel, service, wanted)
    except BusDown as refused:
        if not _is_forbidden(refused):
            raise
        log.debug("this user may not declare, only verify: %s", refused)
        with channel(url, "verify") as open_channel:
            _verify(open_channel, service)


def _is_forbidden(error: BusDown) -> bool:
    cause = error.__cause__
    return isinstance(cause, pika.exceptions.ChannelClosedByBroker) and cause.reply_code == FORBIDDEN


def _shared(on: BlockingChannel) -> None:
    """The exchanges and queues that all services have in common."""
    on.exchange_declare(topology.UNROUTED, "fanout", durable=True)
    _queue(on, topology.UNROUTED_QUEUE, {"x-delivery-limit": NO_LIMIT, "x-max-length": 100_000})
    on.queue_bind(topology.UNROUTED_QUEUE, topology.UNROUTED)
    on.exchange_declare(topology.EVENTS, "topic", durable=True, arguments={"alternate-exchange": topology.UNROUTED})
    on.exchange_declare(topology.PARKED, "topic", durable=True)
    for delay in topology.all_retry_delays():
        on.exchange_declare(topology.retry_exchange(delay), "fanout", durable=True)
        _queue(on, topology.retry_queue(delay), _retry_arguments(delay))
        on.queue_bind(topology.retry_queue(delay), topology.retry_exchange(delay))


def _retry_arguments(delay: float) -> dict[str, Any]:
    # No dead-letter routing key: an expired message keeps its own, which names the queue it came from.
    return {
        "x-message-ttl": round(delay * 1000),
        "x-dead-letter-exchange": "",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def _own(on: BlockingChannel, service: str) -> None:
    _queue(on, topology.parked_queue(service), {"x-delivery-limit": NO_LIMIT})
    on.queue_bind(topology.parked_queue(service), topology.PARKED, routing_key=service)
    arguments = {
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": topology.PARKED,
        "x-dead-letter-routing-key": service,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-max-length": 1_000_000,
    }
    _queue(on, topology.events_queue(service), arguments)
    _queue(on, topology.bindings_queue(service), {"x-delivery-limit": NO_LIMIT, "x-max-length": 1})


def _queue(on: BlockingChannel, name: str, arguments: dict[str, Any]) -> None:
    on.queue_declare(name, durable=True, arguments=QUORUM | arguments)


def _bind(on: BlockingChannel, service: str, wanted: frozenset[str]) -> None:
    """Bind first, unbind last: at no moment is a wanted type unbound. The list is written before it is acted upon."""
    name = topology.events_queue(service)
    bound, forget_old_list = _bound(on, service)
    if bound != wanted:
        on.confirm_delivery()
        _write_list(on, service, bound | wanted)
    for topic in sorted(wanted):
        on.queue_bind(name, topology.EVENTS, routing_key=topic)
    for topic in sorted(bound - wanted):
        on.queue_unbind(name, topology.EVENTS, routing_key=topic)
    if bound != wanted:
        _write_list(on, service, wanted)
        forget_old_list()


def _bound(on: BlockingChannel, service: str) -> tuple[frozenset[str], Callable[[], None]]:
    method, _, body = on.basic_get(topology.bindings_queue(service))
    if method is None or body is None:
        return frozenset(), lambda: None
    return frozenset(json.loads(body)), lambda: on.basic_ack(method.delivery_tag)


def _write_list(on: BlockingChannel, service: str, types: frozenset[str]) -> None:
    properties = pika.BasicProperties(delivery_mode=2, content_type="application/json")
    on.basic_publish("", topology.bindings_queue(service), json.dumps(sorted(types)).encode(), properties)


def _verify(on: BlockingChannel, service: str) -> None:
    for exchange in (topology.EVENTS, *map(topology.retry_exchange, topology.all_retry_delays())):
        on.exchange_declare(exchange, passive=True)
    for queue in (topology.events_queue(service), topology.parked_queue(service)):
        on.queue_declare(queue, passive=True)
