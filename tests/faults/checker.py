"""Reads every database, the mail sink, the queues and parking, and says what was lost, invented, doubled or stuck."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from servicekit.messaging.bus import topology
from servicekit.messaging.bus.amqp_link import channel
from tests.faults.load import Load
from tests.faults.mirrors import behind
from tests.faults.post_office import PostOffice
from tests.stacks import Stack, consumed_types

SERVICES = ("customers", "cases", "orders", "notifications", "gateway")
LISTENERS = ("customers", "cases", "orders", "notifications")
ONCE_A_CASE = ("form.submitted", "case.opened", "workflow.started")


@dataclass
class Findings:
    """Sentences for people; an empty list is good. The vocabulary is that of Jepsen's total-queue test."""

    committed: int = 0
    effects: int = 0
    lost: list[str] = field(default_factory=list)
    ghost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    in_doubt: int = 0

    @property
    def wrong(self) -> dict[str, list[str]]:
        """What there is of each kind, the first few."""
        kinds = ("lost", "ghost", "double", "reordered", "stuck")
        return {kind: getattr(self, kind)[:5] for kind in kinds if getattr(self, kind)}


@functools.cache
def types_consumed_by(service: str) -> frozenset[str]:
    """What this service's code listens to."""
    return consumed_types(service)


def check(
    stack: Stack, loads: Iterable[Load], office: PostOffice | None, *, also_published: Collection[str] = ()
) -> Findings:
    """The state of the whole system, held against the answers to its clients. `also_published`: a test's own events."""
    found = Findings()
    _events(stack, found, also_published)
    for load in loads:
        _submissions(stack, load, found)
        _orders(stack, load, found)
        _decisions(stack, load, found)
    _timelines(stack, found)
    _mail(stack, office, found)
    found.reordered += behind(stack)
    found.stuck += waiting(stack)
    return found


def _events(stack: Stack, found: Findings, also_published: Collection[str]) -> None:
    """Each committed fact has its effect once in every service that listens, and nothing else has one."""
    published: dict[str, str] = {}
    for service in SERVICES:
        published |= {row.event_id: row.type for row in stack.sql(service, "SELECT event_id, type FROM outbox")}
    found.committed = len(published)
    for service in LISTENERS:
        consumed = {row.event_id for row in stack.sql(service, "SELECT event_id FROM inbox")}
        parked = {row.event_id for row in stack.sql(service, "SELECT event_id FROM parked_message")}
        due = {event for event, kind in published.items() if kind in types_consumed_by(service)}
        found.effects += len(consumed)
        found.lost += [f"{service} never had {published[event]} {event}" for event in sorted(due - consumed - parked)]
        found.ghost += [
            f"{service} had {event}, which nobody published"
            for event in sorted(consumed - published.keys() - set(also_published))
        ]


def _submissions(stack: Stack, load: Load, found: Findings) -> None:
    """Acknowledged ⊆ committed ⊆ attempted, once each, linked to a customer."""
    statement = (
        """SELECT c.subject, c.number, c.customer_id, c.submission_id FROM "cases" c WHERE c.subject LIKE :like"""
    )
    rows = stack.sql("cases", statement, like=f"{load.mark}-%")
    _once(load, "submit", [row.subject for row in rows], found)
    numbers = {row.subject: row.number for row in rows}
    for deed in load.done("submit"):
        if numbers.get(deed.key, "") != (deed.answer or {})["case_number"]:
            found.lost.append(
                f"{deed.key} was answered {(deed.answer or {})['case_number']}, kept {numbers.get(deed.key)}"
            )
    found.lost += [f"case {row.number} has no customer" for row in rows if not row.customer_id]
    found.lost += [f"case {row.number} has no submission" for row in rows if not row.submission_id]


def _orders(stack: Stack, load: Load, found: Findings) -> None:
    notes = stack.sql("orders", "SELECT id, note FROM orders WHERE note LIKE :like", like=f"{load.mark}-%")
    _once(load, "order", [row.note for row in notes], found)
    invoices = Counter(row.order_id for row in stack.sql("orders", "SELECT order_id FROM invoices"))
    for deed in load.done("confirm"):
        if invoices[deed.about["id"]] != 1:
            found.lost.append(f"confirmed order {deed.about['id']} has {invoices[deed.about['id']]} invoices")
    last = {deed.about["id"]: deed.about["name"] for deed in load.done("rename")}
    names = {row.id: row.name for row in stack.sql("customers", "SELECT id, name FROM customers")}
    found.lost += [
        f"{one} is called {names.get(one)}, not {name}" for one, name in last.items() if names.get(one) != name
    ]


def _once(load: Load, kind: str, committed: list[str], found: Findings) -> None:
    count = Counter(committed)
    wanted = {deed.key for deed in load.deeds if deed.kind == kind}
    found.lost += [f"{deed.key} was acknowledged" for deed in load.done(kind) if deed.key not in count]
    found.double += [f"{key} is there {times} times" for key, times in count.items() if times > 1]
    found.ghost += [f"{key} was never asked for" for key in count if key not in wanted]


def _decisions(stack: Stack, load: Load, found: Findings) -> None:
    states = {row.id: row.state for row in stack.sql("cases", "SELECT id, state FROM work_items")}
    for deed in load.done("decide"):
        if states.get(deed.about["id"]) != "decided":
            found.lost.append(f"work item {deed.about['id']} is {states.get(deed.about['id'])}, not decided")


def _timelines(stack: Stack, found: Findings) -> None:
    """What happens once in a case's life stands once on the timeline of its customer."""
    statement = "SELECT case_id, kind, customer_id, count(*) AS times FROM timeline_entries WHERE case_id IS NOT NULL GROUP BY case_id, kind, customer_id"
    rows = stack.sql("customers", statement)
    entries = {(row.case_id, row.kind): row.times for row in rows if row.customer_id}
    for case in stack.sql("cases", """SELECT id, number FROM "cases" WHERE submission_id IS NOT NULL"""):
        for kind in ONCE_A_CASE:
            times = entries.get((case.id, kind), 0)
            if times == 0:
                found.lost.append(f"{kind} of {case.number} is on no timeline")
            elif times > 1:
                found.double.append(f"{kind} of {case.number} is on the timeline {times} times")


def _mail(stack: Stack, office: PostOffice | None, found: Findings) -> None:
    """What is marked as sent has arrived once, and nothing else has; a mail in doubt says so and is not repeated."""
    rows = {row.id: row for row in stack.sql("notifications", "SELECT id, state, is_maybe_double FROM emails")}
    found.in_doubt = sum(row.state in {"sending", "unknown"} or row.is_maybe_double for row in rows.values())
    found.stuck += [
        f"mail {one} is {row.state}" for one, row in rows.items() if row.state in {"queued", "failed", "held"}
    ]
    if office is None:
        return
    arrived = office.arrived()
    for mail, row in rows.items():
        if row.state == "sent" and not arrived[mail]:
            found.lost.append(f"mail {mail} is marked as sent and never arrived")
        if arrived[mail] > 1 and not row.is_maybe_double:
            found.double.append(f"mail {mail} arrived {arrived[mail]} times")
    found.ghost += [f"mail {mail} arrived and is in no table" for mail in arrived if mail not in rows]


def waiting(stack: Stack) -> list[str]:
    """What has not come to an end: in outboxes, in queues, in parking."""
    found = []
    for service in SERVICES:
        rows = stack.sql(service, "SELECT type, last_error FROM outbox WHERE published_at IS NULL")
        found += [f"{service} has not published {row.type} ({row.last_error})" for row in rows]
        parked = stack.sql(service, "SELECT id, type, reason, detail FROM parked_message WHERE settled_at IS NULL")
        found += [f"{service} has parked {row.id}, {row.type}: {row.reason}, {row.detail}" for row in parked]
    for service in LISTENERS:
        depth = stack.bus.depth(service)
        if depth.waiting or depth.dead:
            found.append(f"{service} has {depth.waiting} messages waiting and {depth.dead} dead")
    return found + _in_retry(stack)


def _in_retry(stack: Stack) -> list[str]:
    """Put off to a later attempt; on the embedded bus they count as waiting."""
    if stack.bus_url.startswith("embedded"):
        return []
    with channel(stack.bus_url, "check") as on:
        counts = {
            delay: on.queue_declare(topology.retry_queue(delay), passive=True).method.message_count  # type: ignore[union-attr]
            for delay in stack.retry_delays
        }
    return [f"{count} messages wait {delay} s for another attempt" for delay, count in counts.items() if count]
