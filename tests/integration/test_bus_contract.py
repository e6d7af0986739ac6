"""The promises of the bus, proved on both: the SQLite file and a real RabbitMQ."""

from __future__ import annotations

import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from subprocess import Popen

import pytest

from ops.waiting import wait_for
from servicekit.messaging.bus import MAX_BODY_BYTES, Delivery, Done, Outage, Outcome, Retry
from servicekit.messaging.bus.partitions import DRAIN_SECONDS
from tests.integration.bus_harness import Bench, Heard
from tests.servers import rabbitmq

DELAYS = (0.3, 0.9)


@pytest.fixture(params=["embedded", "rabbitmq"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("CRM_RETRY_DELAYS", ",".join(map(str, DELAYS)))
    url = f"embedded:///{tmp_path}/bus.db?lease=0.5" if request.param == "embedded" else rabbitmq().fresh_vhost()
    bench = Bench(url, tmp_path)
    yield bench
    bench.close()


def test_every_service_that_listens_gets_its_own_copy(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.declare("two", "made.v1", "other.v1")
    first, second = Heard(), Heard()

    receipt = bench.publish("hello")

    with bench.consuming("one", first), bench.consuming("two", second):
        first.wait_until(lambda: first.bodies == second.bodies == ["hello"])
    assert len(receipt.confirmed) == 1
    assert not receipt.refused
    assert first.deliveries[0] == Delivery(body=b"hello", type=bench.topic("made.v1"), attempt=1, redelivered=False)


def test_a_pattern_hears_what_it_matches_and_nothing_else(bench: Bench) -> None:
    bench.declare("one", "made.*")
    bench.declare("two", "#.v2")
    bench.declare("rest", "#")
    one, two = Heard(), Heard()

    for topic in ("made.v1", "made.v2", "made.up.v1", "sold.v2"):
        bench.publish(topic, topic=topic)
    bench.bus.consume_ready(bench.name("one"), one)
    bench.bus.consume_ready(bench.name("two"), two)

    assert one.bodies == ["made.v1", "made.v2"]
    assert two.bodies == ["made.v2", "sold.v2"]


def test_a_binding_that_is_no_longer_declared_is_removed(bench: Bench) -> None:
    bench.declare("one", "made.v1", "old.v1")
    bench.declare("one", "made.v1", "new.v1")
    heard = Heard()

    for topic in ("made.v1", "old.v1", "new.v1"):
        bench.publish(topic, topic=topic)
    bench.bus.consume_ready(bench.name("one"), heard)

    assert heard.bodies == ["made.v1", "new.v1"]


def test_what_is_declared_again_stays_as_it_is(bench: Bench) -> None:
    for _ in range(2):
        for service in ("one", "two"):
            bench.declare(service, "made.v1")

    bench.publish("hello")

    wait_for(lambda: bench.waiting("one") == bench.waiting("two") == 1, "the queue holds as much")


def test_a_message_that_was_answered_does_not_come_again(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.publish("a", "b")
    first, second = Heard(), Heard()

    with bench.consuming("one", first):
        first.wait_until(lambda: len(first.bodies) == 2)
    with bench.consuming("one", second):
        time.sleep(1)

    assert second.bodies == []
    assert bench.waiting("one") == 0


def test_a_message_whose_process_was_killed_comes_again(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.publish("deadly")
    heard = Heard()

    killed = bench.child("one", "log", "kill=deadly")
    assert killed.wait(60) == -signal.SIGKILL
    with bench.consuming("one", heard):
        heard.wait_until(lambda: len(heard.deliveries) == 1)

    assert bench.lines("log") == ["ready", "begin deadly"]
    assert heard.deliveries[0].redelivered
    assert heard.deliveries[0].attempt == 1


def test_a_retry_comes_after_its_delay_and_counts(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.publish("again")
    heard = Heard(answers=[Retry("one"), Retry("two"), Retry("three")])

    with bench.consuming("one", heard):
        heard.wait_until(lambda: len(heard.deliveries) == 4)

    waits = [later - earlier for earlier, later in zip(heard.times, heard.times[1:], strict=False)]
    assert [delivery.attempt for delivery in heard.deliveries] == [1, 2, 3, 4]
    assert waits[0] >= DELAYS[0]
    assert waits[1] >= DELAYS[1]
    assert waits[2] >= DELAYS[1], "the last delay repeats"
    assert max(waits) < DELAYS[1] + 10, "and grows no more; a busy machine may add some seconds"
    assert {delivery.type for delivery in heard.deliveries} == {bench.topic("made.v1")}


def test_a_handler_that_raises_is_tried_again(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.publish("oops")
    heard = Heard()

    def fragile(delivery: Delivery) -> Outcome:
        heard(delivery)
        if delivery.attempt == 1:
            raise KeyError("missing")
        return Done()

    with bench.consuming("one", fragile):
        heard.wait_until(lambda: len(heard.deliveries) == 2)
    assert [delivery.attempt for delivery in heard.deliveries] == [1, 2]


def test_a_message_without_an_order_key_is_handled_all_the_same(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.bus.publish([bench.message(b"\xff\xfe not text")])
    heard: list[bytes] = []

    def handler(delivery: Delivery) -> Outcome:
        heard.append(delivery.body)
        return Done()

    with bench.consuming("one", handler):
        wait_for(lambda: heard == [b"\xff\xfe not text"], "the messages are handled")


def test_an_outage_burns_no_attempt_and_loses_nothing(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.publish(*[str(number) for number in range(20)])
    is_down, heard = threading.Event(), Heard()
    is_down.set()
    calls: list[str] = []

    def handler(delivery: Delivery) -> Outcome:
        calls.append(delivery.body.decode())
        return Outage("the database is down") if is_down.is_set() else heard(delivery)

    with bench.consuming("one", handler):
        time.sleep(2)
        tried, probes = set(calls), len(calls)
        is_down.clear()
        heard.wait_until(lambda: len(heard.deliveries) == 20)

    assert len(tried) <= 4, "a lane waits with the message it has and does not try the next"
    assert probes <= 20
    assert sorted(heard.bodies, key=int) == [str(number) for number in range(20)]
    assert {delivery.attempt for delivery in heard.deliveries} == {1}


def test_one_message_that_takes_itself_for_an_outage_does_not_hold_back_the_others(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bodies = [f"message {number}" for number in range(40)]
    bench.publish("stuck", *bodies)
    heard = Heard()

    def handler(delivery: Delivery) -> Outcome:
        return Outage("so it says") if delivery.body == b"stuck" else heard(delivery)

    def key(delivery: Delivery) -> str:
        return "stuck" if delivery.body == b"stuck" else delivery.body.decode()

    with bench.consuming("one", handler, order_key=key):
        heard.wait_until(lambda: len(heard.bodies) >= 20)


def test_an_outage_does_not_keep_a_worker_from_stopping(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.publish("a", "b", "c")
    heard = Heard()

    with bench.consuming("one", lambda _: Outage("down")):
        time.sleep(1)
        began = time.monotonic()
    assert time.monotonic() - began < DRAIN_SECONDS - 5

    with bench.consuming("one", heard):
        heard.wait_until(lambda: sorted(heard.bodies) == ["a", "b", "c"])
    assert {delivery.attempt for delivery in heard.deliveries} == {1}


@pytest.mark.slow
def test_a_message_that_kills_every_process_is_given_up_and_its_neighbours_are_not(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    neighbours = [f"n{number}" for number in range(8)]
    bench.publish(*neighbours[:4], "killer", *neighbours[4:])

    deaths = 0
    while bench.bus.depth(bench.name("one")).dead == 0 and deaths < 40:
        deaths += _was_killed(bench.child("one", "log", "kill=killer"), bench)

    last = bench.child("one", "last", "kill=killer")
    wait_for(lambda: "ready" in bench.lines("last"), "the other process is ready")
    wait_for(
        lambda: {f"done {name}" for name in neighbours} <= {*bench.lines("log"), *bench.lines("last")},
        "the other process has done its work",
    )
    last.terminate()
    assert last.wait(60) == 0
    assert 10 <= deaths <= 21
    assert bench.bus.depth(bench.name("one")).dead == 1

    with pytest.raises(OSError, match="disk full"):
        bench.bus.drain_dead(bench.name("one"), _refuse)
    buried: list[tuple[bytes, str]] = []
    assert bench.bus.drain_dead(bench.name("one"), lambda dead, why: buried.append((dead.body, why))) == 1
    assert buried[0][0] == b"killer"
    assert "20 times without an answer" in buried[0][1]
    assert bench.bus.depth(bench.name("one")).dead == 0


def _was_killed(child: Popen[bytes], bench: Bench) -> bool:
    """Whether the message killed the process; if it was given up instead, the process ends in peace."""
    wait_for(
        lambda: child.poll() is not None or bench.bus.depth(bench.name("one")).dead > 0,
        "the process dies, or the message is given up",
    )
    if child.poll() is None:
        child.terminate()
    return child.wait(60) == -signal.SIGKILL


def _refuse(_delivery: Delivery, _reason: str) -> None:
    raise OSError("disk full")


def test_what_nobody_listens_to_is_confirmed_and_kept_aside(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    before = bench.bus.unrouted()

    receipt = bench.publish("lost?", topic="never.heard.of.v1")

    assert len(receipt.confirmed) == 1
    wait_for(lambda: bench.bus.unrouted() == before + 1, "the message counts as unrouted")
    assert bench.waiting("one") == 0


def test_order_is_kept_within_a_key(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    keys = [f"key{number}" for number in range(10)]
    bench.bus.publish([bench.message(f"{key}:{n:03}", key=key) for n in range(30) for key in keys])
    heard: dict[str, list[str]] = defaultdict(list)
    random = Random(7)

    def handler(delivery: Delivery) -> Outcome:
        key, _, number = delivery.body.decode().partition(":")
        time.sleep(random.random() / 200)
        heard[key].append(number)
        return Done()

    with bench.consuming("one", handler, order_key=lambda delivery: delivery.body.decode().partition(":")[0]):
        wait_for(lambda: sum(map(len, heard.values())) == 300, "the messages are handled")
    assert all(heard[key] == sorted(heard[key]) for key in keys)


def test_stopping_finishes_what_runs_and_gives_back_the_rest(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.publish(*[str(number) for number in range(12)])
    began, ended, later = threading.Event(), Heard(), Heard()

    def slow(delivery: Delivery) -> Outcome:
        began.set()
        time.sleep(1)
        return ended(delivery)

    with bench.consuming("one", slow, threads=2) as stop:
        assert began.wait(60)
        stop.set()
    assert 1 <= len(ended.bodies) <= 2

    with bench.consuming("one", later):
        later.wait_until(lambda: len(later.bodies) + len(ended.bodies) == 12)
        time.sleep(0.5)
    assert sorted(later.bodies + ended.bodies, key=int) == [str(number) for number in range(12)]
    assert {delivery.attempt for delivery in later.deliveries} == {1}


def test_the_same_message_published_twice_is_confirmed_twice(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    message = bench.message("twin")
    heard = Heard()

    receipts = [bench.bus.publish([message]), bench.bus.publish([message, message])]
    bench.bus.consume_ready(bench.name("one"), heard)

    assert [receipt.confirmed for receipt in receipts] == [{message.id}, {message.id}]
    assert 1 <= len(heard.bodies) <= 3


def test_a_body_over_the_limit_is_refused_and_its_batch_is_not(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    limit, large, small = bench.message(b"x" * MAX_BODY_BYTES), bench.message(b"x" * 1_000_000), bench.message("ok")
    heard: list[int] = []

    receipt = bench.bus.publish([limit, large, small])

    def handler(delivery: Delivery) -> Outcome:
        heard.append(len(delivery.body))
        return Done()

    bench.bus.consume_ready(bench.name("one"), handler)
    assert receipt.confirmed == {limit.id, small.id}
    assert "1000000 bytes" in receipt.refused[large.id]
    assert heard == [MAX_BODY_BYTES, 2]


def test_any_text_arrives_unchanged(bench: Bench) -> None:
    bench.bus.declare(bench.name("one"), [bench.topic("größe.v1")])
    text, heard = "Żółć 日本 🎉 \u0000 'quoted' \"twice\"", Heard()

    bench.bus.publish([bench.message(text, topic="größe.v1", key="ключ")])
    bench.bus.consume_ready(bench.name("one"), heard)

    assert heard.bodies == [text]
    assert heard.deliveries[0].type == bench.topic("größe.v1")


def test_two_processes_share_the_work(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    children = [bench.child("one", f"log{number}", "pause=0.02") for number in range(2)]
    wait_for(lambda: all("ready" in bench.lines(f"log{number}") for number in range(2)), "the other process is ready")
    bodies: list[str] = []

    def done(log: str) -> list[str]:
        return [line.split()[1] for line in bench.lines(log) if line.startswith("done")]

    def have_both_done_some() -> bool:
        more = [str(number) for number in range(len(bodies), len(bodies) + 20)]
        bench.publish(*more)
        bodies.extend(more)
        return bool(done("log0") and done("log1"))

    wait_for(have_both_done_some, "both processes have done some of it")
    wait_for(
        lambda: len(done("log0")) + len(done("log1")) == len(bodies),
        "the processes have done everything",
        progress=lambda: (len(done("log0")), len(done("log1"))),
    )
    for child in children:
        child.terminate()
        assert child.wait(60) == 0
    assert sorted(done("log0") + done("log1"), key=int) == bodies


def test_consuming_what_is_ready_takes_all_of_it_and_stops_at_an_outage(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.publish("a", "b", "c")
    heard = Heard(answers=[Done(), Outage("down")])

    assert bench.bus.consume_ready(bench.name("one"), heard) == 1
    wait_for(lambda: bench.waiting("one") == 2, "the queue holds as much")
    time.sleep(1.1)
    assert bench.bus.consume_ready(bench.name("one"), heard) == 2
    assert heard.bodies == ["a", "b", "b", "c"]
    assert bench.bus.consume_ready(bench.name("one"), heard) == 0


def test_a_batch_of_a_thousand_is_confirmed_as_a_whole(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    batch = [bench.message(str(number)) for number in range(1000)]

    receipt = bench.bus.publish(batch)

    assert receipt.confirmed == {message.id for message in batch}
    wait_for(lambda: bench.waiting("one") == 1000, "the queue holds as much")
    bench.bus.check()
