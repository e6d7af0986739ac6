"""How contacts are filtered and sorted."""

from customers.directory.models import Contact
from servicekit.http.filters import flag, text
from servicekit.http.listing import Listing

CONTACTS = Listing(
    id=Contact.id,
    filters={
        "organization_id": text(Contact.organization_id),
        "person_id": text(Contact.person_id),
        "is_primary": flag(Contact.is_primary),
    },
    sorts={"is_primary": Contact.is_primary, "created_at": Contact.created_at},
    default_sort="-is_primary,created_at",
)
