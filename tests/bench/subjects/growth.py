"""Growth: the same question to the same service with the large and with the small directory, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import psycopg

from ops.local.processes import Installation
from servicekit.http import pagination
from tests.bench import callers
from tests.bench.accounting import Trees
from tests.bench.bench_system import BenchSystem
from tests.bench.chain import some_customers
from tests.bench.data import SEED, Directory
from tests.bench.driving import Load, put_on, request
from tests.bench.figures import Better, Goal, Measured, Row, pooled
from tests.bench.filling import fill, prepared
from tests.stacks import Stack, free_ports

GROWTH = Goal(text="p95 ≤ 1.2 × small", at_most=1.2)
DIFFERENT = 300
WARM_SECONDS = 0.15


@dataclass(frozen=True, kw_only=True)
class Side:
    """One directory and the service in front of it."""

    stack: Stack
    database: str
    trees: Trees

    def load(self, paths: Sequence[str]) -> Load:
        """One request at a time: what is compared is how long an answer takes, not how many queue."""
        port, identity = self.stack.installation.ports["customers"], callers.identity(self.stack, "customers")
        requests = [request("GET", f"/api/v1/customers{path}", port=port, token=identity) for path in paths]
        return Load(port=port, requests=requests, concurrency=1)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked, and whether PERFORMANCE has a goal for it."""

    name: str
    paths: Callable[[Side], Sequence[str]]
    goal: Goal | None = GROWTH


def measure(bench: BenchSystem) -> list[Row]:
    """Every question to both, in turn."""
    large, small = _large(bench), _small(bench)
    try:
        return [_asked(bench, question, large, small) for question in QUESTIONS]
    finally:
        small.stack.stop()


def _asked(bench: BenchSystem, question: Question, large: Side, small: Side) -> Row:
    """Short runs in turn, put together: whatever else the machine does then slows both alike."""
    plan = bench.plan
    loads = [(side, side.load(question.paths(side))) for side in (small, large)]
    seen: tuple[list[Measured], list[Measured]] = ([], [])
    for _ in range(plan.growth_rounds):
        for runs, (side, load) in zip(seen, loads, strict=True):
            runs.append(put_on(load, seconds=plan.growth_seconds, warm_seconds=WARM_SECONDS, system=side.trees))
    row = _row(bench, question, pooled(seen[0]), pooled(seen[1]))
    bench.say(f"  growth, {question.name}: p95 {row.limit or 0:.1f} → {row.value:.1f} ms")
    return row


def _row(bench: BenchSystem, question: Question, small: Measured, large: Measured) -> Row:
    plan = bench.plan
    return Row(
        name=f"growth: {question.name}",
        value=large.p95_ms,
        unit="ms p95",
        limit=small.p95_ms,
        limit_name=f"at {plan.small_customers:,}",
        ratio=large.p95_ms / small.p95_ms,
        cpu_ms=large.cpu_ms,
        cpu_ratio=large.cpu_ms / small.cpu_ms,
        goal=question.goal,
        better=Better.LOWER,
        conditions={
            "p50_ms": {"small": round(small.p50_ms, 2), "large": round(large.p50_ms, 2)},
            "answers": {"small": small.answers, "large": large.answers},
            "cpu_ms_by_part": large.cpu_ms_by_part,
            "others_percent": round(large.others_percent, 1),
            "through": "the service alone, without the gateway",
            "concurrency": 1,
            "repeats": plan.growth_rounds,
            "seconds": plan.growth_seconds,
            "customers": plan.customers,
            "contacts": plan.contacts,
        },
    )


def _large(bench: BenchSystem) -> Side:
    stack = bench.system
    pids = {"customers": stack.processes["customers"].pid, "postgres": bench.server_pids["postgres"]}
    return Side(stack=stack, database=stack.database("customers"), trees=Trees(pids))


def _small(bench: BenchSystem) -> Side:
    """A second customers process with the keys of the first."""
    plan, system = bench.plan, bench.system
    database = prepared(bench.postgres.fresh_database("customers"))
    fill(database, Directory(customers=plan.small_customers, contacts=plan.small_contacts))
    overrides = {**system.overrides, "customers": {"CRM_DATABASE_URL": database}}
    stack = Stack(Installation(data=system.installation.data, ports=free_ports()), overrides)
    stack.start("customers")
    stack.wait_ready("customers")
    pids = {"customers": stack.processes["customers"].pid, "postgres": bench.server_pids["postgres"]}
    return Side(stack=stack, database=database, trees=Trees(pids))


def _first_pages(_side: Side) -> list[str]:
    return ["?limit=50"]


def _filtered_pages(_side: Side) -> list[str]:
    return ["?status=active&sort=name&limit=50", "?status=active&sort=-created_at&limit=50"]


def _deep_pages(side: Side) -> list[str]:
    """From all over the list by name: the cursors that somebody would hold who had walked so far."""
    with psycopg.connect(side.database.replace("+psycopg", "")) as connection:
        rows = connection.execute(
            "SELECT name_search, id FROM customers WHERE NOT is_archived ORDER BY md5(id) LIMIT %s", [DIFFERENT]
        ).fetchall()
    secret = side.stack.installation.data.secret("cursor").read_text().strip()
    mark = pagination._filters_mark({"sort": "name"})
    return [f"?sort=name&limit=50&cursor={pagination._make_cursor(row, mark, secret)}" for row in rows]


def _details(side: Side) -> list[str]:
    return [f"/{id}" for id, _ in some_customers(side.database, DIFFERENT)]


def _emails(side: Side) -> list[str]:
    return [f"?email={email}" for _, email in some_customers(side.database, DIFFERENT)]


def _phones(side: Side) -> list[str]:
    with psycopg.connect(side.database.replace("+psycopg", "")) as connection:
        rows = connection.execute(
            "SELECT phone FROM customers WHERE phone IS NOT NULL AND NOT is_archived ORDER BY md5(id) LIMIT %s",
            [DIFFERENT],
        ).fetchall()
    return [f"?q={phone.removeprefix('+')}" for (phone,) in rows]


def _fragments(_side: Side) -> list[str]:
    random = Random(SEED)
    ends, begins = ("hrens", "ovak", "wals", "arci", "chmit", "ubois"), ("kat", "jos", "sof", "luk", "mar", "bjo")
    return [f"?q={random.choice(begins)}+{random.choice(ends)}&limit=50" for _ in range(DIFFERENT)]


def _industries(_side: Side) -> list[str]:
    return ["?industry=Travel&sort=name&limit=50", "?industry=Paper&sort=name&limit=50"]


QUESTIONS = (
    Question(name="list, first page", paths=_first_pages),
    Question(name="list, filtered and sorted", paths=_filtered_pages),
    Question(name="page at depth, by name", paths=_deep_pages),
    Question(name="detail", paths=_details),
    Question(name="search by e-mail", paths=_emails),
    Question(name="search by phone number", paths=_phones, goal=None),
    Question(name="search by name fragment", paths=_fragments, goal=None),
    Question(name="list of an industry by name", paths=_industries, goal=None),
)
