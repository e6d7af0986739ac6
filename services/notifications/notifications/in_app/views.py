"""The bell over HTTP: everybody sees their own notifications."""

from sqlalchemy import Select

from notifications.in_app import actions, queries
from notifications.in_app.listing import NOTIFICATIONS
from notifications.in_app.models import Notification
from notifications.in_app.schemas import NotificationRead, UnreadRead
from servicekit.auth import SIGNED_IN
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("notifications")


@routes.page("/notifications", needs=SIGNED_IN, is_personal=True, listing=NOTIFICATIONS, returns=NotificationRead)
def list_notifications(call: Call) -> Select[Notification]:
    """My notifications."""
    return queries.visible_notifications(call.principal)


@routes.get("/notifications/unread-count", needs=SIGNED_IN, is_personal=True, returns=UnreadRead)
def count_unread_notifications(call: Call) -> dict[str, int]:
    """How many I have not read."""
    return {"unread": queries.count_unread(call.session, call.principal)}


@routes.get("/notifications/<id>", needs=SIGNED_IN, is_personal=True, returns=NotificationRead)
def get_notification(call: Call, id: str) -> Notification:
    """One of my notifications."""
    return queries.get_notification(call.session, call.principal, id)


@routes.action("/notifications/<id>:read", needs=SIGNED_IN, is_personal=True, returns=NotificationRead)
def read_notification(call: Call, id: str) -> Notification:
    """I have read it."""
    notification = queries.get_notification(call.session, call.principal, id)
    return actions.read_notification(call.session, notification, by=call.by)


@routes.action("/notifications:read-all", needs=SIGNED_IN, is_personal=True, returns=UnreadRead)
def read_all_notifications(call: Call) -> dict[str, int]:
    """I have read all of them."""
    actions.read_all_notifications(call.session, by=call.by)
    return {"unread": 0}
