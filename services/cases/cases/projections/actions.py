"""Keeping the local copies: the newest telling wins, in whatever order the tellings arrive."""

from collections.abc import Iterable

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cases.projections.models import KnownContact, KnownCustomer, KnownUser, UserRole, UserTeam
from servicekit.database.upsert import insert_if_absent, upsert_if_newer


def keep_customer(session: Session, *, told: KnownCustomer) -> bool:
    """False when a newer telling is already kept."""
    return upsert_if_newer(session, told)


def keep_contact(session: Session, *, organization_id: str, person_id: str) -> bool:
    """False when it is known already, as of somebody who was taken out and added again."""
    return insert_if_absent(session, KnownContact, organization_id=organization_id, person_id=person_id)


def keep_user(session: Session, *, told: KnownUser, roles: Iterable[str], team_ids: Iterable[str]) -> bool:
    """False when a newer telling is already kept. Roles and teams are replaced as a whole."""
    before = session.get(KnownUser, told.id, with_for_update=True)
    if before is not None and before.sequence >= told.sequence:
        return False
    session.merge(told)
    session.flush()
    session.execute(delete(UserRole).where(UserRole.user_id == told.id))
    session.execute(delete(UserTeam).where(UserTeam.user_id == told.id))
    session.add_all(UserRole(user_id=told.id, role=role) for role in sorted(set(roles)))
    session.add_all(UserTeam(user_id=told.id, team_id=team_id) for team_id in sorted(set(team_ids)))
    session.flush()
    return True
