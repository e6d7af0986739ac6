"""What the tests of both buses work with: one bus, names nobody else uses, consumers in threads and in processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from secrets import token_hex

from ops.waiting import wait_for
from servicekit.messaging.bus import Bus, Delivery, Done, Handler, Outcome, OutgoingMessage, Receipt, connect

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("bus_child.py")


@dataclass
class Recorder:
    """A handler that writes down what it was given and answers as it was asked to, `Done` at the end."""

    answers: list[Outcome] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def __call__(self, delivery: Delivery) -> Outcome:
        self.times.append(time.monotonic())
        self.deliveries.append(delivery)
        return self.answers.pop(0) if self.answers else Done()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """What is wanted has been handed over; patient while messages come."""
        wait_for(condition, "the messages are handled", progress=lambda: self.bodies)

    @property
    def bodies(self) -> list[str]:
        return [delivery.body.decode() for delivery in self.deliveries]


class BusHarness:
    """One bus under test. Names carry a random tag, so that a broker may be shared with other tests."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.bus: Bus = connect(url)
        self.tag = token_hex(4)
        self._numbers = count(1)
        self._children: list[subprocess.Popen[bytes]] = []

    @property
    def is_embedded(self) -> bool:
        return self.url.startswith("embedded:")

    def name(self, service: str) -> str:
        return f"{service}-{self.tag}"

    def topic(self, rest: str) -> str:
        return f"t{self.tag}.{rest}"

    def declare(self, service: str, *topics: str) -> None:
        self.bus.declare(self.name(service), [self.topic(topic) for topic in topics])

    def message(self, body: str | bytes, *, topic: str = "made.v1", key: str | None = None) -> OutgoingMessage:
        content = body.encode() if isinstance(body, str) else body
        number = next(self._numbers)
        return OutgoingMessage(
            id=f"{self.tag}-{number}", type=self.topic(topic), body=content, key=key or f"key{number}"
        )

    def publish(self, *bodies: str, topic: str = "made.v1") -> Receipt:
        return self.bus.publish([self.message(body, topic=topic) for body in bodies])

    @contextmanager
    def consuming(
        self,
        service: str,
        handler: Handler,
        *,
        threads: int = 4,
        order_key: Callable[[Delivery], str] = lambda delivery: delivery.body.decode(),
    ) -> Iterator[threading.Event]:
        """Consume in a thread with a bus of its own; ends (and drains) with the block."""
        stop, bus = threading.Event(), connect(self.url)
        thread = threading.Thread(
            target=bus.consume,
            args=(self.name(service), handler),
            kwargs={"stop": stop, "threads": threads, "order_key": order_key},
        )
        thread.start()
        try:
            yield stop
        finally:
            stop.set()
            thread.join(60)
            bus.close()
        assert not thread.is_alive()

    def child(self, service: str, log: str, *options: str) -> subprocess.Popen[bytes]:
        """A consumer in a process of its own."""
        command: list[str | Path] = [sys.executable, CHILD, self.url, self.name(service), self.folder / log, *options]
        search = os.pathsep.join([str(ROOT / "shared"), str(ROOT)])
        process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": search})
        self._children.append(process)
        return process

    def lines(self, log: str) -> list[str]:
        path = self.folder / log
        return path.read_text().splitlines() if path.exists() else []

    def waiting(self, service: str) -> int:
        return self.bus.depth(self.name(service)).waiting

    def close(self) -> None:
        for process in self._children:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
        self.bus.close()


def end(*children: subprocess.Popen[bytes]) -> None:
    """Ask them to stop, as a worker is asked; each finishes what it has begun."""
    for child in children:
        child.terminate()
    wait_for(lambda: all(one.poll() is not None for one in children), "the other processes end")
    assert {one.returncode for one in children} == {0}
