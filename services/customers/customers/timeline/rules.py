"""The sentences of the timeline, and which of its kinds count as an interaction with the customer."""

from collections.abc import Sequence

INTERACTIONS = frozenset(
    {"form.submitted", "case.opened", "message.added", "order.placed", "payment.received", "activity"}
)
_LONGEST = 500

_OUTCOMES = {
    "approve": "Approved",
    "approved": "Approved",
    "reject": "Rejected",
    "rejected": "Rejected",
    "return": "Returned",
    "done": "Done",
}


def shortened(sentence: str) -> str:
    """As long as a title may be."""
    return sentence if len(sentence) <= _LONGEST else f"{sentence[: _LONGEST - 1]}…"


def words(names: Sequence[str]) -> str:
    """`["name", "postal_code"]` is "name and postal code"."""
    spoken = [name.replace("_", " ") for name in names]
    return " and ".join([", ".join(spoken[:-1]), spoken[-1]] if len(spoken) > 1 else spoken)


def step_decided(*, outcome: str, step_name: str) -> str:
    """An outcome that a workflow's author named is told by its own name."""
    return f"{_OUTCOMES.get(outcome, outcome.replace('_', ' ').capitalize())}: {step_name}"


def step_activated(*, step_name: str, step_kind: str, names: Sequence[str]) -> str:
    """Who has to do it, as far as their names are known."""
    what = "Approval" if step_kind == "approval" else "Task"
    return f"{what} for {people(names)}: {step_name}" if names else f"{what}: {step_name}"


def step_escalated(*, step_name: str, level: int, names: Sequence[str]) -> str:
    """To whom it was escalated, as far as their names are known."""
    return f"Escalated (level {level}){f' to {people(names)}' if names else ''}: {step_name}"


def people(names: Sequence[str]) -> str:
    """Two names at most; the rest is counted."""
    shown = list(names[:2])
    rest = len(names) - len(shown)
    return f"{', '.join(shown)} and {rest} more" if rest else " and ".join(shown)


def case_transitioned(*, number: str, status: str, previous_status: str | None) -> str:
    """From where to where."""
    return (
        f"Case {number} moved from {previous_status} to {status}" if previous_status else f"Case {number} is {status}"
    )


def message_added(*, case_number: str, is_internal: bool, direction: str) -> str:
    """Who spoke to whom; never what was said."""
    if is_internal:
        return f"Internal remark on case {case_number}"
    return (
        f"Message from the customer on case {case_number}" if direction == "in" else f"Reply sent on case {case_number}"
    )


def workflow_failed(*, workflow_name: str, reason: str | None) -> str:
    """With the reason, where one was told."""
    return f"Workflow failed: {workflow_name}{f' ({reason})' if reason else ''}"


def email_told(*, is_sent: bool, subject: str) -> str:
    """The subject line is all that is told of an e-mail."""
    return f"E-mail sent: {subject}" if is_sent else f"E-mail could not be sent: {subject}"


def order_told(*, number: str, what: str, total: str) -> str:
    """`what` is the past participle of the event: placed, confirmed."""
    return f"Order {number} {what}: {total}"
