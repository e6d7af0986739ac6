"""Who is who: people by role, team or name, customers by id, and which of these a caller may name."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cases.projections.models import KnownContact, KnownCustomer, KnownUser, UserRole, UserTeam
from servicekit.auth import Principal, visible
from servicekit.errors import Invalid, one_field

ADMINISTRATOR = "administrator"


def customer_of(session: Session, customer_id: str | None) -> KnownCustomer | None:
    """The local copy, or None where there is none (yet)."""
    return session.get(KnownCustomer, customer_id) if customer_id else None


def unknown_customer() -> Invalid:
    """The answer to a body that names a customer who is not there, or whom the caller may not see."""
    return one_field("/customer_id", "unknown_customer", "There is no such customer.")


def must_see_customer(session: Session, principal: Principal, customer_id: str | None) -> None:
    """Whoever names a customer for a record can write to them, so it has to be one of the caller's."""
    if customer_id is not None and not _sees_customer(session, principal, customer_id):
        raise unknown_customer()


def must_see_contact(session: Session, principal: Principal, contact_id: str | None, *, of: str | None) -> None:
    """A contact is a person whom the caller sees, or belongs to the organization `of`, which the caller sees."""
    if contact_id is None or _sees_customer(session, principal, contact_id):
        return
    is_known = of is not None and session.get(KnownContact, (of, contact_id)) is not None
    if not is_known or not _sees_customer(session, principal, of):
        raise one_field("/contact_id", "unknown_contact", "There is no such contact.")


def customer_names(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    wanted = {customer_id for customer_id in ids if customer_id}
    if not wanted:
        return {}
    return dict(session.execute(select(KnownCustomer.id, KnownCustomer.name).where(KnownCustomer.id.in_(wanted))).all())


def user_names(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    wanted = {user_id for user_id in ids if user_id}
    if not wanted:
        return {}
    return dict(session.execute(select(KnownUser.id, KnownUser.name).where(KnownUser.id.in_(wanted))).all())


def named_like(customer_id: InstrumentedAttribute[str | None], text: str) -> ColumnElement[bool]:
    """The condition that the customer of a row has a name with this text in it."""
    found = select(KnownCustomer.id).where(KnownCustomer.name.icontains(text, autoescape=True))
    return customer_id.in_(found)


def known_user_ids(session: Session, ids: Iterable[str]) -> frozenset[str]:
    """Those of the ids that belong to active users."""
    return frozenset(session.scalars(_active().where(KnownUser.id.in_(set(ids)))))


def users_in_role(session: Session, role: str) -> list[str]:
    return list(
        session.scalars(_active().join(UserRole, UserRole.user_id == KnownUser.id).where(UserRole.role == role))
    )


def users_in_team(session: Session, team_id: str) -> list[str]:
    in_team = _active().join(UserTeam, UserTeam.user_id == KnownUser.id).where(UserTeam.team_id == team_id)
    return list(session.scalars(in_team))


def manager_of(session: Session, user_id: str | None) -> str | None:
    user = session.get(KnownUser, user_id) if user_id else None
    return user.manager_id if user else None


def _sees_customer(session: Session, principal: Principal, customer_id: str | None) -> bool:
    seen = visible(select(KnownCustomer.id), principal, owner=KnownCustomer.owner_id, team=KnownCustomer.team_id)
    return session.scalars(seen.where(KnownCustomer.id == customer_id)).first() is not None


def _active() -> Select[str]:
    return select(KnownUser.id).where(KnownUser.is_active.is_(True)).order_by(KnownUser.id)
