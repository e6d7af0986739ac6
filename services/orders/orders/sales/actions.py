"""Placing an order and moving it on; the ledger records every step in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from orders.catalogue.models import Product
from orders.catalogue.queries import products_by_sku
from orders.ledger import actions as ledger
from orders.ledger.rules import Terms
from orders.projections.models import CustomerProjection
from orders.projections.rules import check_may_buy
from orders.sales.events import OrderCancelled, OrderConfirmed, OrderFulfilled, OrderPlaced, OrderState
from orders.sales.models import Order, OrderLine
from orders.sales.rules import (
    BASIS_POINTS,
    THOUSAND,
    OrderIsClosed,
    OrderStatus,
    add_up,
    check_move,
    price_line,
)
from servicekit.actor import Actor
from servicekit.database.numbers import next_number
from servicekit.errors import FieldError, Invalid
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.money import Money


@dataclass(frozen=True, kw_only=True)
class RequestedLine:
    """One line as a buyer asks for it; what is None comes from the catalogue."""

    sku: str
    quantity: Decimal
    unit_price: Money | None = None
    discount_percent: Decimal = Decimal(0)
    description: str | None = None


def place_order(
    session: Session,
    *,
    by: Actor,
    customer: CustomerProjection,
    requested: Sequence[RequestedLine],
    currency: str | None,
    note: str | None,
    terms: Terms,
    duplicate_of_id: str | None = None,
) -> Order:
    """Price the lines and store the order; without a currency it is that of the first product."""
    _check_may_buy(customer)
    products = _find_products(session, requested)
    currency = currency or (requested[0].unit_price or products[requested[0].sku].unit_price).currency
    _check_currencies(requested, products, currency)
    lines = [
        _line(position, line, products[line.sku], customer.id, by.now)
        for position, line in enumerate(requested, start=1)
    ]
    order = Order(
        id=new_id("ord"),
        number=f"O-{next_number(session, 'order'):06d}",
        customer=customer,
        customer_id=customer.id,
        status=OrderStatus.PLACED,
        currency=currency,
        note=note,
        placed_at=by.now,
        placed_by=by.id or by.kind.value,
        duplicate_of_id=duplicate_of_id,
        created_at=by.now,
        updated_at=by.now,
        lines=lines,
    )
    sums = add_up(line.amounts for line in lines)
    order.net_minor, order.tax_minor, order.total_minor = sums.net, sums.tax, sums.total
    session.add(order)
    session.flush()
    ledger.record_order(session, by=by, order_id=order.id, customer_id=customer.id, currency=currency, terms=terms)
    _publish(session, OrderPlaced, order, by)
    return order


def duplicate_order(session: Session, order: Order, *, by: Actor, terms: Terms) -> Order:
    """Order the same again, at the same prices and discounts; the tax is today's."""
    requested = [
        RequestedLine(
            sku=line.sku,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            description=line.description,
        )
        for line in order.lines
    ]
    return place_order(
        session,
        by=by,
        customer=order.customer,
        requested=requested,
        currency=order.currency,
        note=order.note,
        terms=terms,
        duplicate_of_id=order.id,
    )


def confirm_order(session: Session, order: Order, *, by: Actor, terms: Terms) -> Order:
    """Make it binding and issue the invoice, in one commit."""
    check_move(order.status, OrderStatus.CONFIRMED)
    _check_may_buy(order.customer)
    order.status, order.confirmed_at = OrderStatus.CONFIRMED, by.now
    order.bump(by.now)
    ledger.issue_invoice(
        session,
        by=by,
        order_id=order.id,
        customer_id=order.customer_id,
        currency=order.currency,
        total=order.total_minor,
        terms=terms,
    )
    session.expire(order, ["invoice"])
    _publish(session, OrderConfirmed, order, by)
    return order


def fulfil_order(session: Session, order: Order, *, by: Actor) -> Order:
    """Everything was delivered. A blocked customer still gets what was confirmed."""
    check_move(order.status, OrderStatus.FULFILLED)
    order.status, order.fulfilled_at = OrderStatus.FULFILLED, by.now
    order.bump(by.now)
    _publish(session, OrderFulfilled, order, by)
    return order


def cancel_order(session: Session, order: Order, *, by: Actor, reason: str, terms: Terms) -> Order:
    """Withdraw it, and its invoice if there is one."""
    check_move(order.status, OrderStatus.CANCELLED)
    order.status, order.cancelled_at, order.cancel_reason = OrderStatus.CANCELLED, by.now, reason
    order.bump(by.now)
    ledger.record_cancellation(
        session, by=by, order_id=order.id, customer_id=order.customer_id, currency=order.currency, terms=terms
    )
    session.expire(order, ["invoice"])
    _publish(session, OrderCancelled, order, by)
    return order


def update_order(session: Session, order: Order, *, by: Actor, changes: Mapping[str, Any]) -> Order:
    """Only the note can be changed, and only until the order is closed."""
    if "note" not in changes:
        return order
    if order.status in {OrderStatus.FULFILLED, OrderStatus.CANCELLED}:
        raise OrderIsClosed(f"Order {order.number} is {order.status} and no longer changes.")
    if changes["note"] != order.note:
        order.note = changes["note"]
        order.bump(by.now)
    session.flush()
    return order


def _check_may_buy(customer: CustomerProjection) -> None:
    check_may_buy(name=customer.name, is_archived=customer.is_archived, is_blocked=customer.is_blocked)


def _find_products(session: Session, requested: Sequence[RequestedLine]) -> dict[str, Product]:
    products = products_by_sku(session, (line.sku for line in requested))
    errors = []
    for position, line in enumerate(requested):
        product = products.get(line.sku)
        if product is None:
            errors.append(_field(position, "sku", "unknown_product", f"There is no product {line.sku}."))
        elif not product.is_active:
            errors.append(_field(position, "sku", "inactive_product", f"{line.sku} is not sold at present."))
    if errors:
        raise Invalid(errors[0].detail, fields=errors)
    return products


def _check_currencies(requested: Sequence[RequestedLine], products: Mapping[str, Product], currency: str) -> None:
    errors = []
    for position, line in enumerate(requested):
        price = line.unit_price or products[line.sku].unit_price
        if price.currency != currency:
            detail = f"{line.sku} is priced in {price.currency}, the order is in {currency}."
            errors.append(_field(position, "unit_price", "mixed_currencies", detail))
    if errors:
        raise Invalid(errors[0].detail, fields=errors)


def _field(position: int, name: str, code: str, detail: str) -> FieldError:
    return FieldError(pointer=f"/lines/{position}/{name}", code=code, detail=detail)


def _line(position: int, line: RequestedLine, product: Product, customer_id: str, now: datetime) -> OrderLine:
    price = line.unit_price or product.unit_price
    amounts = price_line(
        unit_price=price.minor,
        quantity=line.quantity,
        discount_percent=line.discount_percent,
        tax_rate=product.tax_rate,
    )
    return OrderLine(
        id=new_id("orl"),
        customer_id=customer_id,
        placed_at=now,
        position=position,
        product_id=product.id,
        sku=product.sku,
        description=line.description or product.name,
        type=product.type,
        quantity_thousandths=int(line.quantity * THOUSAND),
        unit_price_minor=price.minor,
        discount_bp=int(line.discount_percent * BASIS_POINTS / 100),
        tax_rate_ppm=product.tax_rate_ppm,
        net_minor=amounts.net,
        tax_minor=amounts.tax,
        total_minor=amounts.total,
    )


def _publish(session: Session, kind: type[OrderState], order: Order, by: Actor) -> None:
    outbox.record(session, lambda: _event(kind, order), about=order, at=by.now)


def _event(kind: type[OrderState], order: Order) -> OrderState:
    return kind(
        id=order.id,
        number=order.number,
        customer_id=order.customer_id,
        status=order.status,
        line_count=len(order.lines),
        net=order.net,
        tax=order.tax,
        total=order.total,
        placed_at=order.placed_at,
        confirmed_at=order.confirmed_at,
    )
