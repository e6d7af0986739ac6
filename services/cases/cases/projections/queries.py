"""Reading projections: customers and users by id, users by role or team, customers by name."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cases.projections.models import CustomerProjection, UserProjection, UserRoleProjection, UserTeamProjection

ADMINISTRATOR = "administrator"


def find_customer(session: Session, customer_id: str | None) -> CustomerProjection | None:
    """None also where the customer's first event has not arrived yet."""
    return session.get(CustomerProjection, customer_id) if customer_id else None


def find_user(session: Session, user_id: str | None) -> UserProjection | None:
    """None also where the user's first event has not arrived yet."""
    return session.get(UserProjection, user_id) if user_id else None


def has_customer_named(customer_id: InstrumentedAttribute[str | None], text: str) -> ColumnElement[bool]:
    """The condition that the customer of a row has a name with this text in it."""
    found = select(CustomerProjection.id).where(CustomerProjection.name.icontains(text, autoescape=True))
    return customer_id.in_(found)


def active_user_ids(session: Session, ids: Iterable[str]) -> frozenset[str]:
    """Those of the ids that belong to active users."""
    return frozenset(session.scalars(_active().where(UserProjection.id.in_(set(ids)))))


def users_in_role(session: Session, role: str) -> list[str]:
    in_role = _active().join(UserRoleProjection, UserRoleProjection.user_id == UserProjection.id)
    return list(session.scalars(in_role.where(UserRoleProjection.role == role)))


def users_in_team(session: Session, team_id: str) -> list[str]:
    in_team = _active().join(UserTeamProjection, UserTeamProjection.user_id == UserProjection.id)
    return list(session.scalars(in_team.where(UserTeamProjection.team_id == team_id)))


def _active() -> Select[str]:
    return select(UserProjection.id).where(UserProjection.is_active.is_(True)).order_by(UserProjection.id)
