"""Read contacts; one is seen by those who see its organization."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from customers.directory.models import Contact
from customers.directory.queries import visible_customer_ids
from servicekit.auth import Principal
from servicekit.errors import NotFound


def visible_contacts(principal: Principal) -> Select[Contact]:
    """The contacts of every organization in the caller's record scope."""
    return select(Contact).where(Contact.organization_id.in_(visible_customer_ids(principal)))


def get_contact(session: Session, principal: Principal, contact_id: str) -> Contact:
    """Raises NotFound, also where the caller may not see its organization."""
    contact = session.scalars(visible_contacts(principal).where(Contact.id == contact_id)).one_or_none()
    if contact is None:
        raise NotFound("There is no such contact, or it is not one of yours.")
    return contact


def primary_of(organization_id: str) -> Select[Contact]:
    """The one primary contact, where there is any contact."""
    return select(Contact).where(Contact.organization_id == organization_id, Contact.is_primary.is_(True))


def oldest_of(organization_id: str) -> Select[Contact]:
    """The contact that came first."""
    return (
        select(Contact)
        .where(Contact.organization_id == organization_id)
        .order_by(Contact.created_at, Contact.id)
        .limit(1)
    )


def between(organization_id: str, person_id: str) -> Select[Contact]:
    """The contact that this person is to this organization."""
    return select(Contact).where(Contact.organization_id == organization_id, Contact.person_id == person_id)
