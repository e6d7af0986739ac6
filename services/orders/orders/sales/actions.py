"""Placing an order and moving it on; the ledger hears of every step in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from orders.catalogue.models import Product
from orders.catalogue.queries import products_by_sku
from orders.events import OrderCancelled, OrderConfirmed, OrderFulfilled, OrderPlaced, OrderState
from orders.ledger import actions as ledger
from orders.ledger.rules import Terms
from orders.projections.models import Customer
from orders.projections.rules import check_may_buy
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
from servicekit.database.numbers import next_number
from servicekit.errors import FieldError, Invalid
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.money import Money


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One line as a buyer asks for it; what is None comes from the catalogue."""

    sku: str
    quantity: Decimal
    unit_price: Money | None = None
    discount_percent: Decimal = Decimal(0)
    description: str | None = None


def place_order(
    session: Session,
    *,
    customer: Customer,
    wanted: Sequence[Wanted],
    currency: str | None,
    note: str | None,
    placed_by: str,
    terms: Terms,
    now: datetime,
    duplicate_of_id: str | None = None,
) -> Order:
    """Price the lines and keep them; without a currency it is that of the first product."""
    _check_may_buy(customer)
    products = _find_products(session, wanted)
    currency = currency or (wanted[0].unit_price or products[wanted[0].sku].unit_price).currency
    _check_currencies(wanted, products, currency)
    lines = [
        _line(position, line, products[line.sku], customer.id, now) for position, line in enumerate(wanted, start=1)
    ]
    order = Order(
        id=new_id("ord"),
        number=f"O-{next_number(session, 'order'):06d}",
        customer=customer,
        customer_id=customer.id,
        status=OrderStatus.PLACED,
        currency=currency,
        note=note,
        placed_at=now,
        placed_by=placed_by,
        duplicate_of_id=duplicate_of_id,
        created_at=now,
        updated_at=now,
        lines=lines,
    )
    sums = add_up(line.amounts for line in lines)
    order.net_minor, order.tax_minor, order.total_minor = sums.net, sums.tax, sums.total
    session.add(order)
    session.flush()
    ledger.note_order(session, order_id=order.id, customer_id=customer.id, currency=currency, terms=terms, now=now)
    _tell(session, OrderPlaced, order, now)
    return order


def duplicate_order(session: Session, *, order: Order, placed_by: str, terms: Terms, now: datetime) -> Order:
    """Order the same again, at the same prices and discounts; the tax is today's."""
    wanted = [
        Wanted(
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
        customer=order.customer,
        wanted=wanted,
        currency=order.currency,
        note=order.note,
        placed_by=placed_by,
        terms=terms,
        now=now,
        duplicate_of_id=order.id,
    )


def confirm_order(session: Session, *, order: Order, terms: Terms, now: datetime) -> Order:
    """Make it binding and issue the invoice, in one commit."""
    check_move(order.status, OrderStatus.CONFIRMED)
    _check_may_buy(order.customer)
    order.status, order.confirmed_at, order.updated_at = OrderStatus.CONFIRMED, now, now
    ledger.issue_invoice(
        session,
        order_id=order.id,
        customer_id=order.customer_id,
        currency=order.currency,
        total=order.total_minor,
        terms=terms,
        now=now,
    )
    session.expire(order, ["invoice"])
    _tell(session, OrderConfirmed, order, now)
    return order


def fulfil_order(session: Session, *, order: Order, now: datetime) -> Order:
    """Everything was delivered. A blocked customer still gets what was confirmed."""
    check_move(order.status, OrderStatus.FULFILLED)
    order.status, order.fulfilled_at, order.updated_at = OrderStatus.FULFILLED, now, now
    _tell(session, OrderFulfilled, order, now)
    return order


def cancel_order(session: Session, *, order: Order, reason: str, terms: Terms, now: datetime) -> Order:
    """Withdraw it, and its invoice if there is one."""
    check_move(order.status, OrderStatus.CANCELLED)
    order.status, order.cancelled_at, order.updated_at = OrderStatus.CANCELLED, now, now
    order.cancel_reason = reason
    ledger.withdraw_order(
        session,
        order_id=order.id,
        customer_id=order.customer_id,
        currency=order.currency,
        terms=terms,
        now=now,
    )
    session.expire(order, ["invoice"])
    _tell(session, OrderCancelled, order, now)
    return order


def change_note(session: Session, *, order: Order, note: str | None, now: datetime) -> Order:
    """The note may change until the order is closed."""
    if order.status in {OrderStatus.FULFILLED, OrderStatus.CANCELLED}:
        raise OrderIsClosed(f"Order {order.number} is {order.status} and no longer changes.")
    if note != order.note:
        order.note, order.updated_at = note, now
    session.flush()
    return order


def _check_may_buy(customer: Customer) -> None:
    check_may_buy(name=customer.name, is_archived=customer.is_archived, is_blocked=customer.is_blocked)


def _find_products(session: Session, wanted: Sequence[Wanted]) -> dict[str, Product]:
    products = products_by_sku(session, (line.sku for line in wanted))
    errors = []
    for position, line in enumerate(wanted):
        product = products.get(line.sku)
        if product is None:
            errors.append(_field(position, "sku", "unknown_product", f"There is no product {line.sku}."))
        elif not product.is_active:
            errors.append(_field(position, "sku", "inactive_product", f"{line.sku} is not sold at present."))
    if errors:
        raise Invalid(errors[0].detail, fields=errors)
    return products


def _check_currencies(wanted: Sequence[Wanted], products: Mapping[str, Product], currency: str) -> None:
    errors = []
    for position, line in enumerate(wanted):
        price = line.unit_price or products[line.sku].unit_price
        if price.currency != currency:
            detail = f"{line.sku} is priced in {price.currency}, the order is in {currency}."
            errors.append(_field(position, "unit_price", "mixed_currencies", detail))
    if errors:
        raise Invalid(errors[0].detail, fields=errors)


def _field(position: int, name: str, code: str, detail: str) -> FieldError:
    return FieldError(pointer=f"/lines/{position}/{name}", code=code, detail=detail)


def _line(position: int, line: Wanted, product: Product, customer_id: str, now: datetime) -> OrderLine:
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


def _tell(session: Session, kind: type[OrderState], order: Order, now: datetime) -> None:
    outbox.record(session, lambda: _state(kind, order), about=order, at=now)


def _state(kind: type[OrderState], order: Order) -> OrderState:
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
