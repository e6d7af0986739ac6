"""The listing of notifications: what they can be filtered and sorted by."""

from notifications.in_app.models import Notification
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing

NOTIFICATIONS = Listing(
    id=Notification.id,
    filters={
        "is_read": flag(Notification.read_at.is_not(None)),
        "kind": text(Notification.kind),
        "created_at": instant(Notification.created_at),
    },
    sorts={"created_at": Notification.created_at},
    default_sort="-created_at",
)
