"""The API of the search."""

from typing import Any

from gateway.compositions.parts import PartRequest, compose, fetch_parts
from gateway.compositions.search.schemas import SearchQuery, SearchRead
from servicekit.auth import SIGNED_IN
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("search")

KINDS = {"customers": "customers:read", "cases": "cases:read", "orders": "orders:read"}


@routes.get("/search", needs=SIGNED_IN, query=SearchQuery, returns=SearchRead)
def search_records(call: Call) -> dict[str, Any]:
    """Search customers, cases and orders at once; each kind in its own service, with the caller's rights."""
    params = {"q": call.query["q"], "limit": call.query["limit"]}
    parts = {
        name: PartRequest(service=name, path=f"/api/v1/{name}", needs=needs, params=params)
        for name, needs in KINDS.items()
    }
    return compose(fetch_parts(call.principal, parts))
