"""Checks of the customers, contacts and users that a request names: known here, visible to the caller, open to work."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cases.projections.models import ContactProjection, CustomerProjection
from cases.projections.queries import active_user_ids, find_customer
from servicekit.actor import Actor
from servicekit.auth import visible
from servicekit.errors import Conflict, Invalid, one_field


class CustomerArchived(Conflict):
    """Archived customers are read-only everywhere."""


def has_projections_for(session: Session, body: Mapping[str, Any]) -> bool:
    """Are the customer, the contact and the owner that a body names known here?"""
    customers, owner_id = (body.get("customer_id"), body.get("contact_id")), body.get("owner_id")
    are_known = all(one is None or find_customer(session, one) is not None for one in customers)
    return are_known and (owner_id is None or bool(active_user_ids(session, [owner_id])))


def check_customer(session: Session, customer_id: str | None, *, by: Actor) -> None:
    """Refuse a customer whom the actor may not see, since whoever names one can write to them, or who is archived."""
    if customer_id is None:
        return
    customer = session.scalars(_visible(by).where(CustomerProjection.id == customer_id)).one_or_none()
    if customer is None:
        raise _unknown_customer()
    _must_not_be_archived(customer)


def check_contact(session: Session, contact_id: str | None, *, of: str | None, by: Actor) -> None:
    """Refuse a contact who is neither a person whom the actor sees nor one of the organization `of`, seen by them."""
    if contact_id is None or _is_seen(session, contact_id, by):
        return
    is_known = of is not None and session.get(ContactProjection, (of, contact_id)) is not None
    if not is_known or not _is_seen(session, of, by):
        raise one_field("/contact_id", "unknown_contact", "There is no such contact.")


def must_be_open_to_work(session: Session, customer_id: str | None) -> None:
    """Archived customers are read-only; blocked ones may still have cases."""
    customer = find_customer(session, customer_id)
    if customer is not None:
        _must_not_be_archived(customer)
    elif customer_id is not None:
        raise _unknown_customer()


def must_be_active_user(session: Session, user_id: str | None) -> None:
    """Nobody may be given work who is not an active user."""
    if user_id is not None and not active_user_ids(session, [user_id]):
        raise one_field("/owner_id", "unknown_user", f"There is no active user {user_id}.")


def _unknown_customer() -> Invalid:
    """The same for a customer who is not there and for one whom the caller may not see."""
    return one_field("/customer_id", "unknown_customer", "There is no such customer.")


def _must_not_be_archived(customer: CustomerProjection) -> None:
    if customer.is_archived:
        raise CustomerArchived(f"{customer.name} is archived. Restore the customer first.")


def _is_seen(session: Session, customer_id: str | None, by: Actor) -> bool:
    found = _visible(by).with_only_columns(CustomerProjection.id).where(CustomerProjection.id == customer_id)
    return session.scalars(found).first() is not None


def _visible(by: Actor) -> Select[CustomerProjection]:
    """Those whom the actor may see; an event or the clock names whom it is about, without a caller's scope."""
    customers = select(CustomerProjection)
    if by.principal is None:
        return customers
    return visible(customers, by.principal, owner=CustomerProjection.owner_id, team=CustomerProjection.team_id)
