"""The bus over RabbitMQ."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence

import pika

from servicekit.messaging.bus import topology
from servicekit.messaging.bus.amqp_consumer import COPY_TIMEOUT, Consumer
from servicekit.messaging.bus.amqp_link import channel, parameters, user_of
from servicekit.messaging.bus.amqp_messages import Arrival, arrival, copy_for_later, to_amqp, why_dead
from servicekit.messaging.bus.amqp_publisher import Publisher
from servicekit.messaging.bus.amqp_topology import declare
from servicekit.messaging.bus.contract import (
    BusDown,
    Delivery,
    Depth,
    Done,
    Handler,
    Outage,
    Outcome,
    OutgoingMessage,
    Receipt,
    delay_after,
    too_large,
)
from servicekit.messaging.bus.partitions import Subscription, run_handler

CHECK_LASTS_SECONDS = 2.0


class AmqpBus:
    """See `contract.Bus`. Publishing and retrying keep a connection each, so does every consumer; the rest is brief."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._user = user_of(parameters(url, ""))
        self._publisher = Publisher(url, "publish")
        self._retry_publisher = Publisher(url, "retry")
        self._declared: dict[str, frozenset[str]] = {}
        self._checked_at = float("-inf")

    def declare(self, service: str, types: Iterable[str]) -> None:
        wanted = frozenset(types)
        declare(self._url, service, wanted)
        self._declared[service] = wanted

    def publish(self, batch: Sequence[OutgoingMessage], *, timeout: float = 30) -> Receipt:
        refused = too_large(batch)
        messages = [to_amqp(message, self._user) for message in batch if message.id not in refused]
        if not messages:
            return Receipt(confirmed=frozenset(), refused=refused)
        tally = self._publisher.send(messages, timeout)
        return Receipt(confirmed=frozenset(tally.confirmed), refused=refused | tally.refused)

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
        subscription = Subscription(
            service=service, handler=handler, stop=stop, threads=threads, order_key=order_key, together=together
        )
        Consumer(
            self._url, subscription, declare=lambda: self._declare_again(service), retry_publisher=self._retry_publisher
        ).run()

    def consume_ready(self, service: str, handler: Handler, *, limit: int = 1000) -> int:
        count = 0
        with channel(self._url, "consume once") as open_channel:
            while count < limit:
                method, properties, body = open_channel.basic_get(topology.events_queue(service))
                if method is None or properties is None or body is None:
                    break
                arrived = arrival(0, method, properties, body)
                outcome = run_handler(handler, arrived.delivery)
                if isinstance(outcome, Outage):
                    open_channel.basic_reject(method.delivery_tag, requeue=True)
                    break
                self._send_copy_unless_done(arrived, outcome, service)
                open_channel.basic_ack(method.delivery_tag)
                count += 1
        return count

    def drain_dead(self, service: str, sink: Callable[[Delivery, str], None]) -> int:
        count = 0
        with channel(self._url, "drain dead") as open_channel:
            while True:
                method, properties, body = open_channel.basic_get(topology.parked_queue(service))
                if method is None or properties is None or body is None:
                    return count
                sink(arrival(0, method, properties, body).delivery, why_dead(properties))
                open_channel.basic_ack(method.delivery_tag)
                count += 1

    def depth(self, service: str) -> Depth:
        waiting, dead = self._messages_in(topology.events_queue(service), topology.parked_queue(service))
        return Depth(waiting=waiting, dead=dead)

    def unrouted(self) -> int:
        return self._messages_in(topology.UNROUTED_QUEUE)[0]

    def check(self) -> None:
        if self._publisher.is_open or time.monotonic() - self._checked_at < CHECK_LASTS_SECONDS:
            return
        with channel(self._url, "check"):
            self._checked_at = time.monotonic()

    def close(self) -> None:
        self._publisher.close()
        self._retry_publisher.close()

    def _declare_again(self, service: str) -> None:
        """A broker that lost its disk comes back empty; without this its consumers would wait for a queue for ever."""
        if service in self._declared:
            declare(self._url, service, self._declared[service])

    def _send_copy_unless_done(self, arrived: Arrival, outcome: Outcome, service: str) -> None:
        if isinstance(outcome, Done):
            return
        attempt = arrived.delivery.attempt
        copy = copy_for_later(arrived, service, self._user, attempt=attempt + 1, delay=delay_after(attempt))
        if copy.id not in self._retry_publisher.send([copy], COPY_TIMEOUT).confirmed:
            raise BusDown("RabbitMQ did not take the copy for a later attempt.")

    def _messages_in(self, *queues: str) -> list[int]:
        with channel(self._url, "count") as open_channel:
            answers = [open_channel.queue_declare(queue, passive=True).method for queue in queues]
        return [int(answer.message_count) for answer in answers if isinstance(answer, pika.spec.Queue.DeclareOk)]
