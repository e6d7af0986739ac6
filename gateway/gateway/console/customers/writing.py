"""What is written on the page of a customer: an interaction, a contact, and which notes are pinned."""

from typing import Any

from flask import Blueprint, Response, request

from gateway.console.customers.interactions import add_interaction
from gateway.console.customers.record import show
from gateway.console.page.client import send
from gateway.console.page.forms import Form
from gateway.console.page.htmx import is_fragment
from gateway.console.page.rendering import redirect_to, require_permission

blueprint = Blueprint("console_customer_writing", __name__)


@blueprint.post("/customers/<id>/log")
def log_interaction(id: str) -> Response:
    """Keep a note, or log a call, an e-mail or a meeting."""
    require_permission("customers:write", "logging activities")
    form = Form.posted()
    form.require("text", "Write what happened.")
    if form.is_wrong:
        return show(id, form=form, status=422)
    response = add_interaction(id, form)
    if not response.ok:
        return show(id, form=form.refused(response), status=response.status)
    return show(id) if is_fragment() else redirect_to(f"/customers/{id}", "It is on the timeline.")


@blueprint.post("/customers/<id>/contacts")
def add_contact(id: str) -> Response:
    """Add somebody to talk to there."""
    require_permission("customers:write", "adding contacts")
    form = Form.posted()
    form.require("name", "Enter a name.")
    if not form.value("email") and not form.value("phone"):
        form.errors["email"] = "Enter an e-mail or a phone number."
    if form.is_wrong:
        return show(id, "contacts", form=form, status=422)
    body: dict[str, Any] = form.filled("name", "email", "phone", "job_title", "department")
    if form.value("is_primary"):
        body["is_primary"] = True
    response = send("POST", "customers", f"/customers/{id}/contacts", body=body)
    if response.ok:
        return redirect_to(f"/customers/{id}/contacts", f"{response.data['name']} is a contact now.")
    return show(id, "contacts", form=form.refused(response), status=response.status)


@blueprint.post("/customers/<id>/notes/<note_id>/<any(pin, unpin):move>")
def pin_note(id: str, note_id: str, move: str) -> Response:
    """Keep a note on top, or let it go down."""
    response = send("POST", "customers", f"/notes/{note_id}:{move}")
    is_from_notes = bool(request.referrer and request.referrer.endswith("/notes"))
    message = "The note stands on top now." if move == "pin" else "The note is among the others."
    return redirect_to(
        f"/customers/{id}/notes" if is_from_notes else f"/customers/{id}",
        message if response.ok else f"!{response.detail}",
    )
