"""Whose an e-mail is: one customer of a kind claims it, unless a second one with it was allowed."""

from sqlalchemy.orm import Session

from customers.directory import queries
from customers.directory.models import Customer
from customers.directory.rules import CustomerKind, DuplicateCustomer
from servicekit.actor import Actor
from servicekit.database.locks import advisory_lock


def claim_email(session: Session, customer: Customer, *, by: Actor) -> None:
    """The customer's own e-mail, if it has one; raises DuplicateCustomer where another one of its kind has it."""
    if customer.email_norm is None:
        return
    advisory_lock(session, f"email:{customer.email_norm}")  # or two would find nobody, and both take it
    others = queries.with_email(CustomerKind(customer.kind), customer.email_norm).where(Customer.id != customer.id)
    with session.no_autoflush:
        existing = session.scalars(others.limit(1)).one_or_none()
    if existing is not None:
        raise _duplicate(session, existing, by)
    customer.email_key = customer.email_norm


def _duplicate(session: Session, existing: Customer, by: Actor) -> DuplicateCustomer:
    """Names the other one only to a caller who may see it."""
    if by.principal is not None:
        with session.no_autoflush:
            seen = queries.visible_customers(by.principal).where(Customer.id == existing.id)
            if session.scalars(seen).one_or_none() is None:
                return DuplicateCustomer("A customer that you may not see has this e-mail.")
    return DuplicateCustomer(
        f"{existing.number} {existing.name} has this e-mail. Use it, or send allow_duplicate to add a second one.",
        existing={"id": existing.id, "number": existing.number, "name": existing.name},
    )
