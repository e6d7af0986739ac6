"""The timeline, notes and activities over HTTP."""

from typing import Any

from sqlalchemy import Select, or_

from customers.activities import actions, queries
from customers.activities.models import Activity, Note
from customers.activities.rules import ActivityKind, Outcome
from customers.activities.schemas import ActivityCreate, ActivityRead, EntryRead, NoteCreate, NoteRead, NoteUpdate
from customers.directory.actions import By, refuse_archived
from customers.directory.models import Customer
from customers.directory.queries import find_customer
from customers.timeline.models import TimelineEntry
from servicekit.http.call import Call
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("timeline")

TIMELINE = Listing(
    id=TimelineEntry.source_event,
    filters={
        "kind": text(TimelineEntry.kind),
        "at": instant(TimelineEntry.at),
        "case_id": text(TimelineEntry.case_id),
        "actor_id": text(TimelineEntry.actor_id),
    },
    sorts={"at": TimelineEntry.at},
    default_sort="-at",
    search=lambda q: or_(
        TimelineEntry.sentence.icontains(q, autoescape=True), TimelineEntry.body.icontains(q, autoescape=True)
    ),
)
NOTES = Listing(
    id=Note.id,
    filters={
        "customer_id": text(Note.customer_id),
        "author_id": text(Note.author_id),
        "is_pinned": flag(Note.is_pinned),
        "created_at": instant(Note.created_at),
    },
    sorts={"is_pinned": Note.is_pinned, "created_at": Note.created_at},
    default_sort="-is_pinned,-created_at",
    search=lambda q: Note.body.icontains(q, autoescape=True),
)
ACTIVITIES = Listing(
    id=Activity.id,
    filters={
        "customer_id": text(Activity.customer_id),
        "author_id": text(Activity.author_id),
        "kind": text(Activity.kind, choices=ActivityKind),
        "outcome": text(Activity.outcome, choices=Outcome, nullable=True),
        "occurred_at": instant(Activity.occurred_at),
    },
    sorts={"occurred_at": Activity.occurred_at, "created_at": Activity.created_at},
    default_sort="-occurred_at",
    search=lambda q: or_(Activity.title.icontains(q, autoescape=True), Activity.body.icontains(q, autoescape=True)),
)


@routes.page("/customers/<id>/timeline", needs="customers:read", listing=TIMELINE, returns=EntryRead)
def show_timeline(call: Call, id: str) -> Select[Any]:
    """Show everything that happened with a customer, the newest first."""
    return queries.timeline_of(find_customer(call.session, call.principal, id).id, call.principal)


@routes.page("/notes", needs="customers:read", listing=NOTES, returns=NoteRead)
def list_notes(call: Call) -> Select[Any]:
    """List notes, pinned ones first."""
    return queries.visible_written(Note, call.principal)


@routes.post("/notes", needs="customers:write", body=NoteCreate, returns=NoteRead, location="/api/v1/notes/{id}")
def write_note(call: Call) -> Note:
    """Write a note about a customer."""
    customer = find_customer(call.session, call.principal, call.body["customer_id"])
    return actions.write_note(call.session, customer, body=call.body["body"], by=_by(call))


@routes.get("/notes/<id>", needs="customers:read", returns=NoteRead)
def show_note(call: Call, id: str) -> Note:
    """Show a note."""
    return queries.find_written(call.session, Note, call.principal, id)


@routes.patch("/notes/<id>", needs="customers:write", body=NoteUpdate, returns=NoteRead)
def edit_note(call: Call, id: str) -> Note:
    """Edit a note."""
    note = _writable_note(call, id)
    return actions.edit_note(call.session, note, body=call.body.get("body", note.body), by=_by(call))


@routes.action("/notes/<id>:pin", needs="customers:write", returns=NoteRead)
def pin_note(call: Call, id: str) -> Note:
    """Pin a note on top."""
    return actions.pin_note(_writable_note(call, id), by=_by(call))


@routes.action("/notes/<id>:unpin", needs="customers:write", returns=NoteRead)
def unpin_note(call: Call, id: str) -> Note:
    """Unpin a note."""
    return actions.unpin_note(_writable_note(call, id), by=_by(call))


@routes.delete("/notes/<id>", needs="customers:write")
def remove_note(call: Call, id: str) -> None:
    """Delete a note."""
    actions.remove_note(call.session, _writable_note(call, id))


@routes.page("/activities", needs="customers:read", listing=ACTIVITIES, returns=ActivityRead)
def list_activities(call: Call) -> Select[Any]:
    """List logged activities, the newest first."""
    return queries.visible_written(Activity, call.principal)


@routes.post(
    "/activities",
    needs="customers:write",
    body=ActivityCreate,
    returns=ActivityRead,
    location="/api/v1/activities/{id}",
)
def log_activity(call: Call) -> Activity:
    """Log a call, an e-mail, a meeting, a note or a completed task."""
    customer = find_customer(call.session, call.principal, call.body["customer_id"])
    return actions.log_activity(call.session, customer, details=call.body, by=_by(call))


@routes.get("/activities/<id>", needs="customers:read", returns=ActivityRead)
def show_activity(call: Call, id: str) -> Activity:
    """Show a logged activity."""
    return queries.find_written(call.session, Activity, call.principal, id)


def _by(call: Call) -> By:
    return By(now=call.now, principal=call.principal)


def _writable_note(call: Call, note_id: str) -> Note:
    note = queries.find_written(call.session, Note, call.principal, note_id)
    call.check_version(note)
    refuse_archived(call.session.get_one(Customer, note.customer_id))
    return note
