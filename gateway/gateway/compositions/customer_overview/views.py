"""The API of the customer overview."""

from typing import Any
from urllib.parse import quote

from gateway.compositions.customer_overview.schemas import OverviewRead
from gateway.compositions.parts import NOT_FOUND, PartRequest, compose, fetch_parts
from gateway.http.upstreams import UpstreamResponse
from servicekit.auth import Scope
from servicekit.errors import NotFound, Unavailable
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("overview")

ROWS = 10


@routes.get("/customers/<id>/overview", needs="customers:read", returns=OverviewRead)
def get_customer_overview(call: Call, id: str) -> dict[str, Any]:
    """Everything about one customer in one answer.

    The parts are asked for at the same time. While a service is down its parts say `unavailable`.
    """
    fetched = fetch_parts(call.principal, _parts_of(id))
    customer = fetched["customer"]
    if isinstance(customer, UpstreamResponse) and customer.status == NOT_FOUND:
        raise NotFound("There is no such customer.")
    if isinstance(customer, Unavailable) and call.principal.scope is not Scope.ALL:
        # Whether this customer is theirs only the customers service knows.
        raise customer
    return compose(fetched)


def _parts_of(customer_id: str) -> dict[str, PartRequest]:
    one = f"/api/v1/customers/{quote(customer_id, safe='')}"
    its = {"customer_id": customer_id, "limit": ROWS}
    return {
        "customer": PartRequest(service="customers", path=one, needs="customers:read"),
        "contacts": PartRequest(
            service="customers", path=f"{one}/contacts", needs="customers:read", params={"limit": ROWS}
        ),
        "timeline": PartRequest(
            service="customers", path=f"{one}/timeline", needs="customers:read", params={"limit": ROWS * 2}
        ),
        "cases": PartRequest(service="cases", path="/api/v1/cases", needs="cases:read", params=its),
        "work_items": PartRequest(service="cases", path="/api/v1/work-items", needs="cases:read", params=its),
        "orders": PartRequest(service="orders", path="/api/v1/orders", needs="orders:read", params=its),
        "balance": PartRequest(service="orders", path=f"{one}/balance", needs="orders:read"),
        "emails": PartRequest(service="notifications", path="/api/v1/emails", needs="notifications:read", params=its),
    }
