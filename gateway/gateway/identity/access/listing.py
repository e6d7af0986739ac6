"""How API keys are filtered and sorted."""

from gateway.identity.access.models import ApiKey
from servicekit.http.filters import text
from servicekit.http.listing import Listing

API_KEYS = Listing(
    id=ApiKey.id,
    filters={"user_id": text(ApiKey.user_id)},
    sorts={"created_at": ApiKey.created_at},
    default_sort="-created_at",
)
