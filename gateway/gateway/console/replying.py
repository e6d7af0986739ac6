"""Writing on a case: a note for colleagues, or a reply that is kept on the case and then goes out by e-mail."""

from collections.abc import Mapping
from typing import Any, Final

from gateway.console.asking import Answered, ask, tell
from gateway.console.forms import Form

SUBJECT_LONGEST: Final = 200
KEPT_NOT_SENT: Final = "The reply is kept on the case, but its e-mail did not go out:"


def write(case: Mapping[str, Any], form: Form) -> str | None:
    """What became of it; None where the form must be mended first. Sent again, the form keeps no second message."""
    is_internal = form.value("mode") != "reply"
    message = {"body": form.value("body"), "is_internal": is_internal}
    answer = tell("POST", "cases", f"/cases/{case['id']}/messages", body=message)
    if not answer.ok:
        form.refused(answer)
        return None
    if is_internal:
        return "The note is kept; nothing was sent."
    sent = _send(case, form.value("body"))
    if sent.ok:
        return f"The reply goes to {sent.data.get('to_name') or sent.data['to']}."
    form.general.append(f"{KEPT_NOT_SENT} {sent.detail}")
    return None


def _send(case: Mapping[str, Any], text: str) -> Answered:
    subject = f"Re: {case['subject']}"[:SUBJECT_LONGEST]
    body = {**_addressee(case), "case_id": case["id"], "subject": subject, "text": text}
    return tell("POST", "notifications", "/emails", body=body)


def _addressee(case: Mapping[str, Any]) -> dict[str, str]:
    """Whoever wrote: a contact of the organization, or the customer itself."""
    customer_id, person_id = case["customer_id"], case.get("contact_id")
    if not person_id or person_id == customer_id:
        return {"customer_id": customer_id}
    contacts = ask("customers", f"/customers/{customer_id}/contacts", {"person_id": person_id, "limit": 1})
    if contacts.rows:
        return {"customer_id": customer_id, "contact_id": contacts.rows[0]["id"]}
    return {"customer_id": person_id}
