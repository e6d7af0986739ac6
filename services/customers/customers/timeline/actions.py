"""Add entries to the timeline, and hand waiting ones to their customer once it is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from customers.projections.locks import lock_case
from customers.projections.models import CaseProjection
from customers.projections.queries import find_order_customer_id
from customers.timeline import queries
from customers.timeline.interactions import note_interaction, note_latest_interaction
from customers.timeline.models import TimelineEntry
from customers.timeline.rules import INTERACTIONS
from customers.timeline.search import search_text
from servicekit.actor import Actor
from servicekit.ids import new_id
from servicekit.messaging.events import new_event_id


@dataclass(frozen=True, kw_only=True)
class EntrySubject:
    """What an entry is about: a case, an order, a note and so on."""

    type: str
    id: str
    number: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """One thing that happened; `data` holds what the title of its kind is made of.

    `actor_id` is given where somebody else did it than who adds the entry: the user behind an event. `at` is given
    where it did not happen just now.
    """

    kind: str
    subject: EntrySubject
    at: datetime | None = None
    body: str | None = None
    actor_id: str | None = None
    customer_id: str | None = None
    contact_id: str | None = None
    case_id: str | None = None
    order_id: str | None = None
    source_event: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def add_entry(session: Session, new: NewEntry, *, by: Actor) -> TimelineEntry:
    """Add the entry; it waits without a customer where the case or order it belongs to is not linked yet."""
    at = new.at or by.now
    customer_id, contact_id = _customer_and_contact(session, new, at)
    entry = TimelineEntry(
        id=new_id("tle"),
        source_event=new.source_event or new_event_id(),
        customer_id=customer_id,
        contact_id=contact_id,
        case_id=new.case_id,
        order_id=new.order_id,
        kind=new.kind,
        body=new.body,
        at=at,
        actor_id=new.actor_id or by.id,
        subject_type=new.subject.type,
        subject_id=new.subject.id,
        subject_number=new.subject.number,
        data=dict(new.data),
        search_text=search_text(number=new.subject.number, data=new.data, body=new.body),
    )
    session.add(entry)
    if new.kind in INTERACTIONS:
        note_interaction(session, customer_ids=(customer_id, contact_id), at=at)
    return entry


def update_entries(session: Session, subject: EntrySubject, *, by: Actor, body: str) -> None:
    """The text of what these entries are about has changed."""
    for entry in session.scalars(queries.entries_about(subject.type, subject.id)):
        entry.body = body
        entry.search_text = search_text(number=entry.subject_number, data=entry.data, body=body)


def delete_entries(session: Session, subject: EntrySubject, *, by: Actor) -> None:
    """What these entries are about is gone, and they go with it."""
    for entry in session.scalars(queries.entries_about(subject.type, subject.id)):
        session.delete(entry)


def attach_case(session: Session, case_id: str, *, by: Actor) -> None:
    """Where the customer of a case is known, every entry of the case belongs to it, also those that came before."""
    case = session.get_one(CaseProjection, case_id)
    if case.customer_id is None:
        return
    theirs = TimelineEntry.case_id == case.id
    elsewhere = or_(
        TimelineEntry.customer_id.is_distinct_from(case.customer_id),
        TimelineEntry.contact_id.is_distinct_from(case.contact_id),
    )
    session.flush()
    owners = {"customer_id": case.customer_id, "contact_id": case.contact_id}
    moved = session.execute(update(TimelineEntry).where(theirs, elsewhere).values(owners))
    if moved.rowcount:  # type: ignore[attr-defined]
        note_latest_interaction(session, theirs, customer_ids=owners.values())


def attach_order(session: Session, order_id: str, *, by: Actor, customer_id: str) -> None:
    """The customer of an order is known: entries that waited for it are handed over."""
    waiting = (TimelineEntry.order_id == order_id) & TimelineEntry.customer_id.is_(None)
    session.flush()
    session.execute(update(TimelineEntry).where(waiting).values(customer_id=customer_id))


def _customer_and_contact(session: Session, new: NewEntry, at: datetime) -> tuple[str | None, str | None]:
    customer_id = new.customer_id or find_order_customer_id(session, new.order_id)
    if new.case_id is None:
        return customer_id, new.contact_id
    case = lock_case(session, case_id=new.case_id, number=new.subject.number, at=at)
    return case.customer_id or customer_id, case.contact_id or new.contact_id
