"""What people write on the page of a customer: notes, calls, e-mails and meetings, and the body that the API takes."""

from typing import Any, Final

from gateway.console.page.client import ApiResponse, send
from gateway.console.page.forms import Form

# Key, icon and label of each kind.
KINDS: Final = (
    ("note", "note", "Note"),
    ("call", "phone", "Call"),
    ("email", "mail", "E-mail"),
    ("meeting", "calendar-event", "Meeting"),
)
LASTING: Final = frozenset({"call", "meeting"})
TITLE_LENGTH: Final = 120


def add_interaction(customer_id: str, form: Form) -> ApiResponse:
    """Keep what the form holds: a note, or an activity of one of the other kinds."""
    if form.value("kind") in {"", "note"}:
        return _add_note(customer_id, form)
    return send("POST", "customers", "/activities", body=_activity(customer_id, form))


def _add_note(customer_id: str, form: Form) -> ApiResponse:
    response = send("POST", "customers", "/notes", body={"customer_id": customer_id, "body": form.value("text")})
    if response.ok and form.value("pin"):
        return send("POST", "customers", f"/notes/{response.data['id']}:pin")
    return response


def _activity(customer_id: str, form: Form) -> dict[str, Any]:
    """The first line is the title; a long one is cut there, and kept whole in the text."""
    kind, (first, _, rest) = form.value("kind"), form.value("text").partition("\n")
    is_short = len(first) <= TITLE_LENGTH
    body: dict[str, Any] = {
        "customer_id": customer_id,
        "kind": kind,
        "title": first.strip() if is_short else f"{first[:TITLE_LENGTH].rpartition(' ')[0]} …",
        "body": (rest.strip() if is_short else form.value("text")) or None,
        "outcome": form.value("outcome") or None,
    }
    if form.value("duration_minutes") and kind in LASTING:
        body["duration_minutes"] = form.value("duration_minutes")
    return body
