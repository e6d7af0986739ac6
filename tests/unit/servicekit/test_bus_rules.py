"""The parts of the bus that need no bus: patterns, delays, names, lanes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from servicekit.messaging.bus import (
    BusDown,
    Delivery,
    Done,
    Outage,
    Outcome,
    OutgoingMessage,
    Retry,
    connect,
    delay_after,
    topology,
)
from servicekit.messaging.bus.embedded import EmbeddedBus
from servicekit.messaging.bus.embedded_file import BusFile
from servicekit.messaging.bus.partitions import OutageGate, PartitionedExecutor, Subscription, key_of
from servicekit.messaging.bus.topics import matches


@pytest.mark.parametrize(
    ("pattern", "topic", "is_match"),
    [
        ("thing.made.v1", "thing.made.v1", True),
        ("thing.made.v1", "thing.made.v10", False),
        ("thing.*.v1", "thing.made.v1", True),
        ("thing.*", "thing.made.v1", False),
        ("thing.#", "thing.made.v1", True),
        ("thing.#", "thing", True),
        ("thing.#", "things", False),
        ("#.v1", "v1", True),
        ("#.v1", "thing.made.v1", True),
        ("#", "", True),
        ("*", "thing.made", False),
        ("thing.#.v1", "thing.v1", True),
        ("t+.made", "tt.made", False),
    ],
)
def test_patterns_match_as_in_rabbitmq(pattern: str, topic: str, is_match: bool) -> None:
    assert matches(pattern, topic) is is_match


def test_delays_come_from_the_environment_and_the_last_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [delay_after(attempt) for attempt in range(1, 8)] == [5, 30, 120, 600, 3600, 3600, 3600]
    monkeypatch.setenv("CRM_RETRY_DELAYS", "0.2, 1.5")
    assert [delay_after(attempt) for attempt in (1, 2, 3)] == [0.2, 1.5, 1.5]


def test_a_waiting_room_is_named_after_its_delay() -> None:
    names = [topology.retry_queue(delay) for delay in (0.2, 1.5, 5, 30, 120, 600, 3600)]
    assert names == [f"crm.retry.{label}.v1" for label in ("200ms", "1500ms", "5s", "30s", "2m", "10m", "1h")]


def test_a_service_may_read_its_own_queues_only() -> None:
    granted = topology.permissions("sales.eu")
    assert granted.configure == "^$"
    assert granted.read == r"^sales\.eu\.(events|parked)\.v1$"


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="amqp:"):
        connect("redis://localhost")


def test_the_embedded_bus_does_not_import_pika(tmp_path: Path) -> None:
    program = (
        f"import sys; from servicekit.messaging.bus import connect; connect('embedded:///{tmp_path}/bus.db').check(); "
    )
    program += "sys.exit('pika' in sys.modules)"
    search = str(Path(__file__).resolve().parents[3] / "shared")
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": search})


def test_a_bus_file_that_cannot_be_opened_is_a_bus_that_is_down(tmp_path: Path) -> None:
    bus = connect(f"embedded:///{tmp_path}")
    with pytest.raises(BusDown):
        bus.check()
    with pytest.raises(BusDown):
        bus.publish([OutgoingMessage(id="1", type="thing.made.v1", body=b"", key="k")])


def test_a_lease_that_ran_out_cannot_be_settled_by_its_old_owner(tmp_path: Path) -> None:
    file = BusFile(tmp_path / "bus.db", durable=True)
    file.bind("one", ["#"])
    file.put([OutgoingMessage(id="1", type="thing.made.v1", body=b"x", key="k")])
    (late,) = file.claim([1], "first", lease=0.01)
    time.sleep(0.02)
    (taken,) = file.claim([1], "second", lease=60)

    file.record_results("first", [(late, Done())])
    assert file.depth("one") == (1, 0)
    file.record_results("second", [(taken, Done())])
    assert file.depth("one") == (0, 0)
    file.close()


def test_a_key_in_the_hands_of_another_process_is_not_overtaken(tmp_path: Path) -> None:
    file = BusFile(tmp_path / "bus.db", durable=True)
    file.bind("one", ["#"])
    file.put([OutgoingMessage(id=str(n), type="thing.made.v1", body=b"x", key=key) for n, key in enumerate("aab")])
    file.claim([1], "first", lease=60)

    assert [seq for seq, _ in file.ready("one", "second", 10)] == [3]
    assert [seq for seq, _ in file.ready("one", "first", 10)] == [2, 3]
    file.close()


def test_the_address_of_an_embedded_bus_names_file_and_lease(tmp_path: Path) -> None:
    bus = EmbeddedBus.at(f"embedded:///{tmp_path}/with%20space.db?lease=2")
    bus.check()
    bus.close()
    assert (tmp_path / "with space.db").exists()


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


def test_a_message_alone_in_its_outage_is_given_back_so_that_others_get_its_lane(
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


def test_lanes_give_back_what_had_not_begun_when_they_stop() -> None:
    stop, settled = threading.Event(), list[tuple[int, Outcome | None]]()
    begun = threading.Event()

    def handler(delivery: Delivery) -> Outcome:
        begun.set()
        stop.wait(5)
        return Retry("late")

    listening = Subscription(service="one", handler=handler, stop=stop, threads=1, order_key=lambda _: "k")
    lanes: PartitionedExecutor[int] = PartitionedExecutor(
        listening, record_result=lambda ticket, outcome: settled.append((ticket, outcome))
    )
    for ticket in (1, 2):
        lanes.give(ticket, Delivery(body=b"", type="", attempt=1, redelivered=False), "k")
    assert begun.wait(5)
    stop.set()
    lanes.finish()
    lanes.wait(5)

    assert settled == [(1, Retry("late")), (2, None)]
