"""Orders and purchase histories over HTTP."""

from flask import Response
from sqlalchemy import Select, or_

from orders.catalogue.rules import ProductType
from orders.ledger.views import customer_is_known, named_customer, terms_of
from orders.projections.models import Customer
from orders.projections.queries import get_customer
from orders.projections.rules import search_key
from orders.sales import actions
from orders.sales.document import render_order
from orders.sales.models import Order, OrderLine
from orders.sales.queries import get_order, purchases, visible_orders
from orders.sales.rules import OrderStatus
from orders.sales.schemas import OrderCancel, OrderCreate, OrderRead, OrderUpdate, PurchaseRead
from servicekit.http.call import Call
from servicekit.http.filters import instant, integer, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("orders")

ORDERS = Listing(
    id=Order.id,
    sorts={
        "placed_at": Order.placed_at,
        "number": Order.number,
        "total": Order.total_minor,
        "customer_name": Customer.name_key,
    },
    default_sort="-placed_at",
    filters={
        "status": text(Order.status, choices=OrderStatus),
        "customer_id": text(Order.customer_id),
        "number": text(Order.number, prefix=True),
        "currency": text(Order.currency),
        "placed_at": instant(Order.placed_at),
        "total_minor": integer(Order.total_minor),
    },
    search=lambda q: or_(
        Order.number.icontains(q, autoescape=True), Customer.name_key.contains(search_key(q), autoescape=True)
    ),
)

PURCHASES = Listing(
    id=OrderLine.id,
    sorts={"placed_at": OrderLine.placed_at},
    default_sort="-placed_at",
    filters={"type": text(OrderLine.type, choices=ProductType), "placed_at": instant(OrderLine.placed_at)},
)


@routes.page("/orders", needs="orders:read", listing=ORDERS, returns=OrderRead)
def list_orders(call: Call) -> Select[Order]:
    """List and search orders; `q` finds numbers and customer names."""
    return visible_orders(call.principal)


@routes.get("/orders/<id>", needs="orders:read", returns=OrderRead)
def show_order(call: Call, id: str) -> Order:
    """Show an order."""
    return get_order(call.session, call.principal, id)


@routes.post(
    "/orders",
    needs="orders:write",
    body=OrderCreate,
    returns=OrderRead,
    location="/api/v1/orders/{id}",
    waits_for=customer_is_known,
)
def place_order(call: Call) -> Order:
    """Place an order; what a line leaves out comes from the catalogue."""
    return actions.place_order(
        call.session,
        customer=named_customer(call),
        wanted=[actions.Wanted(**line) for line in call.body["lines"]],
        currency=call.body["currency"],
        note=call.body["note"],
        placed_by=call.principal.id,
        terms=terms_of(call.settings),
        now=call.now,
    )


@routes.patch("/orders/<id>", needs="orders:write", body=OrderUpdate, returns=OrderRead)
def change_note(call: Call, id: str) -> Order:
    """Change an order's note."""
    order = _take(call, id)
    if "note" not in call.body:
        return order
    return actions.change_note(call.session, order=order, note=call.body["note"], now=call.now)


@routes.action("/orders/<id>:confirm", needs="orders:write", returns=OrderRead, if_match="required")
def confirm_order(call: Call, id: str) -> Order:
    """Confirm an order; this issues its invoice."""
    return actions.confirm_order(call.session, order=_take(call, id), terms=terms_of(call.settings), now=call.now)


@routes.action("/orders/<id>:fulfil", needs="orders:write", returns=OrderRead)
def fulfil_order(call: Call, id: str) -> Order:
    """Mark a confirmed order as delivered."""
    return actions.fulfil_order(call.session, order=_take(call, id), now=call.now)


@routes.action("/orders/<id>:cancel", needs="orders:write", body=OrderCancel, returns=OrderRead)
def cancel_order(call: Call, id: str) -> Order:
    """Cancel an order; an invoice that was issued becomes void and what paid it becomes credit."""
    return actions.cancel_order(
        call.session,
        order=_take(call, id),
        reason=call.body["reason"],
        terms=terms_of(call.settings),
        now=call.now,
    )


@routes.action(
    "/orders/<id>:duplicate", needs="orders:write", returns=OrderRead, status=201, location="/api/v1/orders/{id}"
)
def duplicate_order(call: Call, id: str) -> Order:
    """Order the same again for the same customer."""
    return actions.duplicate_order(
        call.session,
        order=get_order(call.session, call.principal, id),
        placed_by=call.principal.id,
        terms=terms_of(call.settings),
        now=call.now,
    )


@routes.get("/orders/<id>/document", needs="orders:read", is_raw=True)
def print_order(call: Call, id: str) -> Response:
    """Print an order as an HTML page."""
    order = get_order(call.session, call.principal, id)
    answer = Response(render_order(order), content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"  # its own, to print
    return answer


@routes.page(
    "/customers/<id>/purchases",
    needs="orders:read",
    listing=PURCHASES,
    returns=PurchaseRead,
    waits_for=customer_is_known,
)
def list_purchases(call: Call, id: str) -> Select[OrderLine]:
    """List what a customer bought, newest first; `type` tells the kinds of products apart."""
    return purchases(get_customer(call.session, call.principal, id).id)


def _take(call: Call, id: str) -> Order:
    order = get_order(call.session, call.principal, id)
    call.check_version(order)
    return order
