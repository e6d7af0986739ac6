"""What only a real broker can do to us: die, forget, refuse, run out of memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pika
import pytest

from ops.waiting import wait_for
from servicekit.messaging.bus import BusDown, Delivery, Done, Outcome, Retry, connect, topology
from servicekit.messaging.bus.amqp_link import channel
from tests.integration.bus_harness import BusHarness, Recorder
from tests.servers import Rabbit, rabbitmq


@pytest.fixture
def broker() -> Rabbit:
    """A broker that may be stopped and changed; with somebody else's these tests fail and say so."""
    broker = rabbitmq()
    assert broker.is_ours, "CRM_TEST_AMQP_URL names a broker that these tests may not stop; unset it to start one."
    return broker


@pytest.fixture
def harness(broker: Rabbit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BusHarness]:
    monkeypatch.setenv("CRM_RETRY_DELAYS", "0.3")
    harness = BusHarness(broker.fresh_vhost(), tmp_path)
    yield harness
    harness.close()


def vhost(harness: BusHarness) -> str:
    return unquote(urlsplit(harness.url).path[1:])


@pytest.mark.slow
def test_publisher_and_consumer_come_back_after_the_broker_was_killed(broker: Rabbit, harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    recorder = Recorder()

    with harness.consuming("one", recorder):
        harness.publish("before")
        recorder.wait_until(lambda: recorder.bodies == ["before"])
        broker.kill()
        with pytest.raises(BusDown):
            harness.bus.publish([harness.message("during")], timeout=3)
        with pytest.raises(BusDown):
            harness.bus.check()
        broker.start()
        wait_for(lambda: _is_published(harness, "after"), "the broker takes a message")
        recorder.wait_until(lambda: "after" in recorder.bodies)
    harness.bus.check()


def _is_published(harness: BusHarness, body: str, *, timeout: float = 30) -> bool:
    try:
        return len(harness.bus.publish([harness.message(body)], timeout=timeout).confirmed) == 1
    except BusDown:
        return False


@pytest.mark.slow
def test_what_was_confirmed_survives_the_broker_being_killed(broker: Rabbit, harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    bodies = [str(number) for number in range(500)]
    assert len(harness.publish(*bodies).confirmed) == 500

    broker.kill()
    broker.start()

    recorder = Recorder()
    with harness.consuming("one", recorder):
        recorder.wait_until(lambda: set(recorder.bodies) == set(bodies))


def test_a_queue_that_is_deleted_under_its_consumer_is_declared_again(harness: BusHarness) -> None:
    name, recorder = harness.name("one"), Recorder()
    with harness.consuming("one", recorder):
        time.sleep(1)  # nothing is declared yet: the consumer waits for its queue instead of giving up
        harness.declare("one", "made.v1")
        harness.publish("first")
        recorder.wait_until(lambda: recorder.bodies == ["first"])
        with channel(harness.url, "test") as open_channel:
            open_channel.queue_delete(topology.events_queue(name))
        time.sleep(1)
        harness.declare("one", "made.v1")
        harness.publish("second")
        recorder.wait_until(lambda: recorder.bodies == ["first", "second"])


def test_a_service_of_its_own_user_works_without_the_right_to_declare(broker: Rabbit, harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.declare("two", "made.v1")
    url = broker.add_user(harness.url, harness.name("one"), astuple(topology.permissions(harness.name("one"))))
    limited = connect(url)
    try:
        limited.declare(harness.name("one"), [harness.topic("made.v1")])
        assert len(limited.publish([harness.message("hello")]).confirmed) == 1
        recorder = Recorder(answers=[Retry("not yet")])
        assert limited.consume_ready(harness.name("one"), recorder) == 1
        wait_for(lambda: limited.consume_ready(harness.name("one"), recorder) == 1, "the message is ready again")
        assert [delivery.attempt for delivery in recorder.deliveries] == [1, 2]
        assert limited.drain_dead(harness.name("one"), lambda *_: None) == 0
        assert limited.depth(harness.name("two")).waiting == 1
        assert limited.unrouted() == 0
        with pytest.raises(BusDown, match="ACCESS_REFUSED"):
            limited.consume_ready(harness.name("two"), recorder)
        with pytest.raises(BusDown, match="NOT_FOUND"):
            limited.declare(harness.name("one") + "-new", [])
    finally:
        limited.close()


def test_types_that_the_user_may_not_publish_do_not_hold_back_their_batch(broker: Rabbit, harness: BusHarness) -> None:
    harness.declare("one", "#")
    url = broker.add_user(harness.url, harness.name("one"), astuple(topology.permissions(harness.name("one"))))
    own = f"^{harness.tag}|^t{harness.tag}\\.made"
    broker.control("set_topic_permissions", "-p", vhost(harness), harness.name("one"), topology.EVENTS, own, ".*")
    batch = [harness.message(str(number)) for number in range(100)]
    forged = [harness.message("forged", topic="paid.v1") for _ in range(3)]
    for place, message in zip((0, 30, 90), forged, strict=True):
        batch.insert(place, message)
    limited = connect(url)

    receipt = limited.publish(batch)
    limited.close()

    assert receipt.confirmed == {message.id for message in batch} - {message.id for message in forged}
    assert set(receipt.refused) == {message.id for message in forged}
    assert all("ACCESS_REFUSED" in reason for reason in receipt.refused.values())


def test_a_batch_of_forbidden_types_that_outlasts_its_time_reports_what_is_known(
    broker: Rabbit, harness: BusHarness
) -> None:
    harness.declare("one", "#")
    url = broker.add_user(harness.url, harness.name("one"), astuple(topology.permissions(harness.name("one"))))
    broker.control(
        "set_topic_permissions", "-p", vhost(harness), harness.name("one"), topology.EVENTS, "^nothing$", ".*"
    )
    limited = connect(url)

    receipt = limited.publish([harness.message("forged", topic="paid.v1") for _ in range(2000)], timeout=5)
    limited.close()

    assert not receipt.confirmed
    assert 0 < len(receipt.refused) < 2000  # each costs a connection; those are out of the way next time


def test_a_message_names_the_user_who_published_it(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    harness.publish("hello")

    with channel(harness.url, "test") as open_channel:
        _, properties, _ = open_channel.basic_get(topology.events_queue(harness.name("one")), auto_ack=True)

    assert properties is not None
    assert properties.user_id == urlsplit(harness.url).username
    assert properties.delivery_mode == 2


def test_a_stranger_s_message_without_any_properties_is_handled(harness: BusHarness) -> None:
    harness.declare("one", "made.v1")
    with channel(harness.url, "test") as open_channel:
        open_channel.basic_publish(topology.EVENTS, harness.topic("made.v1"), b"raw", pika.BasicProperties())
    recorder = Recorder(answers=[Retry("first")])

    with harness.consuming("one", recorder):
        recorder.wait_until(lambda: len(recorder.deliveries) == 2)

    assert [(delivery.type, delivery.attempt) for delivery in recorder.deliveries] == [("", 1), ("", 2)]


def test_a_queue_that_exists_with_other_arguments_is_an_error_that_says_so(harness: BusHarness) -> None:
    name = harness.name("one")
    with channel(harness.url, "test") as open_channel:
        open_channel.queue_declare(topology.events_queue(name), durable=True, arguments={"x-queue-type": "quorum"})

    with pytest.raises(BusDown, match="PRECONDITION_FAILED"):
        harness.declare("one", "made.v1")


def test_publishing_before_anything_was_declared_is_an_error_that_says_so(harness: BusHarness) -> None:
    with pytest.raises(BusDown, match=r"no exchange 'crm\.events'"):
        harness.publish("too early")
    harness.declare("one", "made.v1")
    assert len(harness.publish("now").confirmed) == 1


@pytest.mark.slow
def test_out_of_memory_the_broker_stops_publishers_in_time_and_consumers_not_at_all(
    broker: Rabbit, harness: BusHarness
) -> None:
    harness.declare("one", "made.v1")
    harness.publish(*[str(number) for number in range(50)])
    recorder = Recorder()

    def slow(delivery: Delivery) -> Outcome:
        time.sleep(0.05)
        recorder(delivery)
        return Done()

    try:
        with harness.consuming("one", slow):
            broker.control("set_vm_memory_high_watermark", "0.0001")
            wait_for(lambda: not _is_published(harness, "blocked", timeout=3), "the broker holds the publisher back")
            began = time.monotonic()
            assert not _is_published(harness, "blocked still", timeout=3)
            assert time.monotonic() - began < 20
            recorder.wait_until(lambda: len(recorder.bodies) >= 50)
    finally:
        broker.control("set_vm_memory_high_watermark", "0.4")
    wait_for(lambda: _is_published(harness, "free again"), "the broker takes a message")


def test_a_handler_that_outlives_heartbeats_is_not_interrupted(broker: Rabbit, tmp_path: Path) -> None:
    harness = BusHarness(broker.fresh_vhost() + "?heartbeat=1", tmp_path)
    harness.declare("one", "made.v1")
    harness.publish("long")
    recorder = Recorder()

    def slow(delivery: Delivery) -> Outcome:
        recorder(delivery)
        time.sleep(4)
        return Done()

    with harness.consuming("one", slow):
        recorder.wait_until(lambda: len(recorder.deliveries) == 1)
        time.sleep(5)
    assert len(recorder.deliveries) == 1
    wait_for(lambda: harness.waiting("one") == 0, "the queue holds as much")
    harness.close()
