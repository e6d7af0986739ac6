"""Storing projections: the newest version of a record wins, in whatever order its events arrive."""

from collections.abc import Iterable

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cases.projections.models import (
    ContactProjection,
    CustomerProjection,
    UserProjection,
    UserRoleProjection,
    UserTeamProjection,
)
from servicekit.database.upsert import insert_if_absent, upsert_if_newer


def store_customer(session: Session, customer: CustomerProjection) -> bool:
    """False when the stored version is as new."""
    return upsert_if_newer(session, customer)


def store_contact(session: Session, *, organization_id: str, person_id: str) -> bool:
    """False when it is stored already, as of somebody who was taken out and added again."""
    return insert_if_absent(session, ContactProjection, organization_id=organization_id, person_id=person_id)


def store_user(session: Session, user: UserProjection, *, roles: Iterable[str], team_ids: Iterable[str]) -> bool:
    """False when the stored version is as new. Roles and teams are replaced as a whole."""
    before = session.get(UserProjection, user.id, with_for_update=True)
    if before is not None and before.sequence >= user.sequence:
        return False
    session.merge(user)
    session.flush()
    session.execute(delete(UserRoleProjection).where(UserRoleProjection.user_id == user.id))
    session.execute(delete(UserTeamProjection).where(UserTeamProjection.user_id == user.id))
    session.add_all(UserRoleProjection(user_id=user.id, role=role) for role in sorted(set(roles)))
    session.add_all(UserTeamProjection(user_id=user.id, team_id=team_id) for team_id in sorted(set(team_ids)))
    session.flush()
    return True
