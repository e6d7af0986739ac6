"""Customers over HTTP: one by id, a page of fifty, a new one; and what the gateway costs before the service."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from tests.bench import callers
from tests.bench.bench_system import BenchSystem
from tests.bench.driving import Load, request
from tests.bench.figures import Goal, Row, rate_row
from tests.bench.rounds import Rounds

PAGES = ("?status=active&sort=name&limit=50", "?status=active&sort=-created_at&limit=50")
BY_ID = "customer by id"
GATEWAY = "gateway before customer by id"
PAGE = "page of 50 customers, filtered and sorted"
CREATE = "create a customer"
# More than any machine makes, so that no request has to be sent twice.
MOST_A_SECOND = 1500


def measure(bench: BenchSystem) -> list[Row]:
    """Limits and paths in turn, each path beside the limit that it is compared with."""
    rounds = Rounds(bench)
    for number in range(bench.plan.repeats):
        bench.say(f"customers, round {number + 1} of {bench.plan.repeats}")
        _round(rounds)
    return _rows(rounds)


def _round(rounds: Rounds) -> None:
    bench, chain = rounds.bench, rounds.bench.chain
    rounds.limit("L1", chain.route)
    rounds.limit("L2", chain.row)
    rounds.ours("direct", _direct(bench))
    rounds.ours(BY_ID, _through(bench, [f"/customers/{id}" for id in chain.ids]))
    rounds.limit("L3", chain.forwarded)
    rounds.ours(PAGE, _through(bench, [f"/customers{page}" for page in PAGES]))
    rounds.writing(CREATE, creating(bench))
    rounds.limit("L3 again", chain.forwarded)


def _direct(bench: BenchSystem) -> Load:
    port = bench.system.installation.ports["customers"]
    identity = callers.identity(bench.system, "customers")
    paths = [f"/api/v1/customers/{id}" for id in bench.chain.ids]
    return Load(port=port, requests=[request("GET", path, port=port, token=identity) for path in paths])


def _through(bench: BenchSystem, paths: list[str]) -> Load:
    port, token = bench.system.installation.ports["gateway"], callers.token(bench.system)
    return Load(port=port, requests=[request("GET", f"/api/v1{path}", port=port, token=token) for path in paths])


def creating(bench: BenchSystem) -> Load:
    """New customers, none of them twice."""
    port, token = bench.system.installation.ports["gateway"], callers.token(bench.system)
    count = int(MOST_A_SECOND * (bench.plan.seconds + bench.plan.warm_seconds))
    requests = [request("POST", "/api/v1/customers", port=port, token=token, body=body) for body in somebody(count)]
    return Load(port=port, requests=requests, expects=201, once=True)


def somebody(count: int) -> list[dict[str, Any]]:
    """So many people whom no directory has."""
    mark = token_hex(4)
    return [
        {
            "kind": "individual",
            "first_name": "Katrin",
            "last_name": f"Behrens {number}",
            "email": f"katrin.{number}@bench-{mark}.example",
            "phone": f"+351912{number:06d}",
            "language": "de",
            "address": {"street": "Rua Augusta 12", "city": "Lisboa", "postcode": "1100-148", "country": "PT"},
            "source": f"bench-{mark}",
        }
        for number in range(count)
    ]


def _rows(rounds: Rounds) -> list[Row]:
    seen, facts = rounds.seen, rounds.facts()
    l3, l3_again = seen["L3"], seen["L3 again"]
    return [
        rate_row("L1 bare route", seen["L1"], **facts),
        rate_row("L2 bare row", seen["L2"], **facts),
        rate_row("L3 bare chain", [*l3, *l3_again], **facts),
        rate_row(BY_ID, seen[BY_ID], limit=l3, limit_name="L3", goal=Goal(text="≥ 75 % of L3", at_least=0.75), **facts),
        rate_row(PAGE, seen[PAGE], limit=l3, limit_name="L3", goal=Goal(text="≥ 50 % of L3", at_least=0.5), **facts),
        rate_row(
            CREATE,
            seen[CREATE],
            limit=l3_again,
            limit_name="L3",
            goal=Goal(text="≥ 40 % of L3", at_least=0.4),
            **rounds.written_facts(),
        ),
        rate_row(
            GATEWAY,
            seen[BY_ID],
            limit=seen["direct"],
            limit_name="direct",
            goal=Goal(text="≥ 70 % of direct", at_least=0.7),
            direct_cpu_ms_by_part=seen["direct"][-1].cpu_ms_by_part,
            **facts,
        ),
    ]
