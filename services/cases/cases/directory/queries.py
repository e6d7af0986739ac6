"""Who is who: people by role, team or name, and customers by id."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cases.directory.models import KnownCustomer, KnownUser, UserRole, UserTeam

ADMINISTRATOR = "administrator"


def customer_of(session: Session, customer_id: str | None) -> KnownCustomer | None:
    """The local copy, or None where there is none (yet)."""
    return session.get(KnownCustomer, customer_id) if customer_id else None


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


def _active() -> Select[str]:
    return select(KnownUser.id).where(KnownUser.is_active.is_(True)).order_by(KnownUser.id)
