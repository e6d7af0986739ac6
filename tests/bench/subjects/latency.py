"""From the commit of a new customer to the commit of its copy in the cases service, at fifty a second.

On PostgreSQL both times are the server's own (`pg_xact_commit_timestamp`). SQLite keeps none: there it is when the rows
become visible to a third party that looks every millisecond.
"""

from __future__ import annotations

from typing import Any

import psycopg

from ops.waiting import wait_for
from tests.bench import callers
from tests.bench.accounting import Trees
from tests.bench.bench_system import BenchSystem
from tests.bench.draining import drained
from tests.bench.driving import CONCURRENCY, Load, LoadFailed, put_on, request
from tests.bench.figures import Goal, Measured, Row, percentile
from tests.bench.subjects.customers import somebody
from tests.bench.watching import Watch
from tests.stacks import Stack, running_stack

A_SECOND = 50
WARM_SECONDS = 2.0
COMMITTED = "SELECT id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 FROM"
P50 = Goal(text="p50 ≤ 30 ms", at_most=30, is_of_value=True)
P99 = Goal(text="p99 ≤ 150 ms", at_most=150, is_of_value=True)


def measure(bench: BenchSystem) -> list[Row]:
    """On the servers, then on the embedded bus."""
    return [*_on_servers(bench), *_embedded(bench)]


def _on_servers(bench: BenchSystem) -> list[Row]:
    stack = bench.system
    bench.say(f"commit → effect at {A_SECOND}/s on PostgreSQL and RabbitMQ")
    load = _load(bench, stack)
    run = _paced(bench, load, stack, bench.trees(stack))
    drained(stack)
    source = f"bench-{_mark(load)}"
    created = _commits(stack.database("customers"), "customers WHERE source = %s", source)
    copied = _commits(stack.database("cases"), "known_customers WHERE id = ANY(%s)", list(created))
    how = "commit timestamps of PostgreSQL: customers row → its copy in the database of cases"
    return _rows("RabbitMQ", created, copied, run, how=how, **_facts(bench))


def _embedded(bench: BenchSystem) -> list[Row]:
    bench.say(f"commit → effect at {A_SECOND}/s on SQLite and the embedded bus")
    with running_stack(bench.new_folder("embedded")) as stack:
        place = stack.installation.data
        with (
            Watch(place.database("customers"), "customers") as created,
            Watch(place.database("cases"), "known_customers") as copied,
        ):
            system = Trees({name: process.pid for name, process in stack.processes.items()})
            run = _paced(bench, _load(bench, stack), stack, system)
            wait_for(lambda: len(copied.seen) >= len(created.seen), "cases has a copy of every customer")
        how = "seen in the file of customers → seen in the file of cases, each looked at every millisecond"
        return _rows("embedded bus", created.seen, copied.seen, run, how=how, **_facts(bench, customers=0, contacts=0))


def _load(bench: BenchSystem, stack: Stack) -> Load:
    port, token = stack.installation.ports["gateway"], callers.token(stack)
    count = int(A_SECOND * (bench.plan.paced_seconds + WARM_SECONDS))
    requests = [request("POST", "/api/v1/customers", port=port, token=token, body=body) for body in somebody(count)]
    return Load(port=port, requests=requests, expects=201, once=True, rate=A_SECOND)


def _paced(bench: BenchSystem, load: Load, stack: Stack, system: Trees) -> Measured:
    return put_on(load, seconds=bench.plan.paced_seconds, warm_seconds=WARM_SECONDS, system=system)


def _mark(load: Load) -> str:
    return load.requests[0].partition(b"@bench-")[2].partition(b".")[0].decode()


def _commits(url: str, rows: str, value: Any) -> dict[str, float]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return dict(connection.execute(f"{COMMITTED} {rows}".encode(), [value]).fetchall())


def _rows(
    bus: str, created: dict[str, float], copied: dict[str, float], run: Measured, *, how: str, **facts: Any
) -> list[Row]:
    missing = set(created) - set(copied)
    if missing or len(created) != run.answers + run.warm_answers:
        raise LoadFailed(
            f"{len(created)} customers for {run.answers + run.warm_answers} answers, {len(missing)} not copied"
        )
    warm = sorted(created, key=created.__getitem__)[run.warm_answers :]
    delays = sorted((copied[id] - created[id]) * 1000 for id in warm)
    conditions = {
        "measured": how,
        "events": len(delays),
        "p95_ms": round(percentile(delays, 0.95), 1),
        "most_ms": round(delays[-1], 1),
        "answer_p50_ms": round(run.p50_ms, 1),
        "answer_p99_ms": round(run.p99_ms, 1),
        "cpu_ms_by_part": run.cpu_ms_by_part,
        "others_percent": round(run.others_percent, 1),
        **facts,
    }
    return [
        Row(
            name=f"commit → effect in another service, {bus}, {which}",
            value=percentile(delays, share),
            unit="ms",
            goal=goal,
            cpu_ms=run.cpu_ms,
            conditions=conditions,
        )
        for which, share, goal in (("p50", 0.5, P50), ("p99", 0.99, P99))
    ]


def _facts(bench: BenchSystem, **more: Any) -> dict[str, Any]:
    plan = bench.plan
    return {
        "a_second": A_SECOND,
        "seconds": plan.paced_seconds,
        "concurrency": CONCURRENCY,
        "repeats": 1,
        "customers": plan.customers,
        "contacts": plan.contacts,
        **more,
    }
