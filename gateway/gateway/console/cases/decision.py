"""Claiming and deciding a work item, from the list of my work and from the case that it belongs to."""

from typing import Any, Final

from gateway.console.page.client import ApiResponse, send
from gateway.console.page.current_user import current_user
from gateway.console.page.formatters import humanize
from gateway.console.page.forms import Form

DONE_ELSEWHERE: Final = frozenset({404, 409, 412})
VERBS: Final = {
    "done": "Done",
    "approve": "Approve",
    "approved": "Approve",
    "reject": "Reject",
    "rejected": "Reject",
}
REFUSALS: Final = frozenset({"reject", "rejected", "refuse", "refused", "decline", "declined"})


def claim(id: str, form: Form) -> str:
    """Claim it; the message, which begins with `!` where it could not be claimed."""
    response = send("POST", "cases", f"/work-items/{id}:claim", version=form.value("version"))
    return f"«{response.data['step']['name']}» is yours now." if response.ok else f"!{response.detail}"


def decide(id: str, form: Form) -> str | None:
    """Complete or decide it; the message, or None where the form has errors now. A refusal needs a comment."""
    outcome = form.value("outcome")
    if is_refusal(outcome) and not form.value("note"):
        form.errors["note"] = f"Say why you {outcome_verb(outcome).lower()}: people will ask."
        return None
    body = {"outcome": outcome, "note": form.value("note") or None}
    response = send("POST", "cases", f"/work-items/{id}:decide", body=body, version=form.value("version"))
    if response.ok:
        return f"{response.data['step']['name']}: {outcome_verb(outcome).lower()}. It is in the history of the case."
    if response.status in DONE_ELSEWHERE:
        return f"!{response.detail}"
    form.errors["note"] = _first_error(form, response)
    return None


def _first_error(form: Form, response: ApiResponse) -> str:
    form.refused(response)
    return (form.general or list(form.errors.values()))[0]


def waiting_for_me(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the items that a colleague has claimed already, unless they were escalated to me."""
    my_id = current_user().id
    return [item for item in items if item.get("assignee_id") in {None, my_id} or item.get("escalation_level")]


def outcome_verb(key: str) -> str:
    """The words on the button of an outcome: a verb where there is one."""
    return VERBS.get(key.lower(), humanize(key))


def outcome_done(key: str) -> str:
    """The outcome of a step that is over: approved, rejected."""
    return {"approve": "approved", "reject": "rejected"}.get(key.lower(), humanize(key).lower())


def is_refusal(key: str) -> bool:
    """An outcome that needs a comment, because somebody will ask why."""
    return key.lower() in REFUSALS
