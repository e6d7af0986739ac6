"""How sessions are filtered and sorted."""

from gateway.identity.sessions.models import LoginSession
from servicekit.http.filters import instant
from servicekit.http.listing import Listing

SESSIONS = Listing(
    id=LoginSession.id,
    filters={"last_seen_at": instant(LoginSession.last_seen_at)},
    sorts={"last_seen_at": LoginSession.last_seen_at},
    default_sort="-last_seen_at",
)
