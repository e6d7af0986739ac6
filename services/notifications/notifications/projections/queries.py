"""Who is meant by an id, and where they can be reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.projections.models import CaseProjection, ContactProjection, CustomerProjection, UserProjection
from servicekit.auth import Principal, visible
from servicekit.errors import NotFound, NotYet, one_field


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """The name and the address of somebody who can be written to."""

    name: str
    email: str


def active_users(session: Session, user_ids: Iterable[str]) -> Sequence[UserProjection]:
    """Those who still work here, each once, in the order given; NotYet when one of them is not known here yet."""
    wanted = list(dict.fromkeys(user_ids))
    known = {user.id: user for user in session.scalars(select(UserProjection).where(UserProjection.id.in_(wanted)))}
    missing = [user_id for user_id in wanted if user_id not in known]
    if missing:
        raise NotYet(f"The user {missing[0]} is not known here yet.")
    return [known[user_id] for user_id in wanted if known[user_id].is_active]


def find_user(session: Session, user_id: str) -> UserProjection | None:
    """Somebody of the staff; None for a writer who is no user, such as an API key."""
    return session.get(UserProjection, user_id)


def get_case(session: Session, case_id: str) -> CaseProjection:
    """NotYet when it is not known here yet."""
    case = session.get(CaseProjection, case_id)
    if case is None:
        raise NotYet(f"The case {case_id} is not known here yet.")
    return case


def find_customer_of_case(session: Session, case_id: str) -> str | None:
    case = session.get(CaseProjection, case_id)
    return case.customer_id if case else None


def get_visible_case(session: Session, principal: Principal, case_id: str) -> CaseProjection:
    """NotFound also where the caller may not know of it."""
    cases = visible(select(CaseProjection), principal, owner=CaseProjection.owner_id, team=CaseProjection.team_id)
    case = session.scalars(cases.where(CaseProjection.id == case_id)).one_or_none()
    if case is None:
        raise NotFound("There is no such case.")
    return case


def get_visible_mailbox(session: Session, principal: Principal, *, customer_id: str, contact_id: str | None) -> Mailbox:
    """Where a caller may write to; NotFound, or Invalid when nobody there has an e-mail address."""
    customers = visible(
        select(CustomerProjection), principal, owner=CustomerProjection.owner_id, team=CustomerProjection.team_id
    )
    if session.scalars(customers.where(CustomerProjection.id == customer_id)).one_or_none() is None:
        raise NotFound("There is no such customer.")
    if contact_id is None:
        mailbox = find_mailbox(session, customer_id)
        pointer = "/customer_id"
    else:
        contact = session.get(ContactProjection, contact_id)
        if contact is None or contact.organization_id != customer_id:
            raise one_field("/contact_id", "unknown_contact", "This customer has no such contact.")
        mailbox = Mailbox(name=contact.name, email=contact.email) if contact.email else None
        pointer = "/contact_id"
    if mailbox is None:
        raise one_field(pointer, "no_email", "There is no e-mail address to write to: add one first.")
    return mailbox


def is_customer_known(session: Session, customer_id: str) -> bool:
    """Whether this service has a projection of the customer at all, whoever asks."""
    return session.get(CustomerProjection, customer_id) is not None


def find_mailbox(session: Session, customer_id: str) -> Mailbox | None:
    """An organization is written to at its primary contact (F112), else at its own address; None: nobody can be."""
    customer = session.get(CustomerProjection, customer_id)
    if customer is None:
        raise NotYet(f"The customer {customer_id} is not known here yet.")
    primary = session.get(CustomerProjection, customer.primary_contact_id) if customer.primary_contact_id else None
    if primary is not None and primary.email:
        return Mailbox(name=primary.name, email=primary.email)
    return Mailbox(name=customer.name, email=customer.email) if customer.email else None
