"""The threads that run handlers, and what they do in an outage."""

from __future__ import annotations

import threading
import time

import pytest

from servicekit.messaging.bus import (
    Delivery,
    Done,
    Outage,
    Outcome,
    Retry,
)
from servicekit.messaging.bus.partitions import OutageGate, PartitionedExecutor, Subscription, key_of


def test_a_message_that_has_no_order_key_gets_an_empty_one() -> None:
    delivery = Delivery(body=b"\xff", type="", attempt=1, redelivered=False)
    assert key_of(lambda given: given.body.decode(), delivery) == ""


def test_in_an_outage_one_prober_runs_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servicekit.messaging.bus.partitions.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("servicekit.messaging.bus.partitions.LONGEST_PAUSE", 0.05)
    stop, is_down = threading.Event(), threading.Event()
    is_down.set()
    gate, running, most, lock = OutageGate(stop), [0], [0], threading.Lock()

    def handle() -> Outcome:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.01)
        with lock:
            running[0] -= 1
        return Outage("down") if is_down.is_set() else Done()

    assert isinstance(gate.run(lambda: Outage("down"), since=-1e9), Outage)
    threads = [threading.Thread(target=gate.run, args=(handle,), kwargs={"since": time.monotonic()}) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    assert most[0] == 1
    is_down.clear()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_a_message_alone_in_its_outage_is_given_back_so_that_others_get_its_partition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("servicekit.messaging.bus.partitions.FIRST_PAUSE", 0.05)
    monkeypatch.setattr("servicekit.messaging.bus.partitions.HOLD_ALONE_SECONDS", 0.2)
    gate, answers = OutageGate(threading.Event()), list[Outcome]()
    now = time.monotonic()
    alone = threading.Thread(target=lambda: answers.append(gate.run(lambda: Outage("so it says"), since=now)))

    alone.start()
    while alone.is_alive() and time.monotonic() - now < 5:
        assert gate.run(Done, since=time.monotonic()) == Done()
        time.sleep(0.01)
    alone.join(1)

    assert answers == [Outage("so it says")]


def test_partitions_give_back_what_had_not_begun_when_they_stop() -> None:
    stop, settled = threading.Event(), list[tuple[int, Outcome | None]]()
    begun = threading.Event()

    def handler(delivery: Delivery) -> Outcome:
        begun.set()
        stop.wait(5)
        return Retry("late")

    listening = Subscription(service="one", handler=handler, stop=stop, threads=1, order_key=lambda _: "k")
    executor: PartitionedExecutor[int] = PartitionedExecutor(
        listening, record_result=lambda ticket, outcome: settled.append((ticket, outcome))
    )
    for ticket in (1, 2):
        executor.give(ticket, Delivery(body=b"", type="", attempt=1, redelivered=False), "k")
    assert begun.wait(5)
    stop.set()
    executor.finish()
    executor.wait(5)

    assert settled == [(1, Retry("late")), (2, None)]
