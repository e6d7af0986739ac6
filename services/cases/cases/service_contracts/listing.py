"""How service contracts are filtered, sorted and searched."""

from typing import Any

from marshmallow import fields

from cases.service_contracts import queries
from cases.service_contracts.models import ServiceContract
from servicekit.http.filters import Filter, flag, text
from servicekit.http.listing import Listing


def _day(column: Any) -> Filter:
    return Filter(column=column, operators=dict.fromkeys(("gte", "lte"), fields.Date))


SERVICE_CONTRACTS = Listing(
    id=ServiceContract.id,
    filters={
        "customer_id": text(ServiceContract.customer_id),
        "starts_on": _day(ServiceContract.starts_on),
        "ends_on": _day(ServiceContract.ends_on),
        "is_cancelled": flag(ServiceContract.cancelled_at.is_not(None)),
    },
    sorts={
        "created_at": ServiceContract.created_at,
        "starts_on": ServiceContract.starts_on,
        "number": ServiceContract.number,
        "name": ServiceContract.name,
    },
    default_sort="-created_at",
    search=queries.matches,
)
