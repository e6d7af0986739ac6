"""Notifications: what happened that concerns me, read and unread."""

from typing import Any, Final

from flask import Blueprint, Response

from gateway.console.page.client import ApiRequest, fetch, send
from gateway.console.page.lists import EmptyState, Filter, ListPage, Values, View
from gateway.console.page.rendering import redirect_to, require
from gateway.console.page.urls import local_path

blueprint = Blueprint("console_notifications", __name__)

PAGES: Final = {"case": "/cases", "customer": "/customers", "order": "/orders"}
UNREAD: Final = ApiRequest("notifications", "/notifications/unread-count")


def _query(values: Values) -> dict[str, Any]:
    return {"is_read": "false" if values["view"] == "unread" else None, "include_total": None}


PAGE = ListPage(
    section="notifications",
    path="/notifications",
    title="Notifications",
    noun="notification",
    service="notifications",
    resource="/notifications",
    filters=(Filter("view", query=lambda _value: {}),),
    views=(View("all", "All"), View("unread", "Unread", {"view": "unread"})),
    views_label="Which notifications",
    empty=EmptyState(
        icon="bell",
        title="No notifications yet",
        text="They come when a workflow asks you, reminds you or tells you that something is late.",
    ),
    query=_query,
    requests=lambda: {"unread": UNREAD},
    template="notifications/list.html",
)


@blueprint.get("/notifications")
def list_notifications() -> Response:
    """Mine, the newest first; looking at the list marks nothing as read."""
    return PAGE.show()


@blueprint.get("/notifications/<id>/open")
def open_notification(id: str) -> Response:
    """Go to what it is about, which marks it as read."""
    notification = require(fetch("notifications", f"/notifications/{id}"), "notification")
    if not notification["is_read"]:
        send("POST", "notifications", f"/notifications/{id}:read")
    subject = notification.get("subject") or {}
    if subject.get("type") in PAGES and subject.get("id"):
        return redirect_to(f"{PAGES[subject['type']]}/{subject['id']}")
    return redirect_to(local_path(notification.get("link")))


@blueprint.post("/notifications/<id>/read")
def read_notification(id: str) -> Response:
    """Mark it as read."""
    send("POST", "notifications", f"/notifications/{id}:read")
    return redirect_to("/notifications")


@blueprint.post("/notifications/read")
def read_all() -> Response:
    """Mark all of them as read."""
    response = send("POST", "notifications", "/notifications:read-all")
    return redirect_to("/notifications", "All are read." if response.ok else f"!{response.detail}")
