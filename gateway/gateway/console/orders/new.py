"""Taking an order by hand: a few lines against the catalogue; the orders service computes price, tax and totals."""

import re
from typing import Any, Final

from flask import Blueprint, Response, request

from gateway.console.page.client import ApiRequest, fetch_record, send
from gateway.console.page.formatters import money
from gateway.console.page.forms import Form
from gateway.console.page.rendering import redirect_to, render, require, require_permission
from gateway.console.page.shell import fetch_page

blueprint = Blueprint("console_order_new", __name__)

ROWS: Final = range(1, 7)
LINE: Final = re.compile(r"/lines/(\d+)/(sku|quantity|discount_percent)")


@blueprint.get("/orders/new")
def show_new_order() -> Response:
    """Empty lines for the customer that is named."""
    require_permission("orders:write", "taking orders")
    return _form(Form(values={"customer_id": request.args.get("customer", "")}))


@blueprint.post("/orders/new")
def place_order() -> Response:
    """Place it; an error of a line stands at that line."""
    require_permission("orders:write", "taking orders")
    form = Form.posted()
    filled = [row for row in ROWS if form.value(f"sku-{row}")]
    form.require("customer_id", "Choose a customer.")
    if not filled:
        form.errors["sku-1"] = "Choose at least one product."
    if form.is_wrong:
        return _form(form, status=422)
    body = {
        "customer_id": form.value("customer_id"),
        "lines": [_line(form, row) for row in filled],
        "note": form.value("note") or None,
    }
    response = send("POST", "orders", "/orders", body=body)
    if response.ok:
        return redirect_to(
            f"/orders/{response.data['id']}", f"{response.data['number']} is placed. Confirm it to issue the invoice."
        )
    return _form(form.refused(response, names=_names(response.data, filled)), status=response.status)


def _line(form: Form, row: int) -> dict[str, Any]:
    discount = form.value(f"discount_percent-{row}")
    line = {"sku": form.value(f"sku-{row}"), "quantity": form.value(f"quantity-{row}") or "1"}
    return {**line, "discount_percent": discount} if discount else line


def _names(problem: Any, filled: list[int]) -> dict[str, str]:
    """Field names by pointer: `/lines/0/sku` is the first row with a product."""
    pointers = [str(one.get("pointer", "")) for one in problem.get("errors") or []] if isinstance(problem, dict) else []
    found = {pointer: LINE.match(pointer) for pointer in pointers}
    return {pointer: f"{match[2]}-{filled[int(match[1])]}" for pointer, match in found.items() if match}


def _form(form: Form, *, status: int = 200) -> Response:
    responses = fetch_page(
        products=ApiRequest("orders", "/products", {"is_active": "true", "limit": 200}),
        customers=ApiRequest("customers", "/customers", {"sort": "-updated_at", "limit": 50}, needs="customers:read"),
    )
    products = require(responses["products"], "catalogue")["data"]
    customer_id = form.value("customer_id")
    customer = fetch_record("customers", "customers", customer_id) if customer_id else None
    return render(
        "orders/new.html",
        status=status,
        form=form,
        customer=customer.data if customer and customer.ok else None,
        customers=[(row["id"], f"{row['name']} · {row['number']}") for row in responses["customers"].rows],
        products=[(row["sku"], f"{row['name']} · {money(row['unit_price'])}") for row in products],
        rows=ROWS,
    )
