"""Reads of the local customers, within what the caller may see."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from orders.projections.models import Customer
from servicekit.auth import Principal, visible
from servicekit.errors import NotFound


def visible_customers(principal: Principal) -> Select[Customer]:
    return visible(select(Customer), principal, owner=Customer.owner_id, team=Customer.team_id)


def find_customer(session: Session, principal: Principal, customer_id: str) -> Customer | None:
    """None also where the caller may not know of it."""
    return session.scalars(visible_customers(principal).where(Customer.id == customer_id)).one_or_none()


def get_customer(session: Session, principal: Principal, customer_id: str) -> Customer:
    customer = find_customer(session, principal, customer_id)
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer


def is_known(session: Session, customer_id: str) -> bool:
    """Has this service heard of the customer at all?"""
    return session.get(Customer, customer_id) is not None
