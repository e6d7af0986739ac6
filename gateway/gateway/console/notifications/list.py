"""Notifications: what I was told, read and unread."""

from flask import Blueprint, Response, request

from gateway.console.page.client import Question, ask, tell
from gateway.console.page.csrf import local_path
from gateway.console.page.rendering import ask_page, go, need, page

blueprint = Blueprint("console_notifications", __name__)

VIEWS = [
    {"key": "all", "label": "All", "href": "/notifications"},
    {"key": "unread", "label": "Unread", "href": "/notifications?view=unread"},
]
PAGES = {"case": "/cases", "customer": "/customers", "order": "/orders"}


@blueprint.get("/notifications")
def list_notifications() -> Response:
    """Mine, the newest first; looking at the list reads nothing."""
    view = "unread" if request.args.get("view") == "unread" else "all"
    params = {"is_read": "false" if view == "unread" else None, "limit": 50, "cursor": request.args.get("after")}
    answers = ask_page(
        answer=Question("notifications", "/notifications", params),
        count=Question("notifications", "/notifications/unread-count"),
    )
    unread = answers["count"].data.get("unread", 0) if answers["count"].ok else 0
    return page("notifications/list.html", answer=answers["answer"], unread=unread, view=view, views=VIEWS)


@blueprint.get("/notifications/<id>/open")
def open_notification(id: str) -> Response:
    """Go to what it is about; that reads it."""
    told = need(ask("notifications", f"/notifications/{id}"), "notification")
    if not told["is_read"]:
        tell("POST", "notifications", f"/notifications/{id}:read")
    subject = told.get("subject") or {}
    if subject.get("type") in PAGES and subject.get("id"):
        return go(f"{PAGES[subject['type']]}/{subject['id']}")
    return go(local_path(told.get("link")))


@blueprint.post("/notifications/<id>/read")
def read_notification(id: str) -> Response:
    """I have read it."""
    tell("POST", "notifications", f"/notifications/{id}:read")
    return go("/notifications")


@blueprint.post("/notifications/read")
def read_all() -> Response:
    """I have read all of them."""
    answer = tell("POST", "notifications", "/notifications:read-all")
    return go("/notifications", "All are read." if answer.ok else f"!{answer.detail}")
