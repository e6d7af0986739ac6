"""The list of orders, newest first."""

from flask import Blueprint, Response

from gateway.console.orders.statuses import ORDER
from gateway.console.page import cells
from gateway.console.page.actions import Action
from gateway.console.page.hits import Hit, SearchSource
from gateway.console.page.lists import EmptyState, Filter, ListPage, View
from gateway.console.page.rows import Row
from gateway.console.page.statuses import choices
from gateway.console.page.tables import Column, Table

blueprint = Blueprint("console_orders", __name__)


def _line_count(row: Row, _key: str) -> str:
    return str(len(row["lines"]) if row.get("lines") else row.get("line_count") or "–")


def _placed(row: Row, _key: str) -> str:
    return cells.time(row, "placed_at" if row.get("placed_at") else "created_at")


TABLE = Table(
    "Orders",
    (
        Column("number", "Order", cells.link("/orders/{id}"), phone=1),
        Column("status", "Status", cells.status("order"), phone=2),
        Column("customer_name", "Customer", cells.link("/customers/{customer_id}", "cut d-block"), phone=3, cut=True),
        Column("lines", "Lines", _line_count, numeric=True),
        Column("total", "Total", cells.money, phone=4, numeric=True, strong=True),
        Column("placed_at", "Placed", _placed, muted=True),
    ),
)
NEW_ORDER = Action(label="New order", href="/orders/new", icon="plus", needs="orders:write", place="primary")
PAGE = ListPage(
    section="orders",
    path="/orders",
    title="Orders",
    noun="order",
    service="orders",
    resource="/orders",
    needs="orders:read",
    table=TABLE,
    filters=(
        Filter("status"),
        Filter("customer", query=lambda value: {"customer_id": value or None}),
    ),
    views=(
        View("", "All orders"),
        *(View(key, label, {"status": key}) for key, label in choices(ORDER) if key != "draft"),
    ),
    views_keep=("customer", "q"),
    actions=(NEW_ORDER,),
    empty=EmptyState(
        icon="receipt",
        title="No orders yet",
        text="Orders come from programs over the API, or from you.",
        action=NEW_ORDER,
    ),
    no_match_title="No order is here.",
    no_match_text="No order has this state.",
)


def _hit(row: Row) -> Hit:
    customer = row.get("customer_name") or ""
    return Hit(id=row["id"], href=f"/orders/{row['id']}", title=row["number"], text=customer, status=row["status"])


SEARCH = SearchSource(
    service="orders",
    path="/orders",
    needs="orders:read",
    label="Orders",
    href="/orders",
    status_kind="order",
    icon="receipt",
    hit=_hit,
)


@blueprint.get("/orders")
def list_orders() -> Response:
    """Orders that match the address."""
    return PAGE.show()
