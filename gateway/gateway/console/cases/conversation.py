"""The conversation of a case: what was said, and what became of the e-mails to the customer, in their order."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gateway.console.page.client import Answered

NEWEST: Final = 50
# State of an e-mail: icon, tone and what is said of it.
MAIL: Final = {
    "queued": ("clock", "", "is waiting to be sent to"),
    "sending": ("clock", "", "is being sent to"),
    "sent": ("mail", "", "was sent to"),
    "failed": ("mail-off", "bad", "could not be sent to"),
    "unknown": ("mail-off", "warn", "may not have reached"),
    "held": ("mail-off", "warn", "is held back from"),
}


def thread(messages: Answered, emails: Answered, names: Mapping[str, str], theirs: str) -> list[dict[str, Any]]:
    """Oldest first; `theirs` is who speaks for the customer."""
    said = [_message(message, names, theirs) for message in messages.rows]
    earliest = said[-1]["created_at"] if messages.next else ""
    told = [_mail(email) for email in _to_the_customer(emails.rows) if email["created_at"] >= earliest]
    return sorted([*said, *told], key=lambda one: str(one["created_at"]))


def _message(message: Mapping[str, Any], names: Mapping[str, str], theirs: str) -> dict[str, Any]:
    ours = message.get("author_name") or names.get(message.get("author_id") or "") or "A colleague"
    is_theirs = message["direction"] == "in" and not message["is_internal"]
    return {**message, "author_label": theirs if is_theirs else ours}


def _to_the_customer(emails: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [email for email in emails if not email.get("to_user_id")]


def _mail(email: Mapping[str, Any]) -> dict[str, Any]:
    icon, tone, became = MAIL.get(email["state"], MAIL["queued"])
    return {
        "is_event": True,
        "icon": icon,
        "tone": tone,
        "subject": email["subject"],
        "text": f"{became} {email.get('to_name') or email['to']}",
        "why": email.get("last_error") if email["state"] == "failed" else None,
        "created_at": email["created_at"],
    }
