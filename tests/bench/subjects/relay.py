"""The relay: waiting rows of an outbox in PostgreSQL to two queues in RabbitMQ, against a bare publisher to the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pika
import psycopg

from servicekit.database.engine import Database
from servicekit.database.migrate import upgrade
from servicekit.messaging import relay
from servicekit.messaging.bus import connect, topology
from servicekit.messaging.events import new_event_id
from servicekit.testing.harness import envelope
from tests.bench import children, raw_broker
from tests.bench.bench_system import BenchSystem
from tests.bench.driving import LoadFailed
from tests.bench.figures import Goal, Measured, Row, rate_row
from tests.bench.filling import copy

TYPE = "row.waited.v1"
LISTENERS = ("one", "two")
BODY_BYTES = 1024
# As many as the relay takes at a time, so that the warm-up leaves no part of a batch.
WARM = relay.BATCH
COLUMNS = ("event_id", "type", "aggregate_id", "aggregate_version", "envelope", "occurred_at")


def measure(bench: BenchSystem) -> list[Row]:
    """In turn, on the same exchange and the same two quorum queues, emptied in between."""
    url, bus_url = _outbox(bench), bench.rabbit.fresh_vhost()
    bus = connect(bus_url)
    for listener in LISTENERS:
        bus.declare(listener, [TYPE])
    bus.close()
    count, servers = bench.plan.relayed, bench.server_pids
    bare: list[Measured] = []
    ours: list[Measured] = []
    for number in range(bench.plan.repeats):
        bare.append(children.measured("raw_broker.py", bus_url, topology.EVENTS, TYPE, count=count, servers=servers))
        _empty(bus_url)
        _wait_in_outbox(url, WARM + count)
        ours.append(children.measured("relaying.py", url, bus_url, str(WARM), count=count, servers=servers))
        _check(bus_url, WARM + count)
        _empty(bus_url)
        bench.say(f"  relay, round {number + 1}: {ours[-1].rate:.0f}/s, L5 {bare[-1].rate:.0f}/s")
    facts: dict[str, Any] = {
        "events": count,
        "bytes": BODY_BYTES,
        "queues": len(LISTENERS),
        "repeats": bench.plan.repeats,
    }
    goal = Goal(text="≥ 60 % of L5", at_least=0.6)
    return [
        rate_row("L5 raw broker", bare, batch=raw_broker.BATCH, **facts),
        rate_row("relay", ours, limit=bare, limit_name="L5", goal=goal, **facts),
    ]


def _outbox(bench: BenchSystem) -> str:
    url = bench.postgres.fresh_database("relay")
    database = Database(url, service="relay")
    upgrade(database, "tests.toy")
    database.close()
    return url


def _wait_in_outbox(url: str, count: int) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("TRUNCATE outbox")
        copy(connection, "outbox", COLUMNS, _lines(count))
        connection.execute("VACUUM (ANALYZE) outbox")


def _lines(count: int) -> Iterator[str]:
    for number in range(count):
        event_id, subject = new_event_id(), f"row_{number}"
        body = envelope(TYPE, {"id": subject, "text": ""}, id=event_id).decode()
        body = body.replace('"text": ""', f'"text": "{"x" * (BODY_BYTES - len(body))}"')
        yield f"{event_id}\t{TYPE}\t{subject}\t1\t{body}\t2026-10-01T00:00:00Z\n"


def _check(bus_url: str, wanted: int) -> None:
    bus = connect(bus_url)
    waiting = {listener: bus.depth(listener).waiting for listener in LISTENERS}
    bus.close()
    if set(waiting.values()) != {wanted}:
        raise LoadFailed(f"{wanted} facts were relayed, these are in the queues: {waiting}")


def _empty(bus_url: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(bus_url))
    for listener in LISTENERS:
        connection.channel().queue_purge(topology.events_queue(listener))
    connection.close()
