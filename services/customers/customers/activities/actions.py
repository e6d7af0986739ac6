"""Write notes and log activities; each is an entry of the timeline at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from customers.activities import rules
from customers.activities.events import ActivityLogged
from customers.activities.models import Activity, Note
from customers.directory.models import Customer
from customers.timeline.actions import EntrySubject, NewEntry, add_entry, delete_entries, update_entries
from servicekit.actor import Actor
from servicekit.errors import Invalid
from servicekit.ids import new_id
from servicekit.messaging.outbox import record


def create_note(session: Session, *, by: Actor, customer: Customer, body: str) -> Note:
    """Write a note about a customer."""
    customer.check_not_archived()
    note = Note(
        id=new_id("nte"),
        customer_id=customer.id,
        body=body,
        is_pinned=False,
        author_id=by.id,
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(note)
    add_entry(session, NewEntry(kind="note", body=body, subject=_about(note), customer_id=customer.id), by=by)
    return note


def update_note(session: Session, note: Note, *, by: Actor, body: str) -> Note:
    """Change the text, in the timeline too."""
    note.body, note.updated_at = body, by.now
    update_entries(session, _about(note), by=by, body=body)
    return note


def pin_note(session: Session, note: Note, *, by: Actor) -> Note:
    """On top of the others; the second time changes nothing."""
    if not note.is_pinned:
        note.is_pinned, note.pinned_at, note.updated_at = True, by.now, by.now
    return note


def unpin_note(session: Session, note: Note, *, by: Actor) -> Note:
    """Back among the others; the second time changes nothing."""
    if note.is_pinned:
        note.is_pinned, note.pinned_at, note.updated_at = False, None, by.now
    return note


def delete_note(session: Session, note: Note, *, by: Actor) -> None:
    """Delete the note and its entry in the timeline."""
    delete_entries(session, _about(note), by=by)
    session.delete(note)


def log_activity(session: Session, *, by: Actor, customer: Customer, details: Mapping[str, Any]) -> Activity:
    """Log an interaction; without `occurred_at` it happened just now."""
    customer.check_not_archived()
    wrong = rules.wrong_duration(details["kind"], details.get("duration_minutes"))
    if wrong:
        raise Invalid(wrong[0].detail, fields=wrong)
    activity = Activity(
        id=new_id("act"),
        customer_id=customer.id,
        kind=details["kind"],
        title=details["title"],
        body=details.get("body"),
        duration_minutes=details.get("duration_minutes"),
        outcome=details.get("outcome"),
        occurred_at=details.get("occurred_at") or by.now,
        author_id=by.id,
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(activity)
    event = ActivityLogged(
        id=activity.id, customer_id=customer.id, kind=activity.kind, occurred_at=activity.occurred_at
    )
    record(session, event, about=activity, at=by.now)
    add_entry(session, _entry(activity), by=by)
    return activity


def _about(note: Note) -> EntrySubject:
    return EntrySubject(type="note", id=note.id)


def _entry(activity: Activity) -> NewEntry:
    return NewEntry(
        kind="activity",
        body=activity.body,
        subject=EntrySubject(type="activity", id=activity.id),
        at=activity.occurred_at,
        customer_id=activity.customer_id,
        data={
            "kind": activity.kind,
            "title": activity.title,
            "outcome": activity.outcome,
            "duration_minutes": activity.duration_minutes,
        },
    )
