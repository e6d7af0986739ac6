"""One order: its lines, totals and invoice, and the next steps."""

from typing import Any, Final

from flask import Blueprint, Response, request

from gateway.console.page import cells
from gateway.console.page.actions import Action
from gateway.console.page.client import fetch, send
from gateway.console.page.forms import Form
from gateway.console.page.records import Fact, Panel, Record, RecordPage
from gateway.console.page.rendering import redirect_to, render, require, require_permission

blueprint = Blueprint("console_order", __name__)

DONE: Final = {"confirm": "is confirmed, its invoice is issued", "fulfil": "is fulfilled"}
CHANGED_SINCE: Final = 412
CANCELLABLE: Final = frozenset({"placed", "confirmed"})


def _version(order: Record) -> dict[str, Any]:
    return {"version": order["version"]}


def _placed(order: Record) -> str:
    return cells.time(order, "placed_at" if order.get("placed_at") else "created_at")


PAGE = RecordPage(
    section="orders",
    path="/orders/{id}",
    list_label="Orders",
    noun="order",
    service="orders",
    resource="/orders",
    needs="orders:read",
    title=lambda order: f"Order {order['number']}",
    chips=lambda order: [("order", order["status"])],
    facts=(
        Fact(
            lambda order: (order.get("customer_name") or "Customer") if order.get("customer_id") else None,
            icon="building",
            href=lambda order: f"/customers/{order['customer_id']}",
        ),
        Fact(lambda order: cells.labelled("placed", _placed(order))),
    ),
    actions=(
        Action(
            label="Confirm",
            href="/orders/{id}/confirm",
            icon="circle-check",
            needs="orders:write",
            when=lambda order: order["status"] == "placed",
            place="primary",
            post=True,
            values=_version,
        ),
        Action(
            label="Fulfil",
            href="/orders/{id}/fulfil",
            icon="truck-delivery",
            needs="orders:write",
            when=lambda order: order["status"] == "confirmed",
            place="primary",
            post=True,
            values=_version,
        ),
        Action(
            label="Cancel …",
            href="/orders/{id}/cancel",
            icon="circle-x",
            needs="orders:write",
            when=lambda order: order["status"] in CANCELLABLE,
        ),
    ),
    panels=(
        Panel(title="Invoice", template="orders/_invoice.html"),
        Panel(
            title="Order",
            facts=lambda order: [
                ("Placed", _placed(order)),
                ("Confirmed", cells.time(order, "confirmed_at") if order.get("confirmed_at") else None),
                ("Cancelled", order.get("cancel_reason")),
            ],
        ),
    ),
    templates={"": "orders/record.html"},
)


@blueprint.get("/orders/<id>")
def show_order(id: str) -> Response:
    """Lines, totals, invoice."""
    return PAGE.show(id)


@blueprint.post("/orders/<id>/<any(confirm, fulfil):move>")
def move_order(id: str, move: str) -> Response:
    """The next step; refused when the order has changed since it was read."""
    require_permission("orders:write", "changing orders")
    response = send("POST", "orders", f"/orders/{id}:{move}", version=request.form.get("version"))
    if response.ok:
        return redirect_to(f"/orders/{id}", f"{response.data['number']} {DONE[move]}.")
    problem = (
        "Somebody changed this order meanwhile. Nothing was done: look again."
        if response.status == CHANGED_SINCE
        else response.detail
    )
    return PAGE.show(id, problem=problem, status=response.status)


@blueprint.route("/orders/<id>/cancel", methods=["GET", "POST"])
def cancel_order(id: str) -> Response:
    """Ask for the reason, then cancel."""
    require_permission("orders:write", "cancelling orders")
    order = require(fetch("orders", f"/orders/{id}"), "order")
    form = Form.posted()
    if request.method == "GET":
        return render("orders/cancel.html", order=order, form=form, version=order["version"])
    form.require("reason", "Say why.")
    if not form.is_wrong:
        body = {"reason": form.value("reason")}
        response = send("POST", "orders", f"/orders/{id}:cancel", body=body, version=form.value("version"))
        if response.ok:
            return redirect_to(f"/orders/{id}", f"{response.data['number']} is cancelled.")
        form.refused(response)
    return render("orders/cancel.html", order=order, form=form, version=order["version"], status=422)
