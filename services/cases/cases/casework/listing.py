"""How cases and their history are filtered, sorted and searched."""

from cases.casework import queries
from cases.casework.models import Case, CaseHistory
from cases.casework.rules import CaseStatus, Origin, Priority
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing

CASES = Listing(
    id=Case.id,
    filters={
        "status": text(Case.status, choices=CaseStatus),
        "is_open": flag(Case.is_open),
        "type": text(Case.type),
        "origin": text(Case.origin, choices=Origin),
        "priority": text(Case.priority, choices=Priority),
        "customer_id": text(Case.customer_id, nullable=True),
        "contact_id": text(Case.contact_id, nullable=True),
        "owner_id": text(Case.owner_id, nullable=True),
        "team_id": text(Case.team_id, nullable=True),
        "form_key": text(Case.form_key, nullable=True),
        "number": text(Case.number),
        "opened_at": instant(Case.opened_at),
        "closed_at": instant(Case.closed_at),
        "created_at": instant(Case.created_at),
        "updated_at": instant(Case.updated_at),
    },
    sorts={
        "created_at": Case.created_at,
        "updated_at": Case.updated_at,
        "opened_at": Case.opened_at,
        "number": Case.number,
        "subject": Case.subject,
        "status": Case.status,
    },
    default_sort="-created_at",
    search=queries.matches,
)
CASE_HISTORY = Listing(
    id=CaseHistory.id,
    filters={"kind": text(CaseHistory.kind)},
    sorts={"at": CaseHistory.at},
    default_sort="-at",
)
