"""Taking and deciding a work item, from the list of my work and from the case it belongs to."""

from typing import Any

from gateway.console.page import formatters as wording
from gateway.console.page.client import Answered, me, tell
from gateway.console.page.forms import Form

SETTLED_ELSEWHERE = frozenset({404, 409, 412})


def claim(id: str, form: Form) -> str:
    """Take it; the sentence says what became of it, with a `!` in front of bad news."""
    answer = tell("POST", "cases", f"/work-items/{id}:claim", version=form.value("version"))
    return f"«{answer.data['step']['name']}» is yours now." if answer.ok else f"!{answer.detail}"


def decide(id: str, form: Form) -> str | None:
    """Complete or decide it and say what became of it; None where the form must be mended first."""
    outcome = form.value("outcome")
    if wording.is_refusal(outcome) and not form.value("note"):
        form.errors["note"] = f"Say why you {wording.outcome_verb(outcome).lower()}: people will ask."
        return None
    body = {"outcome": outcome, "note": form.value("note") or None}
    answer = tell("POST", "cases", f"/work-items/{id}:decide", body=body, version=form.value("version"))
    if answer.ok:
        return (
            f"{answer.data['step']['name']}: {wording.outcome_verb(outcome).lower()}. It is in the history of the case."
        )
    if answer.status in SETTLED_ELSEWHERE:
        return f"!{answer.detail}"
    form.errors["note"] = _sentence(form, answer)
    return None


def _sentence(form: Form, answer: Answered) -> str:
    form.refused(answer)
    return (form.general or list(form.errors.values()))[0]


def still_mine(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What waits for me: not what a colleague has taken already, unless it escalated to me."""
    my_id = me().id
    return [row for row in rows if row.get("assignee_id") in {None, my_id} or row.get("escalation_level")]
