"""Consumes one queue: this thread owns the connection and does nothing but IO, partitions run the handlers."""

from __future__ import annotations

import functools
import logging
import random
import time
from collections import deque
from collections.abc import Callable

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel
from pika.spec import Basic

from servicekit.messaging.bus import topology
from servicekit.messaging.bus.amqp_link import bus_down, close_quietly, parameters, user_of
from servicekit.messaging.bus.amqp_messages import Arrival, arrival, copy_for_later
from servicekit.messaging.bus.amqp_publisher import Publisher
from servicekit.messaging.bus.contract import (
    RECONNECT_SECONDS,
    SUSPECT_AFTER,
    BusDown,
    Done,
    Outage,
    Outcome,
    delay_after,
)
from servicekit.messaging.bus.partitions import DRAIN_SECONDS, IN_HAND, PartitionedExecutor, Subscription, key_of

log = logging.getLogger(__name__)

COPY_TIMEOUT = 10.0


class Consumer:
    """One `Bus.consume` call: it lives through many connections."""

    def __init__(
        self, url: str, subscription: Subscription, *, declare: Callable[[], None], retry_publisher: Publisher
    ) -> None:
        self._url, self._subscription, self._stop = url, subscription, subscription.stop
        self._declare, self._retry_publisher = declare, retry_publisher
        self._user = user_of(parameters(url, ""))
        self._partitions: PartitionedExecutor[Arrival] = PartitionedExecutor(
            subscription, record_result=self._record_result, wanted=self._is_current
        )
        self._session: _Session | None = None
        self._life = 0
        self._is_drained = False

    def run(self) -> None:
        pause = 0.2
        while not self._stop.is_set():
            started = time.monotonic()
            try:
                self._serve()
            except BusDown as error:
                log.warning("consuming %s was interrupted: %s", self._subscription.service, error)
            except Exception:
                # pika lets its own slips out (IndexError, AssertionError) when a connection dies half-way.
                log.exception("consuming %s was interrupted", self._subscription.service)
            if time.monotonic() - started > RECONNECT_SECONDS:
                pause = 0.2
            self._stop.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
            pause = min(pause * 2, RECONNECT_SECONDS)
        if not self._is_drained:
            self._partitions.finish()
            self._partitions.wait(DRAIN_SECONDS)

    def _serve(self) -> None:
        """One connection, from the handshake until `stop` or the first sign of trouble."""
        self._declare()
        self._life += 1
        with bus_down():
            connection = pika.BlockingConnection(parameters(self._url, f"consume {self._subscription.service}"))
        try:
            with bus_down():
                self._session = _Session(connection, self._life, self._subscription, self._partitions)
                while not self._stop.is_set():
                    self._session.pump()
                self._drain(self._session)
        finally:
            self._life += 1  # what is still in the partitions belongs to a connection that is gone
            close_quietly(connection)

    def _drain(self, session: _Session) -> None:
        """No new messages, running handlers finish, their acknowledgements leave; the rest returns by the close."""
        session.pause()
        self._partitions.finish()
        deadline = time.monotonic() + DRAIN_SECONDS
        while self._partitions.are_busy and time.monotonic() < deadline:
            session.connection.process_data_events(0.05)
        session.connection.process_data_events(0)
        self._is_drained = True

    def _is_current(self, arrived: Arrival) -> bool:
        return arrived.life == self._life

    def _record_result(self, arrived: Arrival, outcome: Outcome | None) -> None:
        """On a partition's thread: send the copy for later, if there is one, then let the IO thread acknowledge."""
        if outcome is None or self._session is None:
            return
        if isinstance(outcome, Done) or self._send_copy(arrived, outcome):
            self._session.acknowledge_soon(arrived)

    def _send_copy(self, arrived: Arrival, outcome: Outcome) -> bool:
        """Whether the copy is safe. An outage burns no attempt, and needs no copy at the end: the close returns it."""
        attempt = arrived.delivery.attempt
        if isinstance(outcome, Outage) and self._stop.is_set():
            return False
        step = (attempt, delay_after(1)) if isinstance(outcome, Outage) else (attempt + 1, delay_after(attempt))
        copy = copy_for_later(arrived, self._subscription.service, self._user, attempt=step[0], delay=step[1])
        pause = 1.0
        while self._is_current(arrived):
            try:
                tally = self._retry_publisher.send([copy], COPY_TIMEOUT)
                if copy.id in tally.confirmed:
                    return True
                log.warning("a retry was refused: %s", tally.refused.get(copy.id))
            except BusDown as error:
                log.warning("a retry could not be sent: %s", error)
            if self._stop.wait(pause):
                return False
            pause = min(pause * 2, RECONNECT_SECONDS)
        return False


class _Session:
    """One life of the connection. It starts with one message in hand at a time and widens when that one is harmless.

    A message that ended its process several times is handled alone: what else is in hand would be counted, too.
    """

    def __init__(
        self,
        connection: pika.BlockingConnection,
        life: int,
        subscription: Subscription,
        partitions: PartitionedExecutor[Arrival],
    ) -> None:
        self.connection = connection
        self._life, self._partitions, self._order_key = life, partitions, subscription.order_key
        self._queue = topology.events_queue(subscription.service)
        self._prefetch = IN_HAND * subscription.threads
        self._channel = connection.channel()
        self._tag: str | None = None
        self._is_wide = False
        self._may_widen = False
        self._in_hand = 0
        self._suspects: deque[Arrival] = deque()
        self._listen(wide=False)

    def pump(self) -> None:
        """Move bytes for up to 0.2 s, and notice when the broker stopped delivering without an error."""
        self.connection.process_data_events(0.2)
        if not self._channel.is_open:
            raise BusDown("RabbitMQ closed the channel.")
        if self._tag and self._tag not in self._channel.consumer_tags:
            raise BusDown("RabbitMQ cancelled the consumer: the queue was deleted or has moved.")
        self._steer()

    def pause(self) -> None:
        if self._tag and self._channel.is_open:
            self._channel.basic_cancel(self._tag)
        self._tag = None

    def acknowledge_soon(self, arrived: Arrival) -> None:
        """Callable from any thread; when the connection is gone the message comes again, and the inbox knows it."""
        try:
            self.connection.add_callback_threadsafe(functools.partial(self._on_answer, arrived))
        except pika.exceptions.AMQPError:
            log.debug("an acknowledgement came after the connection had closed")

    def _listen(self, *, wide: bool) -> None:
        self._channel.basic_qos(prefetch_count=self._prefetch if wide else 1)
        self._tag = self._channel.basic_consume(self._queue, self._on_message)
        self._is_wide = wide

    def _steer(self) -> None:
        if self._suspects:
            if self._is_wide:
                self.pause()
            if self._in_hand == len(self._suspects):
                self._give(self._suspects.popleft())
        elif self._tag is None:
            if self._in_hand == 0:
                self._listen(wide=False)
        elif self._may_widen and not self._is_wide:
            self.pause()
            self._listen(wide=True)
        self._may_widen = False

    def _on_message(
        self, _channel: BlockingChannel, method: Basic.Deliver, properties: pika.BasicProperties, body: bytes
    ) -> None:
        arrived = arrival(self._life, method, properties, body)
        self._in_hand += 1
        if arrived.unanswered >= SUSPECT_AFTER:
            self._suspects.append(arrived)
        else:
            self._may_widen = True
            self._give(arrived)

    def _give(self, arrived: Arrival) -> None:
        self._partitions.give(arrived, arrived.delivery, key_of(self._order_key, arrived.delivery))

    def _on_answer(self, arrived: Arrival) -> None:
        if arrived.life == self._life and self._channel.is_open:
            self._channel.basic_ack(arrived.tag)
            self._in_hand -= 1
