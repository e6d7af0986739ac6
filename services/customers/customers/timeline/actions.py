"""Write rows of the timeline, and hand waiting ones to their customer once it is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from customers.projections.actions import hold_case, note_interaction
from customers.projections.queries import order_customer
from customers.timeline.models import TimelineEntry
from customers.timeline.rules import INTERACTIONS, shortened
from servicekit.ids import new_id
from servicekit.messaging.events import new_event_id


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What an entry is about: a case, an order, a note and so on."""

    type: str
    id: str
    number: str | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    """One thing that happened, as the timeline shall tell it."""

    kind: str
    sentence: str
    subject: Subject
    at: datetime
    body: str | None = None
    actor_id: str | None = None
    names_actor: bool = False
    customer_id: str | None = None
    contact_id: str | None = None
    case_id: str | None = None
    order_id: str | None = None
    source_event: str | None = None
    data: Mapping[str, Any] = default(default_factory=dict)


def tell(session: Session, story: Story) -> TimelineEntry:
    """Write the entry; it waits without a customer where the case or order it belongs to is not linked yet."""
    customer_id, contact_id = _whose(session, story)
    entry = TimelineEntry(
        id=new_id("tle"),
        source_event=story.source_event or new_event_id(),
        customer_id=customer_id,
        contact_id=contact_id,
        case_id=story.case_id,
        order_id=story.order_id,
        kind=story.kind,
        sentence=shortened(story.sentence),
        names_actor=story.names_actor,
        body=story.body,
        at=story.at,
        actor_id=story.actor_id,
        subject_type=story.subject.type,
        subject_id=story.subject.id,
        subject_number=story.subject.number,
        data=dict(story.data),
    )
    session.add(entry)
    if story.kind in INTERACTIONS:
        note_interaction(session, customer_ids=(customer_id, contact_id), at=story.at)
    return entry


def attach_case(session: Session, *, case_id: str, customer_id: str, contact_id: str | None) -> None:
    """The customer of a case is known: every entry of the case belongs to it, also those that came before."""
    mine = TimelineEntry.case_id == case_id
    elsewhere = or_(
        TimelineEntry.customer_id.is_distinct_from(customer_id), TimelineEntry.contact_id.is_distinct_from(contact_id)
    )
    session.flush()
    moved = session.execute(
        update(TimelineEntry).where(mine, elsewhere).values(customer_id=customer_id, contact_id=contact_id)
    )
    if moved.rowcount:  # type: ignore[attr-defined]
        _note_latest(session, mine, customer_ids=(customer_id, contact_id))


def attach_order(session: Session, *, order_id: str, customer_id: str) -> None:
    """The customer of an order is known: entries that waited for it are handed over."""
    waiting = (TimelineEntry.order_id == order_id) & TimelineEntry.customer_id.is_(None)
    session.flush()
    session.execute(update(TimelineEntry).where(waiting).values(customer_id=customer_id))


def _whose(session: Session, story: Story) -> tuple[str | None, str | None]:
    customer_id = story.customer_id or order_customer(session, story.order_id)
    if story.case_id is None:
        return customer_id, story.contact_id
    case = hold_case(session, case_id=story.case_id, number=story.subject.number, at=story.at)
    return case.customer_id or customer_id, case.contact_id or story.contact_id


def _note_latest(session: Session, mine: ColumnElement[bool], *, customer_ids: tuple[str | None, ...]) -> None:
    latest = session.scalar(select(func.max(TimelineEntry.at)).where(mine, TimelineEntry.kind.in_(INTERACTIONS)))
    if latest is not None:
        note_interaction(session, customer_ids=customer_ids, at=latest)
