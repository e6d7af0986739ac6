"""How customers are filtered, sorted and searched."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select

from customers.directory.models import Customer
from customers.directory.queries import SHOWN
from customers.directory.rules import CustomerKind, CustomerStatus
from customers.directory.search import matching
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing

CUSTOMERS = Listing(
    id=Customer.id,
    filters={
        "status": text(Customer.status, choices=CustomerStatus),
        "kind": text(Customer.kind, choices=CustomerKind),
        "owner_id": text(Customer.owner_id, nullable=True),
        "team_id": text(Customer.team_id, nullable=True),
        "industry": text(Customer.industry, nullable=True),
        "name": text(Customer.name, prefix=True),
        "email": text(Customer.email_norm),
        "source": text(Customer.source),
        "created_at": instant(Customer.created_at),
        "updated_at": instant(Customer.updated_at),
        "is_archived": flag(Customer.is_archived),
        "is_blocked": flag(Customer.is_blocked),
    },
    sorts={
        "created_at": Customer.created_at,
        "updated_at": Customer.updated_at,
        "name": Customer.name_search,
        "number": Customer.number,
        "status": Customer.status,
        "customer_since": Customer.customer_since,
    },
    default_sort="-created_at",
    search=matching,
    records=SHOWN,
)


def leave_out_archived(customers: Select[Customer], query: Mapping[str, Any]) -> Select[Customer]:
    """Without the archived ones, unless the query says which of them it wants."""
    return customers if query.get("is_archived") is not None else customers.where(Customer.is_archived.is_(False))
