"""How case types are filtered and sorted."""

from cases.case_types.models import CaseType
from servicekit.http.filters import text
from servicekit.http.listing import Listing

CASE_TYPES = Listing(
    id=CaseType.id,
    filters={"key": text(CaseType.key)},
    sorts={"name": CaseType.name, "created_at": CaseType.created_at},
    default_sort="name",
)
