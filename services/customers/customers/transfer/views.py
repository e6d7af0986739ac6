"""The file of customers over HTTP."""

from collections.abc import Iterator
from typing import Any

from flask import Response
from sqlalchemy import RowMapping

from customers.directory.listing import CUSTOMERS, leave_out_archived
from customers.directory.queries import visible_customers
from customers.transfer.rules import COLUMNS, csv_lines
from servicekit.http.call import Call
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes
from servicekit.http.schemas import Schema

routes = Routes("transfer")

_PAGING = ("limit", "cursor", "include_total")


def _same_filters(listing: Listing) -> type[Schema]:
    """What a list is filtered and sorted by, without what cuts it into pages."""
    known = listing.query_schema().fields
    kept = {name: field for name, field in known.items() if name not in _PAGING}
    return Schema.from_dict(kept, name="CustomerExportQuery")  # type: ignore[return-value]


@routes.get("/customers.csv", needs="customers:read", query=_same_filters(CUSTOMERS), is_raw=True)
def export_customers(call: Call) -> Response:
    """Export the filtered list as CSV.

    All of it, in the list's own filters, search and order. A cell that a spreadsheet would run begins with an
    apostrophe.
    """
    listed = CUSTOMERS.narrow(leave_out_archived(visible_customers(call.principal), call.query), call.query)
    order = [column.desc() if is_down else column.asc() for column, is_down in CUSTOMERS.order(call.query["sort"])]
    answer = Response("".join(csv_lines(_rows(call, listed.order_by(*order)))), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="customers.csv"'
    return answer


def _rows(call: Call, listed: Any) -> Iterator[RowMapping]:
    columns = [listed.selected_columns[name] for name in COLUMNS]
    plain = listed.with_only_columns(*columns)
    yield from call.session.execute(plain.execution_options(yield_per=1000)).mappings()
