"""Reads of the local customers, within what the caller may see."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from orders.projections.models import CustomerProjection
from servicekit.auth import Principal, visible
from servicekit.errors import NotFound, one_field


def visible_customers(principal: Principal) -> Select[CustomerProjection]:
    customers = select(CustomerProjection)
    return visible(customers, principal, owner=CustomerProjection.owner_id, team=CustomerProjection.team_id)


def find_customer(session: Session, principal: Principal, customer_id: str) -> CustomerProjection | None:
    """None also where the caller may not know of it."""
    return session.scalars(visible_customers(principal).where(CustomerProjection.id == customer_id)).one_or_none()


def get_customer(session: Session, principal: Principal, customer_id: str) -> CustomerProjection:
    customer = find_customer(session, principal, customer_id)
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer


def get_customer_of_body(session: Session, principal: Principal, customer_id: str) -> CustomerProjection:
    """The customer that the body of a request names; raises Invalid at `/customer_id`."""
    customer = find_customer(session, principal, customer_id)
    if customer is None:
        raise one_field("/customer_id", "unknown_customer", "There is no such customer.")
    return customer


def is_customer_known(session: Session, customer_id: str) -> bool:
    """Whether this service has a projection of the customer at all, whoever asks."""
    return session.get(CustomerProjection, customer_id) is not None
