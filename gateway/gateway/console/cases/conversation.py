"""The conversation of a case: its messages and the e-mails to the customer, oldest first."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gateway.console.page.client import ApiResponse

NEWEST: Final = 50
# State of an e-mail: icon, tone and words.
EMAIL: Final = {
    "queued": ("clock", "", "is waiting to be sent to"),
    "sending": ("clock", "", "is being sent to"),
    "sent": ("mail", "", "was sent to"),
    "failed": ("mail-off", "bad", "could not be sent to"),
    "unknown": ("mail-off", "warn", "may not have reached"),
    "held": ("mail-off", "warn", "is held back from"),
}


def conversation(
    messages: ApiResponse, emails: ApiResponse, names: Mapping[str, str], customer_label: str
) -> list[dict[str, Any]]:
    """Messages and e-mails in one list; `customer_label` names who wrote for the customer."""
    entries = [_message(message, names, customer_label) for message in messages.rows]
    earliest = entries[-1]["created_at"] if messages.next_cursor else ""
    sent = [_email(email) for email in _to_customer(emails.rows) if email["created_at"] >= earliest]
    return sorted([*entries, *sent], key=lambda one: str(one["created_at"]))


def _message(message: Mapping[str, Any], names: Mapping[str, str], customer_label: str) -> dict[str, Any]:
    colleague = message.get("author_name") or names.get(message.get("author_id") or "") or "A colleague"
    is_from_customer = message["direction"] == "in" and not message["is_internal"]
    return {**message, "author_label": customer_label if is_from_customer else colleague}


def _to_customer(emails: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [email for email in emails if not email.get("to_user_id")]


def _email(email: Mapping[str, Any]) -> dict[str, Any]:
    icon, tone, words = EMAIL.get(email["state"], EMAIL["queued"])
    return {
        "is_event": True,
        "icon": icon,
        "tone": tone,
        "subject": email["subject"],
        "text": f"{words} {email.get('to_name') or email['to']}",
        "why": email.get("last_error") if email["state"] == "failed" else None,
        "created_at": email["created_at"],
    }
