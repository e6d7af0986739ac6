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
from tests.integration.bus_harness import BusHarness, Recorder, end
from tests.servers import rabbitmq

DELAYS = (0.3, 0.9)


@pytest.fixture(params=["embedded", "rabbitmq"])
def harness(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BusHarness]:
    monkeypatch.setenv("CRM_RETRY_DELAYS", ",".join(map(str, DELAYS)))
    url = f"embedded:///{tmp_path}/bus.db?lease=0.5" if request.param == "embedded" else rabbitmq().fresh_vhost()
    harness = BusHarness(url, tmp_path)
    yield harness
    harness.close()


def test_every_service_that_listens_gets_its_own_copy(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.declare("two", "made.v1", "other.v1")
    first, second = Recorder(), Recorder()

    receipt = harness.publish("hello")

    with harness.consuming("one", first), harness.consuming("two", second):
        first.wait_until(lambda: first.bodies == second.bodies == ["hello"])
    assert len(receipt.confirmed) == 1
    assert not receipt.refused
    assert first.deliveries[0] == Delivery(body=b"hello", type=harness.topic("made.v1"), attempt=1, redelivered=False)


def test_a_pattern_receives_what_it_matches_and_nothing_else(harness: BusHarness) -> None:
    harness.declare("one", "made.*")
    harness.declare("two", "#.v2")
    harness.declare("rest", "#")
    one, two = Recorder(), Recorder()

    for topic in ("made.v1", "made.v2", "made.up.v1", "sold.v2"):
        harness.publish(topic, topic=topic)
    harness.bus.consume_ready(harness.name("one"), one)
    harness.bus.consume_ready(harness.name("two"), two)

    assert one.bodies == ["made.v1", "made.v2"]
    assert two.bodies == ["made.v2", "sold.v2"]


def test_a_binding_that_is_no_longer_declared_is_removed(harness: BusHarness) -> None:
    harness.declare("one", "made.v1", "old.v1")
    harness.declare("one", "made.v1", "new.v1")
    recorder = Recorder()

    for topic in ("made.v1", "old.v1", "new.v1"):
        harness.publish(topic, topic=topic)
    harness.bus.consume_ready(harness.name("one"), recorder)

    assert recorder.bodies == ["made.v1", "new.v1"]


def test_what_is_declared_again_stays_as_it_is(harness: BusHarness) -> None:
    for _ in range(2):
        for service in ("one", "two"):
            harness.declare(service, "made.v1")

    harness.publish("hello")

    wait_for(lambda: harness.waiting("one") == harness.waiting("two") == 1, "the queue holds as much")


def test_a_message_that_was_answered_does_not_come_again(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.publish("a", "b")
    first, second = Recorder(), Recorder()

    with harness.consuming("one", first):
        first.wait_until(lambda: len(first.bodies) == 2)
    with harness.consuming("one", second):
        time.sleep(1)

    assert second.bodies == []
    assert harness.waiting("one") == 0


def test_a_message_whose_process_was_killed_comes_again(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.publish("deadly")
    recorder = Recorder()

    killed = harness.child("one", "log", "kill=deadly")
    assert killed.wait(60) == -signal.SIGKILL
    with harness.consuming("one", recorder):
        recorder.wait_until(lambda: len(recorder.deliveries) == 1)

    assert harness.lines("log") == ["ready", "begin deadly"]
    assert recorder.deliveries[0].redelivered
    assert recorder.deliveries[0].attempt == 1


def test_a_retry_comes_after_its_delay_and_counts(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.publish("again")
    recorder = Recorder(answers=[Retry("one"), Retry("two"), Retry("three")])

    with harness.consuming("one", recorder):
        recorder.wait_until(lambda: len(recorder.deliveries) == 4)

    waits = [later - earlier for earlier, later in zip(recorder.times, recorder.times[1:], strict=False)]
    assert [delivery.attempt for delivery in recorder.deliveries] == [1, 2, 3, 4]
    assert waits[0] >= DELAYS[0]
    assert waits[1] >= DELAYS[1]
    assert waits[2] >= DELAYS[1], "the last delay repeats"
    assert max(waits) < DELAYS[1] + 10, "and grows no more; a busy machine may add some seconds"
    assert {delivery.type for delivery in recorder.deliveries} == {harness.topic("made.v1")}


def test_a_handler_that_raises_is_tried_again(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.publish("oops")
    recorder = Recorder()

    def fragile(delivery: Delivery) -> Outcome:
        recorder(delivery)
        if delivery.attempt == 1:
            raise KeyError("missing")
        return Done()

    with harness.consuming("one", fragile):
        recorder.wait_until(lambda: len(recorder.deliveries) == 2)
    assert [delivery.attempt for delivery in recorder.deliveries] == [1, 2]


def test_a_message_without_an_order_key_is_handled_all_the_same(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.bus.publish([harness.message(b"\xff\xfe not text")])
    consumed: list[bytes] = []

    def handler(delivery: Delivery) -> Outcome:
        consumed.append(delivery.body)
        return Done()

    with harness.consuming("one", handler):
        wait_for(lambda: consumed == [b"\xff\xfe not text"], "the messages are handled")


def test_an_outage_burns_no_attempt_and_loses_nothing(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.publish(*[str(number) for number in range(20)])
    is_down, recorder = threading.Event(), Recorder()
    is_down.set()
    calls: list[str] = []

    def handler(delivery: Delivery) -> Outcome:
        calls.append(delivery.body.decode())
        return Outage("the database is down") if is_down.is_set() else recorder(delivery)

    with harness.consuming("one", handler):
        time.sleep(2)
        tried, probes = set(calls), len(calls)
        is_down.clear()
        recorder.wait_until(lambda: len(recorder.deliveries) == 20)

    assert len(tried) <= 4, "a partition waits with the message it has and does not try the next"
    assert probes <= 20
    assert sorted(recorder.bodies, key=int) == [str(number) for number in range(20)]
    assert {delivery.attempt for delivery in recorder.deliveries} == {1}


def test_one_message_that_takes_itself_for_an_outage_does_not_hold_back_the_others(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    bodies = [f"message {number}" for number in range(40)]
    harness.publish("stuck", *bodies)
    recorder = Recorder()

    def handler(delivery: Delivery) -> Outcome:
        return Outage("so it says") if delivery.body == b"stuck" else recorder(delivery)

    def key(delivery: Delivery) -> str:
        return "stuck" if delivery.body == b"stuck" else delivery.body.decode()

    with harness.consuming("one", handler, order_key=key):
        recorder.wait_until(lambda: len(recorder.bodies) >= 20)


def test_an_outage_does_not_keep_a_worker_from_stopping(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.publish("a", "b", "c")
    recorder = Recorder()

    with harness.consuming("one", lambda _: Outage("down")):
        time.sleep(1)
        began = time.monotonic()
    assert time.monotonic() - began < DRAIN_SECONDS - 5

    with harness.consuming("one", recorder):
        recorder.wait_until(lambda: sorted(recorder.bodies) == ["a", "b", "c"])
    assert {delivery.attempt for delivery in recorder.deliveries} == {1}


@pytest.mark.slow
def test_a_message_that_kills_every_process_is_given_up_and_its_neighbours_are_not(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    neighbours = [f"n{number}" for number in range(8)]
    harness.publish(*neighbours[:4], "killer", *neighbours[4:])

    deaths = 0
    while harness.bus.depth(harness.name("one")).dead == 0 and deaths < 40:
        deaths += _was_killed(harness.child("one", "log", "kill=killer"), harness)

    last = harness.child("one", "last", "kill=killer")
    wait_for(lambda: "ready" in harness.lines("last"), "the other process is ready")
    wait_for(
        lambda: {f"done {name}" for name in neighbours} <= {*harness.lines("log"), *harness.lines("last")},
        "the other process has done its work",
    )
    end(last)
    assert 10 <= deaths <= 21
    assert harness.bus.depth(harness.name("one")).dead == 1

    with pytest.raises(OSError, match="disk full"):
        harness.bus.drain_dead(harness.name("one"), _refuse)
    buried: list[tuple[bytes, str]] = []
    assert harness.bus.drain_dead(harness.name("one"), lambda dead, why: buried.append((dead.body, why))) == 1
    assert buried[0][0] == b"killer"
    assert "20 times without an answer" in buried[0][1]
    assert harness.bus.depth(harness.name("one")).dead == 0


def _was_killed(child: Popen[bytes], harness: BusHarness) -> bool:
    """Whether the message killed the process; if it was given up instead, the process ends in peace."""
    wait_for(
        lambda: child.poll() is not None or harness.bus.depth(harness.name("one")).dead > 0,
        "the process dies, or the message is given up",
    )
    if child.poll() is None:
        child.terminate()
    return child.wait(60) == -signal.SIGKILL


def _refuse(_delivery: Delivery, _reason: str) -> None:
    raise OSError("disk full")


def test_what_nobody_listens_to_is_confirmed_and_kept_aside(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    before = harness.bus.unrouted()

    receipt = harness.publish("lost?", topic="never.heard.of.v1")

    assert len(receipt.confirmed) == 1
    wait_for(lambda: harness.bus.unrouted() == before + 1, "the message counts as unrouted")
    assert harness.waiting("one") == 0


def test_order_is_kept_within_a_key(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    keys = [f"key{number}" for number in range(10)]
    harness.bus.publish([harness.message(f"{key}:{n:03}", key=key) for n in range(30) for key in keys])
    consumed: dict[str, list[str]] = defaultdict(list)
    random = Random(7)

    def handler(delivery: Delivery) -> Outcome:
        key, _, number = delivery.body.decode().partition(":")
        time.sleep(random.random() / 200)
        consumed[key].append(number)
        return Done()

    with harness.consuming("one", handler, order_key=lambda delivery: delivery.body.decode().partition(":")[0]):
        wait_for(lambda: sum(map(len, consumed.values())) == 300, "the messages are handled")
    assert all(consumed[key] == sorted(consumed[key]) for key in keys)


def test_stopping_finishes_what_runs_and_gives_back_the_rest(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.publish(*[str(number) for number in range(12)])
    began, ended, later = threading.Event(), Recorder(), Recorder()

    def slow(delivery: Delivery) -> Outcome:
        began.set()
        time.sleep(1)
        return ended(delivery)

    with harness.consuming("one", slow, threads=2) as stop:
        assert began.wait(60)
        stop.set()
    assert 1 <= len(ended.bodies) <= 2

    with harness.consuming("one", later):
        later.wait_until(lambda: len(later.bodies) + len(ended.bodies) == 12)
        time.sleep(0.5)
    assert sorted(later.bodies + ended.bodies, key=int) == [str(number) for number in range(12)]
    assert {delivery.attempt for delivery in later.deliveries} == {1}


def test_the_same_message_published_twice_is_confirmed_twice(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    message = harness.message("twin")
    recorder = Recorder()

    receipts = [harness.bus.publish([message]), harness.bus.publish([message, message])]
    harness.bus.consume_ready(harness.name("one"), recorder)

    assert [receipt.confirmed for receipt in receipts] == [{message.id}, {message.id}]
    assert 1 <= len(recorder.bodies) <= 3


def test_a_body_over_the_limit_is_refused_and_its_batch_is_not(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    limit, large = harness.message(b"x" * MAX_BODY_BYTES), harness.message(b"x" * 1_000_000)
    small = harness.message("ok")
    consumed: list[int] = []

    receipt = harness.bus.publish([limit, large, small])

    def handler(delivery: Delivery) -> Outcome:
        consumed.append(len(delivery.body))
        return Done()

    harness.bus.consume_ready(harness.name("one"), handler)
    assert receipt.confirmed == {limit.id, small.id}
    assert "1000000 bytes" in receipt.refused[large.id]
    assert consumed == [MAX_BODY_BYTES, 2]


def test_any_text_arrives_unchanged(harness: BusHarness) -> None:
    harness.bus.declare(harness.name("one"), [harness.topic("größe.v1")])
    text, recorder = "Żółć 日本 🎉 \u0000 'quoted' \"twice\"", Recorder()

    harness.bus.publish([harness.message(text, topic="größe.v1", key="ключ")])
    harness.bus.consume_ready(harness.name("one"), recorder)

    assert recorder.bodies == [text]
    assert recorder.deliveries[0].type == harness.topic("größe.v1")


def test_two_processes_share_the_work(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    children = [harness.child("one", f"log{number}", "pause=0.02") for number in range(2)]
    wait_for(lambda: all("ready" in harness.lines(f"log{number}") for number in range(2)), "the other process is ready")
    bodies: list[str] = []

    def done(log: str) -> list[str]:
        return [line.split()[1] for line in harness.lines(log) if line.startswith("done")]

    def have_both_done_some() -> bool:
        more = [str(number) for number in range(len(bodies), len(bodies) + 20)]
        harness.publish(*more)
        bodies.extend(more)
        return bool(done("log0") and done("log1"))

    wait_for(have_both_done_some, "both processes have done some of it")
    wait_for(
        lambda: len(done("log0")) + len(done("log1")) == len(bodies),
        "the processes have done everything",
        progress=lambda: (len(done("log0")), len(done("log1"))),
    )
    end(*children)
    assert sorted(done("log0") + done("log1"), key=int) == bodies


def test_consuming_what_is_ready_takes_all_of_it_and_stops_at_an_outage(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.publish("a", "b", "c")
    recorder = Recorder(answers=[Done(), Outage("down")])

    assert harness.bus.consume_ready(harness.name("one"), recorder) == 1
    wait_for(lambda: harness.waiting("one") == 2, "the queue holds as much")
    time.sleep(1.1)
    assert harness.bus.consume_ready(harness.name("one"), recorder) == 2
    assert recorder.bodies == ["a", "b", "b", "c"]
    assert harness.bus.consume_ready(harness.name("one"), recorder) == 0


def test_a_batch_of_a_thousand_is_confirmed_as_a_whole(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    batch = [harness.message(str(number)) for number in range(1000)]

    receipt = harness.bus.publish(batch)

    assert receipt.confirmed == {message.id for message in batch}
    wait_for(lambda: harness.waiting("one") == 1000, "the queue holds as much")
    harness.bus.check()
