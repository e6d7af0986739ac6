"""Titles of timeline entries, made of their kind and data when they are read.

Each is a format string with named placeholders, so that gettext can translate it. In a placeholder stands the member of
`data` of that name, or the number of what the entry is about.
"""

from collections.abc import Callable, Mapping
from typing import Any

from customers.timeline.models import TimelineEntry
from customers.timeline.rules import list_fields, list_people, money_text, shortened

Data = Mapping[str, Any]


def title(entry: TimelineEntry) -> str:
    """What happened; for some kinds also who did it, as soon as the name is known. A stored title is shown as it is."""
    what = entry.stored_title
    if what is None:
        what = shortened(_what_happened(entry.kind, entry.subject_number, entry.data))
    if entry.kind in KINDS_WITH_ACTOR and entry.actor_name:
        return f"{what}, by {entry.actor_name}"
    return what


def _what_happened(kind: str, number: str | None, data: Data) -> str:
    chosen = TITLES.get(kind, "{kind}")
    text = chosen if isinstance(chosen, str) else chosen(data)
    written = {name: write(data[name]) for name, write in _WRITERS.items() if data.get(name) is not None}
    return text.format_map({"kind": kind, "number": number, **data, **written})


def _case_assigned(data: Data) -> str:
    if data["owner_name"]:
        return "Case {number} assigned to {owner_name}"
    return "Case {number} assigned"


def _case_transitioned(data: Data) -> str:
    if data["previous_status"]:
        return "Case {number} moved from {previous_status} to {status}"
    return "Case {number} is {status}"


def _workflow_failed(data: Data) -> str:
    if data["reason"]:
        return "Workflow failed: {workflow_name} ({reason})"
    return "Workflow failed: {workflow_name}"


def _step_activated(data: Data) -> str:
    if data["step_kind"] == "approval":
        return "Approval for {people}: {step_name}" if data["people"] else "Approval: {step_name}"
    return "Task for {people}: {step_name}" if data["people"] else "Task: {step_name}"


def _step_escalated(data: Data) -> str:
    if data["people"]:
        return "Escalated (level {level}) to {people}: {step_name}"
    return "Escalated (level {level}): {step_name}"


def _step_decided(data: Data) -> str:
    """An outcome that a workflow's author named is shown by its own name."""
    return _OUTCOMES.get(data["outcome"], "{outcome}: {step_name}")


def _message_added(data: Data) -> str:
    """Who wrote to whom; never what was written."""
    if data["direction"] == "in":
        return "Message from the customer on case {number}"
    return "Reply sent on case {number}"


def _activity(data: Data) -> str:
    return _ACTIVITIES[data["kind"]]


_OUTCOMES: Mapping[str, str] = {
    "approve": "Approved: {step_name}",
    "approved": "Approved: {step_name}",
    "reject": "Rejected: {step_name}",
    "rejected": "Rejected: {step_name}",
    "return": "Returned: {step_name}",
    "done": "Done: {step_name}",
}
_ACTIVITIES: Mapping[str, str] = {
    "call": "Call: {title}",
    "email": "E-mail: {title}",
    "meeting": "Meeting: {title}",
    "note": "Note: {title}",
    "task": "Task: {title}",
}
_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "people": list_people,
    "changes": list_fields,
    "total": money_text,
    "amount": money_text,
    "outcome": lambda outcome: str(outcome).replace("_", " ").capitalize(),
}
TITLES: Mapping[str, str | Callable[[Data], str]] = {
    "customer.created": "Customer {number} was added",
    "customer.updated": "Changed {changes}",
    "customer.archived": "Archived",
    "customer.restored": "Restored from the archive",
    "customer.blocked": "Blocked",
    "customer.unblocked": "Unblocked",
    "contact.added": "New contact: {name}",
    "contact.primary": "Primary contact is now {name}",
    "contact.removed": "No longer a contact: {name}",
    "note": "Note",
    "activity": _activity,
    "form.submitted": "Sent the form {form_name}",
    "case.opened": "Case {number} opened: {subject}",
    "case.linked": "Case {number} linked to this customer",
    "case.assigned": _case_assigned,
    "case.transitioned": _case_transitioned,
    "case.closed": "Case {number} closed",
    "case.reopened": "Case {number} reopened",
    "case.remarked": "Internal remark on case {number}",
    "workflow.started": "Workflow started: {workflow_name}",
    "workflow.completed": "Workflow completed: {workflow_name}",
    "workflow.cancelled": "Workflow cancelled: {workflow_name}",
    "workflow.failed": _workflow_failed,
    "step.activated": _step_activated,
    "step.escalated": _step_escalated,
    "step.decided": _step_decided,
    "message.added": _message_added,
    "email.sent": "E-mail sent: {subject}",
    "email.failed": "E-mail could not be sent: {subject}",
    "order.placed": "Order {number} placed: {total}",
    "order.confirmed": "Order {number} confirmed: {total}",
    "order.fulfilled": "Order {number} fulfilled: {total}",
    "order.cancelled": "Order {number} cancelled: {total}",
    "payment.received": "Payment received: {amount}",
}
KINDS_WITH_ACTOR = frozenset(
    {
        "customer.updated",
        "customer.archived",
        "customer.restored",
        "customer.blocked",
        "customer.unblocked",
        "contact.added",
        "contact.primary",
        "contact.removed",
        "note",
        "case.transitioned",
        "case.closed",
        "case.reopened",
        "case.remarked",
        "step.decided",
        "message.added",
    }
)
