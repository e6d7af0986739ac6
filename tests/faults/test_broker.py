"""RabbitMQ killed, away, out of memory, full, or changed behind our back: events wait in the outbox and arrive once."""

import time
from urllib.parse import urlsplit

import pika
import pytest
import requests

from ops.waiting import wait_for
from servicekit.messaging.bus import topology
from servicekit.messaging.bus.amqp_link import channel
from tests.faults.conftest import Patient
from tests.faults.trial import Trial
from tests.servers import Rabbit

TINY = 20


def test_a_broker_killed_under_load_loses_and_doubles_nothing(on_servers: Patient) -> None:
    trial, broker = on_servers.trial("4 broker killed"), broker_of(on_servers)
    with trial.under_load():
        for _ in range(max(1, round(trial.seconds / 20))):
            time.sleep(trial.seconds / 3)
            broker.kill()
            trial.faults["kill the broker"] += 1
            time.sleep(2)
            broker.start()
    trial.judge()


def test_while_the_broker_is_away_requests_are_answered_as_ever_and_services_say_that_events_are_late(
    on_servers: Patient,
) -> None:
    trial, broker = on_servers.trial("5 broker away"), broker_of(on_servers)
    away = max(12.0, trial.seconds * 2)
    try:
        with trial.under_load(per_second=6) as load:
            broker.kill()
            time.sleep(away)
            ready = requests.get(f"{trial.stack.installation.url_of('cases')}/readyz", timeout=60)
            metrics = requests.get(f"{trial.stack.installation.url_of('cases')}/metrics", timeout=60).text
    finally:
        broker.start()
    trial.faults["broker away"] += 1
    trial.figures |= {"broker_away_seconds": away, "waiting_when_it_came_back": waiting_facts(trial)}
    assert [deed.key for deed in load.deeds if deed.tries > 1] == []
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert "the oldest of" in ready.json()["checks"]["events"]
    late = next(line for line in metrics.splitlines() if line.startswith("outbox_oldest_seconds"))
    assert float(late.split()[1]) > away / 2
    trial.judge()


def test_a_broker_out_of_memory_holds_publishing_back_and_loses_nothing(on_servers: Patient) -> None:
    trial, broker = on_servers.trial("10 memory alarm"), broker_of(on_servers)
    with trial.under_load() as load:
        broker.control("set_vm_memory_high_watermark", "0.0001")
        trial.faults["memory alarm"] += 1
        time.sleep(trial.seconds)
        held = waiting_facts(trial)
        broker.control("set_vm_memory_high_watermark", "0.4")
    assert held > 0
    assert load.acknowledged
    trial.judge()


@pytest.mark.plan
def test_a_full_queue_pushes_back_into_the_outbox_and_drains_in_order(on_servers: Patient) -> None:
    trial, broker = on_servers.trial("20 consumer stopped, queue full"), broker_of(on_servers)
    vhost = urlsplit(trial.stack.bus_url).path[1:]
    broker.control(
        "set_policy", "-p", vhost, "tiny", r"^notifications\.events\.v1$", f'{{"max-length":{TINY}}}', "--apply-to", "queues"
    )  # fmt: skip
    trial.stack.terminate("notifications-worker")
    try:
        with trial.under_load(per_second=30):
            time.sleep(trial.seconds)
        trial.figures["queue_limit"], trial.figures["waiting_in_outboxes"] = TINY, waiting_facts(trial)
        # The limit of a quorum queue is a soft one: what is on its way when it is reached gets in.
        assert trial.stack.bus.depth("notifications").waiting < TINY * 2
        assert trial.figures["waiting_in_outboxes"] > 0
    finally:
        broker.control("clear_policy", "-p", vhost, "tiny")
        trial.stack.start("notifications-worker")
    trial.faults["consumer stopped"] += 1
    trial.judge()


@pytest.mark.plan
def test_a_queue_that_is_deleted_is_declared_again_by_its_consumer(on_servers: Patient) -> None:
    trial = on_servers.trial("21 queue deleted")
    with channel(trial.stack.bus_url, "delete") as on:
        on.queue_delete(topology.events_queue("notifications"))
    trial.faults["queue deleted"] += 1
    wait_for(lambda: queue_is_consumed(trial, "notifications"), "the queue is back and has a consumer")
    with trial.under_load():
        time.sleep(trial.seconds)
    trial.judge()


@pytest.mark.plan
def test_a_queue_with_other_arguments_is_complained_of_and_what_is_published_meanwhile_arrives_later(
    on_servers: Patient,
) -> None:
    trial, name = on_servers.trial("21 queue with other arguments"), topology.events_queue("notifications")
    trial.stack.terminate("notifications-worker")
    with channel(trial.stack.bus_url, "replace") as on:
        on.queue_delete(name)
        on.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum", "x-max-length": 7})
    trial.faults["queue replaced"] += 1
    log = trial.stack.installation.data.logs / "notifications-worker.log"
    before = len(log.read_text())
    trial.stack.start("notifications-worker")
    wait_for(lambda: "PRECONDITION_FAILED" in log.read_text()[before:], "the worker complains of the queue")
    with channel(trial.stack.bus_url, "put right") as on:
        on.queue_delete(name)
    wait_for(lambda: queue_is_consumed(trial, "notifications"), "the queue is as it should be")
    with trial.under_load():
        time.sleep(trial.seconds)
    trial.judge()


def broker_of(patient: Patient) -> Rabbit:
    assert patient.broker is not None
    return patient.broker


def queue_is_consumed(trial: Trial, service: str) -> bool:
    with pika.BlockingConnection(pika.URLParameters(trial.stack.bus_url)) as connection:
        try:
            answer = connection.channel().queue_declare(topology.events_queue(service), passive=True)
        except pika.exceptions.ChannelClosedByBroker:
            return False
        return bool(answer.method.consumer_count)


def waiting_facts(trial: Trial) -> int:
    """Committed and not published, in all services."""
    statement = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
    return sum(
        trial.stack.sql(service, statement)[0][0] for service in ("customers", "cases", "orders", "notifications")
    )
