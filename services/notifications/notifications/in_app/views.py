"""The bell over HTTP: everybody sees their own."""

from sqlalchemy import Select

from notifications.in_app import actions, queries
from notifications.in_app.models import Notification
from notifications.in_app.schemas import NotificationRead, UnreadRead
from servicekit.auth import SIGNED_IN
from servicekit.http.call import Call
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("notifications")

MINE = Listing(
    id=Notification.id,
    filters={
        "is_read": flag(Notification.read_at.is_not(None)),
        "kind": text(Notification.kind),
        "created_at": instant(Notification.created_at),
    },
    sorts={"created_at": Notification.created_at},
    default_sort="-created_at",
)


@routes.page("/notifications", needs=SIGNED_IN, is_personal=True, listing=MINE, returns=NotificationRead)
def list_notifications(call: Call) -> Select[Notification]:
    """My notifications."""
    return queries.my_notifications(call.principal)


@routes.get("/notifications/unread-count", needs=SIGNED_IN, is_personal=True, returns=UnreadRead)
def count_unread(call: Call) -> dict[str, int]:
    """How many I have not read."""
    return {"unread": queries.count_unread(call.session, call.principal)}


@routes.get("/notifications/<id>", needs=SIGNED_IN, is_personal=True, returns=NotificationRead)
def show_notification(call: Call, id: str) -> Notification:
    """One of my notifications."""
    return queries.get_mine(call.session, call.principal, id)


@routes.action("/notifications/<id>:read", needs=SIGNED_IN, is_personal=True, returns=NotificationRead)
def read_notification(call: Call, id: str) -> Notification:
    """I have read it."""
    return actions.read_notification(queries.get_mine(call.session, call.principal, id), now=call.now)


@routes.action("/notifications:read-all", needs=SIGNED_IN, is_personal=True, returns=UnreadRead)
def read_all(call: Call) -> dict[str, int]:
    """I have read all of them."""
    actions.read_all(call.session, user_id=call.principal.id, now=call.now)
    return {"unread": 0}
