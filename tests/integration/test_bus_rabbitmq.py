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
from tests.integration.bus_harness import Bench, Heard
from tests.servers import Rabbit, rabbitmq


@pytest.fixture
def broker() -> Rabbit:
    """A broker that may be stopped and changed; with somebody else's these tests fail and say so."""
    broker = rabbitmq()
    assert broker.is_ours, "CRM_TEST_AMQP_URL names a broker that these tests may not stop; unset it to start one."
    return broker


@pytest.fixture
def bench(broker: Rabbit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("CRM_RETRY_DELAYS", "0.3")
    bench = Bench(broker.fresh_vhost(), tmp_path)
    yield bench
    bench.close()


def vhost(bench: Bench) -> str:
    return unquote(urlsplit(bench.url).path[1:])


@pytest.mark.slow
def test_publisher_and_consumer_come_back_after_the_broker_was_killed(broker: Rabbit, bench: Bench) -> None:
    bench.declare("one", "made.v1")
    heard = Heard()

    with bench.consuming("one", heard):
        bench.publish("before")
        heard.wait_until(lambda: heard.bodies == ["before"])
        broker.kill()
        with pytest.raises(BusDown):
            bench.bus.publish([bench.message("during")], timeout=3)
        with pytest.raises(BusDown):
            bench.bus.check()
        broker.start()
        wait_for(lambda: _is_published(bench, "after"), "the broker takes a message")
        heard.wait_until(lambda: "after" in heard.bodies)
    bench.bus.check()


def _is_published(bench: Bench, body: str, *, timeout: float = 30) -> bool:
    try:
        return len(bench.bus.publish([bench.message(body)], timeout=timeout).confirmed) == 1
    except BusDown:
        return False


@pytest.mark.slow
def test_what_was_confirmed_survives_the_broker_being_killed(broker: Rabbit, bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bodies = [str(number) for number in range(500)]
    assert len(bench.publish(*bodies).confirmed) == 500

    broker.kill()
    broker.start()

    heard = Heard()
    with bench.consuming("one", heard):
        heard.wait_until(lambda: set(heard.bodies) == set(bodies))


def test_a_queue_that_is_deleted_under_its_consumer_is_declared_again(bench: Bench) -> None:
    name, heard = bench.name("one"), Heard()
    with bench.consuming("one", heard):
        time.sleep(1)  # nothing is declared yet: the consumer waits for its queue instead of giving up
        bench.declare("one", "made.v1")
        bench.publish("first")
        heard.wait_until(lambda: heard.bodies == ["first"])
        with channel(bench.url, "test") as open_channel:
            open_channel.queue_delete(topology.events_queue(name))
        time.sleep(1)
        bench.declare("one", "made.v1")
        bench.publish("second")
        heard.wait_until(lambda: heard.bodies == ["first", "second"])


def test_a_service_of_its_own_user_works_without_the_right_to_declare(broker: Rabbit, bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.declare("two", "made.v1")
    url = broker.add_user(bench.url, bench.name("one"), astuple(topology.permissions(bench.name("one"))))
    limited = connect(url)
    try:
        limited.declare(bench.name("one"), [bench.topic("made.v1")])
        assert len(limited.publish([bench.message("hello")]).confirmed) == 1
        heard = Heard(answers=[Retry("not yet")])
        assert limited.consume_ready(bench.name("one"), heard) == 1
        wait_for(lambda: limited.consume_ready(bench.name("one"), heard) == 1, "the message is ready again")
        assert [delivery.attempt for delivery in heard.deliveries] == [1, 2]
        assert limited.drain_dead(bench.name("one"), lambda *_: None) == 0
        assert limited.depth(bench.name("two")).waiting == 1
        assert limited.unrouted() == 0
        with pytest.raises(BusDown, match="ACCESS_REFUSED"):
            limited.consume_ready(bench.name("two"), heard)
        with pytest.raises(BusDown, match="NOT_FOUND"):
            limited.declare(bench.name("one") + "-new", [])
    finally:
        limited.close()


def test_types_that_the_user_may_not_publish_do_not_hold_back_their_batch(broker: Rabbit, bench: Bench) -> None:
    bench.declare("one", "#")
    url = broker.add_user(bench.url, bench.name("one"), astuple(topology.permissions(bench.name("one"))))
    own = f"^{bench.tag}|^t{bench.tag}\\.made"
    broker.control("set_topic_permissions", "-p", vhost(bench), bench.name("one"), topology.EVENTS, own, ".*")
    batch = [bench.message(str(number)) for number in range(100)]
    forged = [bench.message("forged", topic="paid.v1") for _ in range(3)]
    for place, message in zip((0, 30, 90), forged, strict=True):
        batch.insert(place, message)
    limited = connect(url)

    receipt = limited.publish(batch)
    limited.close()

    assert receipt.confirmed == {message.id for message in batch} - {message.id for message in forged}
    assert set(receipt.refused) == {message.id for message in forged}
    assert all("ACCESS_REFUSED" in reason for reason in receipt.refused.values())


def test_a_batch_of_forbidden_types_that_outlasts_its_time_tells_what_is_known(broker: Rabbit, bench: Bench) -> None:
    bench.declare("one", "#")
    url = broker.add_user(bench.url, bench.name("one"), astuple(topology.permissions(bench.name("one"))))
    broker.control("set_topic_permissions", "-p", vhost(bench), bench.name("one"), topology.EVENTS, "^nothing$", ".*")
    limited = connect(url)

    receipt = limited.publish([bench.message("forged", topic="paid.v1") for _ in range(2000)], timeout=5)
    limited.close()

    assert not receipt.confirmed
    assert 0 < len(receipt.refused) < 2000  # each costs a connection; those are out of the way next time


def test_a_message_names_the_user_who_published_it(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    bench.publish("hello")

    with channel(bench.url, "test") as open_channel:
        _, properties, _ = open_channel.basic_get(topology.events_queue(bench.name("one")), auto_ack=True)

    assert properties is not None
    assert properties.user_id == urlsplit(bench.url).username
    assert properties.delivery_mode == 2


def test_a_stranger_s_message_without_any_properties_is_handled(bench: Bench) -> None:
    bench.declare("one", "made.v1")
    with channel(bench.url, "test") as open_channel:
        open_channel.basic_publish(topology.EVENTS, bench.topic("made.v1"), b"raw", pika.BasicProperties())
    heard = Heard(answers=[Retry("first")])

    with bench.consuming("one", heard):
        heard.wait_until(lambda: len(heard.deliveries) == 2)

    assert [(delivery.type, delivery.attempt) for delivery in heard.deliveries] == [("", 1), ("", 2)]


def test_a_queue_that_exists_with_other_arguments_is_an_error_that_says_so(bench: Bench) -> None:
    name = bench.name("one")
    with channel(bench.url, "test") as open_channel:
        open_channel.queue_declare(topology.events_queue(name), durable=True, arguments={"x-queue-type": "quorum"})

    with pytest.raises(BusDown, match="PRECONDITION_FAILED"):
        bench.declare("one", "made.v1")


def test_publishing_before_anything_was_declared_is_an_error_that_says_so(bench: Bench) -> None:
    with pytest.raises(BusDown, match=r"no exchange 'crm\.events'"):
        bench.publish("too early")
    bench.declare("one", "made.v1")
    assert len(bench.publish("now").confirmed) == 1


@pytest.mark.slow
def test_out_of_memory_the_broker_stops_publishers_in_time_and_consumers_not_at_all(
    broker: Rabbit, bench: Bench
) -> None:
    bench.declare("one", "made.v1")
    bench.publish(*[str(number) for number in range(50)])
    heard = Heard()

    def slow(delivery: Delivery) -> Outcome:
        time.sleep(0.05)
        heard(delivery)
        return Done()

    try:
        with bench.consuming("one", slow):
            broker.control("set_vm_memory_high_watermark", "0.0001")
            wait_for(lambda: not _is_published(bench, "blocked", timeout=3), "the broker holds the publisher back")
            began = time.monotonic()
            assert not _is_published(bench, "blocked still", timeout=3)
            assert time.monotonic() - began < 20
            heard.wait_until(lambda: len(heard.bodies) >= 50)
    finally:
        broker.control("set_vm_memory_high_watermark", "0.4")
    wait_for(lambda: _is_published(bench, "free again"), "the broker takes a message")


def test_a_handler_that_outlives_heartbeats_is_not_interrupted(broker: Rabbit, tmp_path: Path) -> None:
    bench = Bench(broker.fresh_vhost() + "?heartbeat=1", tmp_path)
    bench.declare("one", "made.v1")
    bench.publish("long")
    heard = Heard()

    def slow(delivery: Delivery) -> Outcome:
        heard(delivery)
        time.sleep(4)
        return Done()

    with bench.consuming("one", slow):
        heard.wait_until(lambda: len(heard.deliveries) == 1)
        time.sleep(5)
    assert len(heard.deliveries) == 1
    wait_for(lambda: bench.waiting("one") == 0, "the queue holds as much")
    bench.close()
