"""The timeline of a customer: what kinds of entries it shows, and how entries look."""

from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup

from gateway.console.page.client import ApiResponse
from gateway.console.page.formatters import amounts, instant
from gateway.console.page.urls import url_with

FILTERS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "all": ("All", ()),
    "talks": ("Conversations", ("note", "activity", "email.sent", "email.failed")),
    "sales": (
        "Sales",
        ("order.placed", "order.confirmed", "order.fulfilled", "order.cancelled", "payment.received"),
    ),
    "service": (
        "Service",
        (
            *("form.submitted", "case.opened", "case.linked", "case.transitioned", "case.closed", "case.reopened"),
            *("workflow.started", "workflow.completed", "workflow.failed"),
            *("step.activated", "step.decided", "step.escalated"),
        ),
    ),
    "fields": (
        "Field changes",
        tuple(f"customer.{what}" for what in ("created", "updated", "archived", "restored", "blocked", "unblocked")),
    ),
}
# Icon and hue of an entry, by kind.
LOOKS: Final[Mapping[str, tuple[str, int]]] = {
    "form.submitted": ("forms", 4),
    "case.opened": ("lifebuoy", 4),
    "case.closed": ("circle-check", 3),
    "case.reopened": ("arrow-back-up", 4),
    "workflow.failed": ("alert-circle", 5),
    "step.decided": ("user-check", 3),
    "step.escalated": ("flag", 5),
    "email.sent": ("mail", 2),
    "email.failed": ("mail-off", 5),
    "order.placed": ("receipt", 1),
    "order.confirmed": ("receipt", 3),
    "order.fulfilled": ("truck-delivery", 3),
    "order.cancelled": ("circle-x", 0),
    "payment.received": ("credit-card", 3),
    "note": ("note", 1),
    "call": ("phone", 1),
    "email": ("mail", 2),
    "meeting": ("calendar-event", 2),
    "task": ("checkbox", 1),
    "activity": ("activity", 1),
    "contact.added": ("user-plus", 1),
    "customer.blocked": ("ban", 5),
    "customer.unblocked": ("lock-open", 3),
}
# What the system did by itself or on the way: one grey line each.
QUIET: Final = frozenset(
    {
        "customer.created",
        "customer.updated",
        "customer.archived",
        "customer.restored",
        "case.transitioned",
        "case.linked",
        "workflow.started",
        "workflow.completed",
        "step.activated",
    }
)
PAGES: Final = {"case": "/cases", "order": "/orders"}


def filter_of(wanted: str) -> str:
    """The key of a filter; everything where there is no such filter."""
    return wanted if wanted in FILTERS else "all"


def timeline_context(response: ApiResponse | None, path: str, shown: str) -> dict[str, Any]:
    """What the template of the timeline needs."""
    if response is None:
        return {}
    values = {"show": shown if shown != "all" else ""}
    return {
        "entries": [_entry(entry) for entry in response.rows],
        "shown": shown,
        "timeline_filters": [
            {"key": key, "label": label, "href": url_with(path, {"show": key if key != "all" else None})}
            for key, (label, _) in FILTERS.items()
        ],
        "older_href": url_with(path, values, after=response.next_cursor),
    }


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    data = entry.get("data") or {}
    kind = data.get("kind") or entry["kind"] if entry["kind"] == "activity" else entry["kind"]
    icon, hue = LOOKS.get(kind, ("point", 0))
    at = instant(entry.get("at"))
    actor = entry.get("actor_name") or ""
    return {
        **entry,
        "data": data,
        "day": f"{at:%Y-%m-%d}" if at else "",
        "icon": icon,
        "hue": hue,
        "is_quiet": entry["kind"] in QUIET,
        "linked_title": _linked_title(entry),
        "by": actor if actor not in entry["title"] else "",
    }


def _linked_title(entry: Mapping[str, Any]) -> Markup:
    """The title, whose number leads to the case or order that it is about; without a number all of it does."""
    title, subject = amounts(entry["title"]), entry.get("subject") or {}
    page, number = PAGES.get(subject.get("type", "")), subject.get("number")
    if page and number and number in title:
        before, after = title.split(number, 1)
        return Markup('{}<a href="{}/{}">{}</a>{}').format(before, page, subject["id"], number, after)
    if page and subject.get("id"):
        return Markup('<a href="{}/{}">{}</a>').format(page, subject["id"], title)
    return Markup("{}").format(title)
