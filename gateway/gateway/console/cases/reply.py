"""Writing on a case: a note for colleagues, or a reply, which is kept on the case and sent to the customer."""

from collections.abc import Mapping
from typing import Any

from gateway.console.page.client import send
from gateway.console.page.forms import Form


def add_message(case: Mapping[str, Any], form: Form) -> str | None:
    """Keep the message; what became of it, or None where the form has errors now. Sent twice it is kept once."""
    is_internal = form.value("mode") != "reply"
    body = {"body": form.value("body"), "is_internal": is_internal}
    response = send("POST", "cases", f"/cases/{case['id']}/messages", body=body)
    if not response.ok:
        form.refused(response)
        return None
    return "The note is kept; nothing was sent." if is_internal else "The reply is on its way by e-mail."
