"""The listing of e-mails: what they can be filtered, searched and sorted by."""

from notifications.mail.models import Email
from notifications.mail.rules import EmailState
from servicekit.http.filters import instant, text
from servicekit.http.listing import Listing

EMAILS = Listing(
    id=Email.id,
    filters={
        "state": text(Email.state, choices=EmailState),
        "kind": text(Email.kind),
        "case_id": text(Email.case_id),
        "order_id": text(Email.order_id),
        "customer_id": text(Email.customer_id),
        "to": text(Email.to),
        "created_at": instant(Email.created_at),
    },
    sorts={"created_at": Email.created_at},
    default_sort="-created_at",
    search=lambda q: Email.subject.icontains(q, autoescape=True) | Email.to.icontains(q, autoescape=True),
)
