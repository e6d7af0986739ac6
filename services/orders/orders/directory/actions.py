"""Keeping the local copy of the customers."""

from datetime import datetime

from sqlalchemy.orm import Session

from orders.directory.models import Customer
from orders.directory.rules import search_key


def keep_customer(
    session: Session,
    *,
    customer_id: str,
    sequence: int,
    number: str,
    name: str,
    owner_id: str | None,
    team_id: str | None,
    is_archived: bool,
    is_blocked: bool,
    heard_at: datetime,
) -> Customer:
    """Take what the directory told, unless something newer is known already."""
    customer = session.get(Customer, customer_id, with_for_update=True)
    if customer is None:
        customer = Customer(id=customer_id)
        session.add(customer)
    elif customer.sequence >= sequence:
        return customer
    customer.sequence = sequence
    customer.number = number
    customer.name = name
    customer.name_key = search_key(name)
    customer.owner_id = owner_id
    customer.team_id = team_id
    customer.is_archived = is_archived
    customer.is_blocked = is_blocked
    customer.heard_at = heard_at
    session.flush()
    return customer
