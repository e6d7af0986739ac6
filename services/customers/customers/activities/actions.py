"""Write notes and log activities; each is an entry of the timeline at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from customers.activities import queries, rules
from customers.activities.models import Activity, Note
from customers.directory.actions import By, refuse_archived
from customers.directory.models import Customer
from customers.events import ActivityLogged
from customers.timeline.actions import Story, Subject, tell
from customers.timeline.rules import shortened
from servicekit.errors import Invalid
from servicekit.ids import new_id
from servicekit.messaging.outbox import record


def write_note(session: Session, customer: Customer, *, body: str, by: By) -> Note:
    """Add a note."""
    refuse_archived(customer)
    note = Note(
        id=new_id("nte"),
        customer_id=customer.id,
        body=body,
        is_pinned=False,
        author_id=by.actor_id,
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(note)
    story = Story(
        kind="note",
        sentence="Note",
        names_actor=True,
        body=body,
        subject=Subject(type="note", id=note.id),
        at=by.now,
        actor_id=by.actor_id,
        customer_id=customer.id,
    )
    tell(session, story)
    return note


def edit_note(session: Session, note: Note, *, body: str, by: By) -> Note:
    """Change the text, in the timeline too."""
    note.body, note.updated_at = body, by.now
    for entry in session.scalars(queries.entry_about("note", note.id)):
        entry.body = body
    return note


def pin_note(note: Note, *, by: By) -> Note:
    """Keep it on top; the second time changes nothing."""
    if not note.is_pinned:
        note.is_pinned, note.pinned_at, note.updated_at = True, by.now, by.now
    return note


def unpin_note(note: Note, *, by: By) -> Note:
    """Let it go down with the others."""
    if note.is_pinned:
        note.is_pinned, note.pinned_at, note.updated_at = False, None, by.now
    return note


def remove_note(session: Session, note: Note) -> None:
    """Delete the note and what the timeline shows of it."""
    for entry in session.scalars(queries.entry_about("note", note.id)):
        session.delete(entry)
    session.delete(note)


def log_activity(session: Session, customer: Customer, *, details: Mapping[str, Any], by: By) -> Activity:
    """Log an interaction; without `occurred_at` it happened just now."""
    refuse_archived(customer)
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
        author_id=by.actor_id,
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(activity)
    told = ActivityLogged(id=activity.id, customer_id=customer.id, kind=activity.kind, occurred_at=activity.occurred_at)
    record(session, told, about=activity, at=by.now)
    tell(session, _story(activity))
    return activity


def _story(activity: Activity) -> Story:
    return Story(
        kind="activity",
        sentence=shortened(rules.activity_told(kind=activity.kind, title=activity.title)),
        body=activity.body,
        subject=Subject(type="activity", id=activity.id),
        at=activity.occurred_at,
        actor_id=activity.author_id,
        customer_id=activity.customer_id,
        data={"kind": activity.kind, "outcome": activity.outcome, "duration_minutes": activity.duration_minutes},
    )
