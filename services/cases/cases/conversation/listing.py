"""How messages are filtered and sorted."""

from cases.conversation.models import CaseMessage
from cases.conversation.rules import Direction
from servicekit.http.filters import flag, text
from servicekit.http.listing import Listing

CASE_MESSAGES = Listing(
    id=CaseMessage.id,
    filters={"is_internal": flag(CaseMessage.is_internal), "direction": text(CaseMessage.direction, choices=Direction)},
    sorts={"created_at": CaseMessage.created_at},
    default_sort="created_at",
)
