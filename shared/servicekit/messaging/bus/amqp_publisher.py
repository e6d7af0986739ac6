"""Publishes batches to RabbitMQ on a thread of its own and awaits the confirms of a batch as one set."""

from __future__ import annotations

import functools
import itertools
import operator
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pika
import pika.exceptions
from pika.channel import Channel
from pika.frame import Method
from pika.spec import Basic

from servicekit.messaging.bus.amqp_link import explain, parameters
from servicekit.messaging.bus.contract import BusDown

# The broker closes the channel over one message: no access to its routing key, a forged user, too large.
ABOUT_A_MESSAGE = frozenset({311, 403, 406})


@dataclass(frozen=True, kw_only=True, slots=True)
class AmqpMessage:
    """A message with everything RabbitMQ needs to know about it."""

    exchange: str
    routing_key: str
    body: bytes
    properties: pika.BasicProperties

    @property
    def id(self) -> str:
        return str(self.properties.message_id)


@dataclass(slots=True)
class Tally:
    """What the broker said about each message so far."""

    confirmed: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)

    def knows(self, message: AmqpMessage) -> bool:
        return message.id in self.confirmed or message.id in self.refused


class _RefusedByChannel(Exception):
    """The broker closed the channel because of one of the messages, and does not say which."""


class Publisher:
    """One connection, opened when needed, used by any thread, one batch at a time."""

    def __init__(self, url: str, purpose: str) -> None:
        self._url, self._purpose = url, purpose
        self._lock = threading.Lock()
        self._line: _Line | None = None

    @property
    def is_open(self) -> bool:
        line = self._line
        return line is not None and line.is_usable

    def send(self, messages: Sequence[AmqpMessage], timeout: float) -> Tally:
        """Publish all, wait for every answer; `BusDown` when the connection or the time ran out before.

        Where one was refused, what is known by then is returned: else it would hold up the others again.
        """
        deadline = time.monotonic() + timeout
        tally = Tally()
        try:
            with self._lock:
                self._send_batch(messages, tally, deadline)
        except BusDown:
            if not tally.refused:
                raise
        return tally

    def close(self) -> None:
        with self._lock:
            self._hang_up()

    def _send_batch(self, messages: Sequence[AmqpMessage], tally: Tally, deadline: float) -> None:
        try:
            self._connected(deadline).deliver(messages, tally, deadline)
        except _RefusedByChannel as refusal:
            self._hang_up()
            rest = [message for message in messages if not tally.knows(message)]
            if len(rest) == 1:
                tally.refused[rest[0].id] = str(refusal)
                return
            for half in (rest[: len(rest) // 2], rest[len(rest) // 2 :]):  # to find the one that is refused
                self._send_batch(half, tally, deadline)
        except BusDown:
            self._hang_up()
            raise

    def _connected(self, deadline: float) -> _Line:
        if self._line is None or not self._line.is_usable:
            self._hang_up()
            self._line = _Line(self._url, self._purpose)
            self._line.wait_until_open(deadline)
        return self._line

    def _hang_up(self) -> None:
        if self._line:
            self._line.close()
        self._line = None


class _Line:
    """One life of the connection. Everything named `_on_…` runs on its own thread, which does nothing but IO."""

    def __init__(self, url: str, purpose: str) -> None:
        self._parameters = parameters(url, purpose)
        self._connection: pika.SelectConnection | None = None
        self._channel: Channel | None = None
        self._open = threading.Event()
        self._answered = threading.Event()
        self._broken: Exception | None = None
        self._tally = Tally()
        self._pending: dict[int, AmqpMessage] = {}
        self._number = 0
        self._thread = threading.Thread(target=self._run, name=f"bus-{purpose}", daemon=True)
        self._thread.start()

    @property
    def is_usable(self) -> bool:
        return self._open.is_set() and self._broken is None

    def wait_until_open(self, deadline: float) -> None:
        if not self._open.wait(max(0.0, deadline - time.monotonic())):
            raise BusDown("RabbitMQ did not answer in time.")
        if self._broken:
            raise self._broken

    def deliver(self, messages: Sequence[AmqpMessage], tally: Tally, deadline: float) -> None:
        self._answered.clear()
        self._tally = tally
        if self._broken is None and self._connection is not None:
            self._connection.ioloop.add_callback_threadsafe(functools.partial(self._on_messages, messages))
            if not self._answered.wait(max(0.0, deadline - time.monotonic())):
                raise BusDown("RabbitMQ did not confirm in time.")
        if self._broken and not all(tally.knows(message) for message in messages):
            raise self._broken

    def close(self) -> None:
        if self._connection is not None and self._thread.is_alive():
            self._connection.ioloop.add_callback_threadsafe(self._on_close_wanted)
            self._thread.join(2)

    def _run(self) -> None:
        try:
            self._connection = pika.SelectConnection(
                self._parameters,
                on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
                on_open_error_callback=lambda _, error: self._on_broken(error),
                on_close_callback=lambda _, error: self._on_broken(error),
            )
            self._connection.ioloop.start()
        except Exception as error:  # noqa: BLE001 - nobody above this thread would see it
            self._on_broken(error)
        finally:
            if self._connection is not None:
                self._connection.ioloop.close()

    def _on_channel(self, channel: Channel) -> None:
        self._channel = channel
        channel.add_on_close_callback(lambda _, error: self._on_broken(error))
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirm, callback=lambda _: self._open.set())

    def _on_messages(self, messages: Sequence[AmqpMessage]) -> None:
        if self._channel is None or not self._channel.is_open:
            return
        for message in messages:
            self._number += 1
            self._pending[self._number] = message
            self._channel.basic_publish(
                message.exchange, message.routing_key, message.body, message.properties, mandatory=True
            )

    def _on_return(
        self, _channel: Channel, method: Basic.Return, properties: pika.BasicProperties, _body: bytes
    ) -> None:
        # It comes before the ack of the same message.
        self._tally.refused[str(properties.message_id)] = f"No queue took it: {method.reply_text}."

    def _on_confirm(self, frame: Method) -> None:
        last = frame.method.delivery_tag
        is_due = functools.partial(operator.ge, last)  # the pending ones stand in the order of their numbers
        numbers = list(itertools.takewhile(is_due, self._pending)) if frame.method.multiple else [last]
        is_ack = isinstance(frame.method, Basic.Ack)
        for message in [self._pending.pop(number) for number in numbers if number in self._pending]:
            if not is_ack:
                self._tally.refused[message.id] = (
                    "RabbitMQ did not accept it (nack): the queue is full or has no leader."
                )
            elif message.id not in self._tally.refused:
                self._tally.confirmed.add(message.id)
        if not self._pending:
            self._answered.set()

    def _on_close_wanted(self) -> None:
        if self._connection is None:
            return
        if self._connection.is_open:
            self._connection.close()
        elif self._connection.is_closed:
            self._connection.ioloop.stop()

    def _on_broken(self, error: Exception) -> None:
        if self._broken is None:
            code = getattr(error, "reply_code", None)
            is_message = isinstance(error, pika.exceptions.ChannelClosedByBroker) and code in ABOUT_A_MESSAGE
            self._broken = _RefusedByChannel(explain(error)) if is_message else BusDown(explain(error))
        self._open.set()
        self._answered.set()
        self._on_close_wanted()
