"""Form submissions: how many are accepted a second, and whether everything that follows happens, and how soon."""

from __future__ import annotations

from statistics import median

from tests.bench.bench_system import BenchSystem
from tests.bench.driving import Load, LoadFailed, request
from tests.bench.figures import Goal, Row, rate_row
from tests.bench.rounds import Rounds
from tests.e2e.journey import Company

ACCEPTED = "form submission accepted"
DRAINED = "form submissions: last answer → everything has followed"
MOST_A_SECOND = 800
FEW_SECONDS = 5.0
# What every submission ends in, by service: all of them must be as many as were accepted.
COUNTS = {
    "submissions kept": ("cases", "SELECT count(*) FROM form_submissions"),
    "cases linked": ("cases", "SELECT count(*) FROM cases WHERE submission_id IS NOT NULL AND customer_id IS NOT NULL"),
    "customers found": ("customers", "SELECT count(*) FROM submissions"),
    "cases with an e-mail": ("notifications", "SELECT count(DISTINCT case_id) FROM emails"),
}


def measure(bench: BenchSystem) -> list[Row]:
    """The limit, then submissions, then the wait until nothing is on its way any more."""
    rounds, company = Rounds(bench), _company(bench)
    before, accepted = _counts(bench), 0
    for number in range(bench.plan.repeats):
        bench.say(f"forms, round {number + 1} of {bench.plan.repeats}")
        rounds.limit("L3", bench.chain.forwarded)
        run = rounds.writing(ACCEPTED, _submitting(bench, company, number))
        accepted += run.answers + run.warm_answers
    lost = {what: accepted - count + before[what] for what, count in _counts(bench).items()}
    if any(lost.values()):
        raise LoadFailed(f"of {accepted} submissions these are missing: {lost}")
    return [
        rate_row(
            ACCEPTED,
            rounds.seen[ACCEPTED],
            limit=rounds.seen["L3"],
            limit_name="L3",
            goal=Goal(text="≥ 30 % of L3", at_least=0.3),
            accepted=accepted,
            **rounds.written_facts(),
        ),
        Row(
            name=DRAINED,
            value=median(rounds.drain_seconds),
            unit="s",
            goal=Goal(text=f"≤ {FEW_SECONDS:.0f} s, nothing lost", at_most=FEW_SECONDS, is_of_value=True),
            conditions={"accepted": accepted, "lost": 0, **rounds.written_facts()},
        ),
    ]


def _company(bench: BenchSystem) -> Company:
    """A form with a workflow, and the people whom the workflow asks."""
    company = Company(bench.system.api)
    for name, role in (("eva", "support"), ("otto", "finance"), ("mona", "manager")):
        company.hire(name, role)
    company.set_up()
    return company


def _submitting(bench: BenchSystem, company: Company, round_number: int) -> Load:
    """Strangers of a hundred companies, none of them twice."""
    port = bench.system.installation.ports["gateway"]
    target = f"/api/v1/forms/{company.form}/submissions"
    requests = []
    for number in range(int(MOST_A_SECOND * (bench.plan.seconds + bench.plan.warm_seconds))):
        domain = f"works-{number % 100}-{company.mark}.example"
        answers = company.answers(
            f"Katrin {number}",
            email=f"katrin.{round_number}.{number}@{domain}",
            company=f"Works {number % 100} {company.mark} GmbH",
        )
        requests.append(request("POST", target, port=port, body={"answers": answers}))
    return Load(port=port, requests=requests, expects=201, once=True)


def _counts(bench: BenchSystem) -> dict[str, int]:
    return {what: bench.system.sql(service, sql)[0][0] for what, (service, sql) in COUNTS.items()}
