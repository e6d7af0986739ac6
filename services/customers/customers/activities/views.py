"""Notes and logged activities over HTTP."""

from typing import Any

from sqlalchemy import Select

from customers.activities import actions, queries
from customers.activities.listing import ACTIVITIES, NOTES
from customers.activities.models import Activity, Note
from customers.activities.schemas import ActivityCreate, ActivityRead, NoteCreate, NoteRead, NoteUpdate
from customers.directory.models import Customer
from customers.directory.queries import get_customer
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("activities")


@routes.page("/notes", needs="customers:read", listing=NOTES, returns=NoteRead)
def list_notes(call: Call) -> Select[Any]:
    """List notes, pinned ones first."""
    return queries.visible_notes(call.principal)


@routes.post("/notes", needs="customers:write", body=NoteCreate, returns=NoteRead, location="/api/v1/notes/{id}")
def create_note(call: Call) -> Note:
    """Write a note about a customer."""
    customer = get_customer(call.session, call.principal, call.body["customer_id"])
    return actions.create_note(call.session, by=call.by, customer=customer, body=call.body["body"])


@routes.get("/notes/<id>", needs="customers:read", returns=NoteRead)
def get_note(call: Call, id: str) -> Note:
    """Show a note."""
    return queries.get_note(call.session, call.principal, id)


@routes.patch("/notes/<id>", needs="customers:write", body=NoteUpdate, returns=NoteRead)
def update_note(call: Call, id: str) -> Note:
    """Update a note."""
    note = _writable_note(call, id)
    return actions.update_note(call.session, note, by=call.by, body=call.body.get("body", note.body))


@routes.action("/notes/<id>:pin", needs="customers:write", returns=NoteRead)
def pin_note(call: Call, id: str) -> Note:
    """Pin a note on top."""
    return actions.pin_note(call.session, _writable_note(call, id), by=call.by)


@routes.action("/notes/<id>:unpin", needs="customers:write", returns=NoteRead)
def unpin_note(call: Call, id: str) -> Note:
    """Unpin a note."""
    return actions.unpin_note(call.session, _writable_note(call, id), by=call.by)


@routes.delete("/notes/<id>", needs="customers:write")
def delete_note(call: Call, id: str) -> None:
    """Delete a note."""
    actions.delete_note(call.session, _writable_note(call, id), by=call.by)


@routes.page("/activities", needs="customers:read", listing=ACTIVITIES, returns=ActivityRead)
def list_activities(call: Call) -> Select[Any]:
    """List logged activities, the newest first."""
    return queries.visible_activities(call.principal)


@routes.post(
    "/activities",
    needs="customers:write",
    body=ActivityCreate,
    returns=ActivityRead,
    location="/api/v1/activities/{id}",
)
def log_activity(call: Call) -> Activity:
    """Log a call, an e-mail, a meeting, a note or a completed task."""
    customer = get_customer(call.session, call.principal, call.body["customer_id"])
    return actions.log_activity(call.session, by=call.by, customer=customer, details=call.body)


@routes.get("/activities/<id>", needs="customers:read", returns=ActivityRead)
def get_activity(call: Call, id: str) -> Activity:
    """Show a logged activity."""
    return queries.get_activity(call.session, call.principal, id)


def _writable_note(call: Call, note_id: str) -> Note:
    note = queries.get_note(call.session, call.principal, note_id)
    call.check_version(note)
    call.session.get_one(Customer, note.customer_id).check_not_archived()
    return note
