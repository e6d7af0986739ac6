"""Who is meant by an id, and where they can be reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.projections.models import Case, Contact, Customer, User
from servicekit.auth import Principal, visible
from servicekit.errors import NotFound, NotYet, one_field


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody with a name and a mailbox."""

    name: str
    email: str


def active_users(session: Session, user_ids: Iterable[str]) -> Sequence[User]:
    """Those who still work here, each once, in the order given; NotYet when one has not been heard of."""
    wanted = list(dict.fromkeys(user_ids))
    known = {user.id: user for user in session.scalars(select(User).where(User.id.in_(wanted)))}
    missing = [user_id for user_id in wanted if user_id not in known]
    if missing:
        raise NotYet(f"The user {missing[0]} is not known here yet.")
    return [known[user_id] for user_id in wanted if known[user_id].is_active]


def get_user(session: Session, user_id: str) -> User | None:
    """Somebody of the staff; None for a writer who is no user, such as an API key."""
    return session.get(User, user_id)


def get_case(session: Session, case_id: str) -> Case:
    """NotYet when it has not been heard of."""
    case = session.get(Case, case_id)
    if case is None:
        raise NotYet(f"The case {case_id} is not known here yet.")
    return case


def find_customer_of_case(session: Session, case_id: str) -> str | None:
    case = session.get(Case, case_id)
    return case.customer_id if case else None


def get_visible_case(session: Session, principal: Principal, case_id: str) -> Case:
    """NotFound also where the caller may not know of it."""
    cases = visible(select(Case), principal, owner=Case.owner_id, team=Case.team_id)
    case = session.scalars(cases.where(Case.id == case_id)).one_or_none()
    if case is None:
        raise NotFound("There is no such case.")
    return case


def find_visible_mailbox(
    session: Session, principal: Principal, *, customer_id: str, contact_id: str | None
) -> Recipient:
    """Where a caller may write to; NotFound, or Invalid when nobody there has an e-mail address."""
    customers = visible(select(Customer), principal, owner=Customer.owner_id, team=Customer.team_id)
    if session.scalars(customers.where(Customer.id == customer_id)).one_or_none() is None:
        raise NotFound("There is no such customer.")
    if contact_id is None:
        mailbox = find_mailbox(session, customer_id)
        pointer = "/customer_id"
    else:
        contact = session.get(Contact, contact_id)
        if contact is None or contact.organization_id != customer_id:
            raise one_field("/contact_id", "unknown_contact", "This customer has no such contact.")
        mailbox = Recipient(name=contact.name, email=contact.email) if contact.email else None
        pointer = "/contact_id"
    if mailbox is None:
        raise one_field(pointer, "no_email", "There is no e-mail address to write to: add one first.")
    return mailbox


def is_customer_known(session: Session, customer_id: str) -> bool:
    """Has this service heard of the customer at all?"""
    return session.get(Customer, customer_id) is not None


def find_mailbox(session: Session, customer_id: str) -> Recipient | None:
    """An organization is written to at its primary contact (F112), else at its own address; None: nobody can be."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotYet(f"The customer {customer_id} is not known here yet.")
    primary = session.get(Customer, customer.primary_contact_id) if customer.primary_contact_id else None
    if primary is not None and primary.email:
        return Recipient(name=primary.name, email=primary.email)
    return Recipient(name=customer.name, email=customer.email) if customer.email else None
