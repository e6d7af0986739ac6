"""How notes and logged activities are filtered, sorted and searched."""

from sqlalchemy import or_

from customers.activities.models import Activity, Note
from customers.activities.rules import ActivityKind, Outcome
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing

NOTES = Listing(
    id=Note.id,
    filters={
        "customer_id": text(Note.customer_id),
        "author_id": text(Note.author_id),
        "is_pinned": flag(Note.is_pinned),
        "created_at": instant(Note.created_at),
    },
    sorts={"is_pinned": Note.is_pinned, "created_at": Note.created_at},
    default_sort="-is_pinned,-created_at",
    search=lambda q: Note.body.icontains(q, autoescape=True),
)
ACTIVITIES = Listing(
    id=Activity.id,
    filters={
        "customer_id": text(Activity.customer_id),
        "author_id": text(Activity.author_id),
        "kind": text(Activity.kind, choices=ActivityKind),
        "outcome": text(Activity.outcome, choices=Outcome, nullable=True),
        "occurred_at": instant(Activity.occurred_at),
    },
    sorts={"occurred_at": Activity.occurred_at, "created_at": Activity.created_at},
    default_sort="-occurred_at",
    search=lambda q: or_(Activity.title.icontains(q, autoescape=True), Activity.body.icontains(q, autoescape=True)),
)
