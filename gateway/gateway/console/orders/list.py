"""Orders: the list, and one order with its lines, totals and next steps."""

from typing import Any

from flask import Blueprint, Response, request

from gateway.console.page import lists
from gateway.console.page.client import Question, ask, tell
from gateway.console.page.forms import Form
from gateway.console.page.rendering import allow, ask_page, go, need, page
from gateway.console.search.search import NUMBER, go_to_number

blueprint = Blueprint("console_orders", __name__)

VIEWS = {
    "": "All orders",
    "placed": "Placed",
    "confirmed": "Confirmed",
    "fulfilled": "Fulfilled",
    "cancelled": "Cancelled",
}
NEXT = {"placed": [("confirm", "Confirm", "circle-check")], "confirmed": [("fulfil", "Fulfil", "truck-delivery")]}
SAID = {"confirm": "is confirmed, its invoice is issued", "fulfil": "is fulfilled"}
CHANGED_SINCE = 412
CANCELLABLE = frozenset({"placed", "confirmed"})


@blueprint.get("/orders")
def list_orders() -> Response:
    """Newest first."""
    allow("orders:read", "orders")
    filters = lists.chosen("status", "customer", "q")
    params = {
        "status": filters["status"] or None,
        "customer_id": filters["customer"] or None,
        "q": filters["q"] or None,
        "cursor": filters["after"] or None,
        "limit": lists.PAGE_ROWS,
        "include_total": "true",
    }
    answer = ask_page(orders=Question("orders", "/orders", params))["orders"]
    return page(
        "orders/list.html",
        answer=answer,
        total=answer.total,
        filters=filters,
        view=filters["status"],
        views=[
            {"key": key, "label": label, "href": lists.address("/orders", filters, status=key, after=None)}
            for key, label in VIEWS.items()
        ],
        next_href=lists.address("/orders", filters, after=answer.next),
        first_href=lists.address("/orders", filters, after=None),
    )


@blueprint.get("/orders/<id>")
def show_order(id: str) -> Response:
    """Lines, totals, invoice."""
    if NUMBER.match(id):
        return go_to_number(id)
    allow("orders:read", "orders")
    return _show(need(ask_page(order=Question("orders", f"/orders/{id}"))["order"], "order"))


def _show(order: dict[str, Any], *, problem: str = "", status: int = 200) -> Response:
    return page(
        "orders/show.html",
        status=status,
        order=order,
        version=order["version"],
        moves=NEXT.get(order["status"], []),
        cancellable=order["status"] in CANCELLABLE,
        problem=problem,
    )


@blueprint.post("/orders/<id>/<any(confirm, fulfil):move>")
def move_order(id: str, move: str) -> Response:
    """The next step; refused when the order has changed since it was read."""
    allow("orders:write", "changing orders")
    answer = tell("POST", "orders", f"/orders/{id}:{move}", version=request.form.get("version"))
    if answer.ok:
        return go(f"/orders/{id}", f"{answer.data['number']} {SAID[move]}.")
    problem = (
        "Somebody changed this order meanwhile. Nothing was done: look again."
        if answer.status == CHANGED_SINCE
        else answer.detail
    )
    return _show(need(ask("orders", f"/orders/{id}"), "order"), problem=problem, status=answer.status)


@blueprint.route("/orders/<id>/cancel", methods=["GET", "POST"])
def cancel_order(id: str) -> Response:
    """Ask for the reason, then cancel."""
    allow("orders:write", "cancelling orders")
    order = need(ask("orders", f"/orders/{id}"), "order")
    form = Form.posted()
    if request.method == "GET":
        return page("orders/cancel.html", order=order, form=form, version=order["version"])
    form.require("reason", "Say why.")
    if not form.is_wrong:
        answer = tell(
            "POST",
            "orders",
            f"/orders/{id}:cancel",
            body={"reason": form.value("reason")},
            version=form.value("version"),
        )
        if answer.ok:
            return go(f"/orders/{id}", f"{answer.data['number']} is cancelled.")
        form.refused(answer)
    return page("orders/cancel.html", order=order, form=form, version=order["version"], status=422)
