"""Writing on a case: a note for colleagues, or a reply, which is kept on the case and is sent to the customer."""

from collections.abc import Mapping
from typing import Any

from gateway.console.page.client import tell
from gateway.console.page.forms import Form


def write(case: Mapping[str, Any], form: Form) -> str | None:
    """What became of it; None where the form must be mended first. Sent again, the form keeps no second message."""
    is_internal = form.value("mode") != "reply"
    message = {"body": form.value("body"), "is_internal": is_internal}
    answer = tell("POST", "cases", f"/cases/{case['id']}/messages", body=message)
    if not answer.ok:
        form.refused(answer)
        return None
    return "The note is kept; nothing was sent." if is_internal else "The reply is on its way by e-mail."
