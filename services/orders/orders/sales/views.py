"""Orders and purchase histories over HTTP."""

from flask import Response
from sqlalchemy import Select

from orders.ledger.rules import Terms
from orders.projections.queries import get_customer, get_customer_of_body, is_customer_known
from orders.sales import actions, queries
from orders.sales.actions import RequestedLine
from orders.sales.document import render_order
from orders.sales.listing import ORDERS, PURCHASES
from orders.sales.models import Order, OrderLine
from orders.sales.schemas import OrderCancel, OrderCreate, OrderRead, OrderUpdate, PurchaseRead
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("orders")


@routes.page("/orders", needs="orders:read", listing=ORDERS, returns=OrderRead)
def list_orders(call: Call) -> Select[Order]:
    """List and search orders; `q` finds numbers and customer names."""
    return queries.visible_orders(call.principal)


@routes.get("/orders/<id>", needs="orders:read", returns=OrderRead)
def get_order(call: Call, id: str) -> Order:
    """Show an order."""
    return queries.get_order(call.session, call.principal, id)


@routes.post(
    "/orders",
    needs="orders:write",
    body=OrderCreate,
    returns=OrderRead,
    location="/api/v1/orders/{id}",
    waits_for=lambda session, body: is_customer_known(session, body["customer_id"]),
)
def place_order(call: Call) -> Order:
    """Place an order; what a line leaves out comes from the catalogue."""
    return actions.place_order(
        call.session,
        by=call.by,
        customer=get_customer_of_body(call.session, call.principal, call.body["customer_id"]),
        requested=[RequestedLine(**line) for line in call.body["lines"]],
        currency=call.body["currency"],
        note=call.body["note"],
        terms=Terms.from_settings(call.settings),
    )


@routes.patch("/orders/<id>", needs="orders:write", body=OrderUpdate, returns=OrderRead)
def update_order(call: Call, id: str) -> Order:
    """Change an order's note."""
    return actions.update_order(call.session, _order_as_seen(call, id), by=call.by, changes=call.body)


@routes.action("/orders/<id>:confirm", needs="orders:write", returns=OrderRead, if_match="required")
def confirm_order(call: Call, id: str) -> Order:
    """Confirm an order; this issues its invoice."""
    terms = Terms.from_settings(call.settings)
    return actions.confirm_order(call.session, _order_as_seen(call, id), by=call.by, terms=terms)


@routes.action("/orders/<id>:fulfil", needs="orders:write", returns=OrderRead)
def fulfil_order(call: Call, id: str) -> Order:
    """Mark a confirmed order as delivered."""
    return actions.fulfil_order(call.session, _order_as_seen(call, id), by=call.by)


@routes.action("/orders/<id>:cancel", needs="orders:write", body=OrderCancel, returns=OrderRead)
def cancel_order(call: Call, id: str) -> Order:
    """Cancel an order; an invoice that was issued becomes void and what paid it becomes credit."""
    order, terms = _order_as_seen(call, id), Terms.from_settings(call.settings)
    return actions.cancel_order(call.session, order, by=call.by, reason=call.body["reason"], terms=terms)


@routes.action(
    "/orders/<id>:duplicate", needs="orders:write", returns=OrderRead, status=201, location="/api/v1/orders/{id}"
)
def duplicate_order(call: Call, id: str) -> Order:
    """Order the same again for the same customer."""
    order = queries.get_order(call.session, call.principal, id)
    return actions.duplicate_order(call.session, order, by=call.by, terms=Terms.from_settings(call.settings))


@routes.get("/orders/<id>/document", needs="orders:read", is_raw=True)
def get_order_document(call: Call, id: str) -> Response:
    """Print an order as an HTML page."""
    order = queries.get_order(call.session, call.principal, id)
    answer = Response(render_order(order), content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"  # its own, to print
    return answer


@routes.page(
    "/customers/<id>/purchases",
    needs="orders:read",
    listing=PURCHASES,
    returns=PurchaseRead,
    waits_for=lambda session, path: is_customer_known(session, path["id"]),
)
def list_customer_purchases(call: Call, id: str) -> Select[OrderLine]:
    """List what a customer bought, newest first; `type` tells the kinds of products apart."""
    return queries.purchases(get_customer(call.session, call.principal, id).id)


def _order_as_seen(call: Call, id: str) -> Order:
    """The order, whose version must be the one in If-Match where the caller sent it."""
    order = queries.get_order(call.session, call.principal, id)
    call.check_version(order)
    return order
