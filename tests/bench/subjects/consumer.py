"""One worker process of the cases service: how many events a second have their effect, inbox and projection in one."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from cases.projections.consumers import consumers
from customers.directory.events import CustomerCreated, CustomerPersonal
from ops.local.data_directory import DataDirectory
from ops.local.processes import Installation
from ops.waiting import wait_for
from servicekit.database.engine import Database
from servicekit.database.migrate import upgrade
from servicekit.ids import new_id
from servicekit.messaging.bus import OutgoingMessage, connect
from servicekit.messaging.events import Envelope, encode, encode_data, new_event_id
from servicekit.service import utc_now
from tests.bench import children
from tests.bench.accounting import Trees, spent_between
from tests.bench.bench_system import AS_IN_PRODUCTION, BenchSystem
from tests.bench.figures import Goal, Measured, Row, rate_row
from tests.stacks import Stack, free_ports

WORKER = "cases-worker"
GOAL = Goal(text="≥ 1 500/s", at_least=1500, is_of_value=True)
PARTITIONS = 4
WARM = 50
LOOK_SECONDS = 0.05
AT_ONCE = 200


def measure(bench: BenchSystem) -> list[Row]:
    """On the servers in turn with a bare consumer; on the embedded bus for information."""
    bare: list[Measured] = []
    on_servers: list[Measured] = []
    embedded: list[Measured] = []
    for number in range(bench.plan.repeats):
        bare.append(_bare(bench, bench.new_folder(f"consumer-bare-{number}")))
        on_servers.append(_on_servers(bench, bench.new_folder(f"consumer-{number}")))
        embedded.append(_embedded(bench, bench.new_folder(f"consumer-embedded-{number}")))
        bench.say(
            f"  consumer, round {number + 1}: {on_servers[-1].rate:.0f}/s on the servers, "
            f"{embedded[-1].rate:.0f}/s embedded, {bare[-1].rate:.0f}/s bare"
        )
    facts: dict[str, Any] = {"events": bench.plan.consumed, "repeats": bench.plan.repeats, "partitions": PARTITIONS}
    return [
        rate_row("L7 bare consumer", bare, **facts),
        rate_row("consumer, RabbitMQ", on_servers, limit=bare, limit_name="L7", goal=GOAL, **facts),
        rate_row("consumer, embedded bus", embedded, **facts),
    ]


def _bare(bench: BenchSystem, folder: Path) -> Measured:
    """The same messages, in a queue and for a database of its own."""
    stack = _prepared(folder, _on_fresh_servers(bench))
    _publish(stack, WARM + bench.plan.consumed)
    bus, database = stack.environment("cases")["CRM_BUS_URL"], stack.database("cases").replace("+psycopg", "")
    count, servers = bench.plan.consumed, bench.server_pids
    return children.measured("raw_consumer.py", bus, database, str(WARM), count=count, servers=servers)


def _on_servers(bench: BenchSystem, folder: Path) -> Measured:
    return _measured(bench, _prepared(folder, _on_fresh_servers(bench)), servers=bench.server_pids)


def _embedded(bench: BenchSystem, folder: Path) -> Measured:
    return _measured(bench, _prepared(folder, {}), servers={})


def _on_fresh_servers(bench: BenchSystem) -> dict[str, str]:
    url, bus = bench.postgres.fresh_database("cases"), bench.rabbit.fresh_vhost()
    return {"CRM_DATABASE_URL": url, "CRM_BUS_URL": bus, **AS_IN_PRODUCTION}


def _prepared(folder: Path, settings: dict[str, str]) -> Stack:
    place = DataDirectory(folder / "var")
    place.prepare()
    stack = Stack(Installation(data=place, ports=free_ports()), {"cases": settings})
    database = Database(stack.database("cases"), service="cases")
    upgrade(database, "cases")
    database.close()
    bus = connect(stack.environment("cases")["CRM_BUS_URL"])
    bus.declare("cases", consumers.by_type)
    bus.close()
    return stack


def _measured(bench: BenchSystem, stack: Stack, *, servers: dict[str, int]) -> Measured:
    """The worker consumes some events; then it is halted while those that count are put into its queue."""
    stack.start(WORKER)
    try:
        pid = stack.processes[WORKER].pid
        _publish(stack, WARM)
        wait_for(lambda: _effects(stack) == WARM, "the worker consumes")
        os.killpg(pid, signal.SIGSTOP)
        _publish(stack, bench.plan.consumed)
        system = Trees({"worker": pid, **servers})
        before, started = system.cpu_seconds(), time.monotonic()
        os.killpg(pid, signal.SIGCONT)
        wanted = WARM + bench.plan.consumed
        wait_for(lambda: _effects(stack) == wanted, "every event has had its effect", progress=lambda: _effects(stack))
        took = time.monotonic() - started
        return Measured(answers=bench.plan.consumed, seconds=took, cpu=spent_between(before, system.cpu_seconds()))
    finally:
        stack.kill(WORKER)


def _publish(stack: Stack, count: int) -> None:
    bus = connect(stack.environment("cases")["CRM_BUS_URL"])
    for start in range(0, count, AT_ONCE):
        bus.publish([_created(number) for number in range(start, min(start + AT_ONCE, count))])
    bus.close()


def _created(number: int) -> OutgoingMessage:
    customer = CustomerCreated(
        id=new_id("cus"),
        number=f"CU-{number:06d}",
        kind="individual",
        status="active",
        owner_id=None,
        team_id=None,
        is_archived=False,
        is_blocked=False,
        personal=CustomerPersonal(name=f"Katrin Behrens {number}", email=f"katrin.{number}@nordwind.example"),
    )
    event_id = new_event_id()
    event = Envelope(
        id=event_id,
        source="/services/customers",
        type=customer.TYPE,
        subject=customer.id,
        time=utc_now(),
        sequence=1,
        correlationid="req_bench",
        data=encode_data(customer),
    )
    return OutgoingMessage(id=event_id, type=customer.TYPE, body=encode(event), key=customer.id)


def _effects(stack: Stack) -> int:
    return int(stack.sql("cases", "SELECT count(*) FROM known_customers")[0][0])
