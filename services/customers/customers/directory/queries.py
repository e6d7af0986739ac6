"""Read the directory; everything a caller is shown starts from what the caller may see."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from customers.directory.models import Contact, Customer, ExternalId
from customers.directory.rules import CustomerKind
from servicekit.addresses import fold
from servicekit.auth import Principal, visible
from servicekit.database.records import Records
from servicekit.errors import NotFound


def visible_customers(principal: Principal) -> Select[Customer]:
    """The customers in the caller's record scope, archived ones too."""
    return visible(select(Customer), principal, owner=Customer.owner_id, team=Customer.team_id)


SHOWN = Records(
    entity=Customer,
    leaves_out=[
        Customer.search_text,  # the longest; searches alone read it
        Customer.name_search,
        Customer.email_norm,
        Customer.email_key,
        Customer.domain,
        Customer.blocked_by,
    ],
    along=[Customer.figures],
)


def customers_to_show(principal: Principal) -> Select[Any]:
    """The same as records of what a list shows."""
    return visible(SHOWN.statement, principal, owner=Customer.owner_id, team=Customer.team_id)


def visible_customer_ids(principal: Principal) -> Select[str]:
    """The same, for an IN condition of what hangs on a customer."""
    return visible_customers(principal).with_only_columns(Customer.id)


def get_customer(session: Session, principal: Principal, customer_id: str) -> Customer:
    """Raises NotFound, also where it exists and the caller may not know."""
    customer = session.scalars(visible_customers(principal).where(Customer.id == customer_id)).one_or_none()
    if customer is None:
        raise NotFound("There is no such customer, or it is not one of yours.")
    return customer


def find_customer_id(session: Session, system: str, external_id: str) -> str | None:
    """The id of the customer that `system` knows by that id."""
    found = session.get(ExternalId, (system, external_id))
    return found.customer_id if found else None


def find_primary_contact_id(session: Session, customer: Customer) -> str | None:
    """The person at whom an organization is written to."""
    if customer.kind != CustomerKind.ORGANIZATION:
        return None
    return session.scalar(select(Contact.person_id).where(Contact.organization_id == customer.id, Contact.is_primary))


def with_email(kind: CustomerKind, email_norm: str) -> Select[Customer]:
    """Those not archived, the oldest first."""
    return _living(kind).where(Customer.email_norm == email_norm)


def with_phone_and_name(kind: CustomerKind, phone: str, name: str) -> Select[Customer]:
    """Those not archived, the oldest first; a family shares a phone, so the name must match too."""
    return _living(kind).where(Customer.phone == phone, Customer.name_search == fold(name))


def organizations_named(name: str) -> Select[Customer]:
    """Those not archived with exactly that name, accents and case aside; the oldest first."""
    return _living(CustomerKind.ORGANIZATION).where(Customer.name_search == fold(name))


def organizations_of_domain(domain: str) -> Select[Customer]:
    """Those not archived that own the domain, the oldest first."""
    return _living(CustomerKind.ORGANIZATION).where(Customer.domain == domain)


def organizations_of(person_id: str) -> Select[Customer]:
    """Those that the person is a contact of."""
    found = select(Customer).join(Contact, Contact.organization_id == Customer.id).where(Contact.person_id == person_id)
    return found.order_by(Customer.id)  # one order for whoever locks them


def _living(kind: CustomerKind) -> Select[Customer]:
    ordered = select(Customer).order_by(Customer.created_at, Customer.id)
    return ordered.where(Customer.kind == kind, Customer.is_archived.is_(False))
