"""L5: a bare pika publisher, persistent messages, confirms awaited in batches. `raw_broker.py URL EXCHANGE KEY COUNT`."""

from __future__ import annotations

import sys
import time

import pika
from pika.channel import Channel
from pika.frame import Method

BATCH = 100
WARM = 200
BODY = b"x" * 1024


class Raw:
    """Publishes until the warm-up is confirmed, asks whether to go on, publishes the rest."""

    def __init__(self, url: str, exchange: str, key: str, count: int) -> None:
        self._where, self._count = (exchange, key), count
        self._properties = pika.BasicProperties(delivery_mode=2)
        self._sent = self._confirmed = 0
        self._until = WARM
        self._started = 0.0
        self.took = 0.0
        self._channel: Channel | None = None
        self._connection = pika.SelectConnection(
            pika.URLParameters(url), on_open_callback=lambda one: one.channel(on_open_callback=self._on_channel)
        )

    def run(self) -> None:
        self._connection.ioloop.start()

    def _on_channel(self, channel: Channel) -> None:
        self._channel = channel
        channel.confirm_delivery(self._on_confirm, callback=lambda _: self._publish())

    def _publish(self) -> None:
        assert self._channel is not None
        for _ in range(min(BATCH, self._until - self._sent)):
            self._channel.basic_publish(*self._where, BODY, self._properties)
            self._sent += 1

    def _on_confirm(self, frame: Method) -> None:
        if isinstance(frame.method, pika.spec.Basic.Nack):
            raise SystemExit("the broker refused a message")
        tag = frame.method.delivery_tag
        self._confirmed = tag if frame.method.multiple else self._confirmed + 1
        if self._confirmed < self._sent:
            return
        if self._sent < self._until:
            self._publish()
        elif self._until == WARM:
            self._measure()
        else:
            self.took = time.perf_counter() - self._started
            self._connection.ioloop.stop()

    def _measure(self) -> None:
        print("warm", flush=True)
        sys.stdin.readline()
        self._until = WARM + self._count
        self._started = time.perf_counter()
        self._publish()


def main(url: str, exchange: str, key: str, count: str) -> None:
    raw = Raw(url, exchange, key, int(count))
    raw.run()
    print(raw.took, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
