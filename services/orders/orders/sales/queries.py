"""Reads of orders and of what was bought, within what the caller may see."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from orders.projections.models import CustomerProjection
from orders.sales.models import Order, OrderLine
from orders.sales.rules import OrderStatus
from servicekit.auth import Principal, visible
from servicekit.errors import NotFound


def visible_orders(principal: Principal) -> Select[Order]:
    """An order is as visible as its customer."""
    statement = select(Order).join(Order.customer).options(contains_eager(Order.customer))
    return visible(statement, principal, owner=CustomerProjection.owner_id, team=CustomerProjection.team_id)


def get_order(session: Session, principal: Principal, order_id: str) -> Order:
    order = session.scalars(visible_orders(principal).where(Order.id == order_id)).one_or_none()
    if order is None:
        raise NotFound("There is no such order.")
    return order


def purchases(customer_id: str) -> Select[OrderLine]:
    """Every line that this customer ordered and did not cancel."""
    bought = select(OrderLine).join(OrderLine.order).options(contains_eager(OrderLine.order))
    return bought.where(OrderLine.customer_id == customer_id, Order.status != OrderStatus.CANCELLED)
