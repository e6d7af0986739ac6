"""Taking an order: a few lines against the catalogue; price, tax and totals are the orders service's to know."""

import re
from typing import Any, Final

from flask import Blueprint, Response, request

from gateway.console.page.client import Question, ask_record, tell
from gateway.console.page.formatters import money
from gateway.console.page.forms import Form
from gateway.console.page.rendering import allow, ask_page, go, need, page

blueprint = Blueprint("console_ordering", __name__)

ROWS: Final = range(1, 7)
LINE: Final = re.compile(r"/lines/(\d+)/(sku|quantity|discount_percent)")


@blueprint.get("/orders/new")
def ask_for_order() -> Response:
    """Empty lines for the customer that is named."""
    allow("orders:write", "taking orders")
    return _new(Form(values={"customer_id": request.args.get("customer", "")}))


@blueprint.post("/orders/new")
def place_order() -> Response:
    """Place it; what is wrong with a line is said at that line."""
    allow("orders:write", "taking orders")
    form = Form.posted()
    filled = [row for row in ROWS if form.value(f"sku-{row}")]
    form.require("customer_id", "Choose a customer.")
    if not filled:
        form.errors["sku-1"] = "Choose at least one product."
    if form.is_wrong:
        return _new(form, status=422)
    body = {
        "customer_id": form.value("customer_id"),
        "lines": [_line(form, row) for row in filled],
        "note": form.value("note") or None,
    }
    answer = tell("POST", "orders", "/orders", body=body)
    if answer.ok:
        return go(
            f"/orders/{answer.data['id']}", f"{answer.data['number']} is placed. Confirm it to issue the invoice."
        )
    return _new(form.refused(answer, names=_names(answer.data, filled)), status=answer.status)


def _line(form: Form, row: int) -> dict[str, Any]:
    discount = form.value(f"discount_percent-{row}")
    line = {"sku": form.value(f"sku-{row}"), "quantity": form.value(f"quantity-{row}") or "1"}
    return {**line, "discount_percent": discount} if discount else line


def _names(problem: Any, filled: list[int]) -> dict[str, str]:
    """`/lines/0/sku` is the first row that says something."""
    pointers = [str(one.get("pointer", "")) for one in problem.get("errors") or []] if isinstance(problem, dict) else []
    found = {pointer: LINE.match(pointer) for pointer in pointers}
    return {pointer: f"{match[2]}-{filled[int(match[1])]}" for pointer, match in found.items() if match}


def _new(form: Form, *, status: int = 200) -> Response:
    answers = ask_page(
        products=Question("orders", "/products", {"is_active": "true", "limit": 200}),
        customers=Question("customers", "/customers", {"sort": "-updated_at", "limit": 50}, needs="customers:read"),
    )
    products = need(answers["products"], "catalogue")["data"]
    chosen = form.value("customer_id")
    named = ask_record("customers", "customers", chosen) if chosen else None
    return page(
        "orders/new.html",
        status=status,
        form=form,
        customer=named.data if named and named.ok else None,
        customers=[(row["id"], f"{row['name']} · {row['number']}") for row in answers["customers"].rows],
        products=[(row["sku"], f"{row['name']} · {money(row['unit_price'])}") for row in products],
        rows=ROWS,
    )
