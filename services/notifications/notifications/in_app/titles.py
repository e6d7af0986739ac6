"""The title and the body of a notification, made of its kind and data when it is read."""

from collections.abc import Mapping
from typing import Final

from notifications.in_app.models import Notification

MAX_TITLE: Final = 500

# By kind and variant: format strings with named placeholders, each a message to translate. `data` has the values.
TITLES: Final[Mapping[tuple[str, str], str]] = {
    ("step_activated", "approval"): "Your approval is asked for: {step_name}",
    ("step_activated", "task"): "A task is waiting for you: {step_name}",
    ("step_reminder", "soon"): "Due soon: {step_name}",
    ("step_reminder", "overdue"): "Overdue: {step_name}",
    ("step_escalated", "to_you"): "Escalated to you: {step_name}",
    ("step_escalated", "away"): "Escalated: {step_name}",
    ("step_decided", ""): "{step_name}: {outcome}",
    ("case_assigned", ""): "A case is yours now: {case_subject}",
    ("reply_not_sent", ""): "Your reply was not sent: the customer has no e-mail address",
}
BODIES: Final[Mapping[tuple[str, str], str]] = {
    ("step_activated", "approval"): "{case_subject}",
    ("step_activated", "task"): "{case_subject}",
    ("step_reminder", "soon"): "{case_subject}",
    ("step_reminder", "overdue"): "{case_subject}",
    ("step_escalated", "to_you"): "{case_subject}",
    ("step_escalated", "away"): "It was not finished in time and has been passed up.",
    ("step_decided", ""): "{note}",
    ("case_assigned", ""): "",
    ("reply_not_sent", ""): "{case_subject}",
}


def title(notification: Notification) -> str:
    """One line. An old row shows the sentence that it stored; a kind that this version does not know shows its name."""
    if notification.data is None:
        return notification.stored_title or ""
    template = TITLES.get(_key(notification.kind, notification.data), notification.kind)
    return template.format_map(notification.data)[:MAX_TITLE]


def body(notification: Notification) -> str:
    """More words, or none. An old row shows what it stored; a kind that this version does not know shows nothing."""
    if notification.data is None:
        return notification.stored_body or ""
    return BODIES.get(_key(notification.kind, notification.data), "").format_map(notification.data)


def _key(kind: str, data: Mapping[str, str]) -> tuple[str, str]:
    return kind, data.get("variant", "")
