"""What happens to roles and teams; a change is told again for every member."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.identity.access import rules
from gateway.identity.staff import actions as users
from gateway.identity.staff.models import Role, Team
from servicekit.auth import Principal
from servicekit.errors import Conflict, FieldError, Invalid
from servicekit.ids import new_id


class RoleInUse(Conflict):
    """Somebody still has it, or it came with the product."""


class TeamInUse(Conflict):
    """Somebody is still in it."""


def create_role(
    session: Session, *, by: Principal, now: datetime, key: str, name: str, permissions: Sequence[str], scope: str
) -> Role:
    """A role with no more rights, and no wider record scope, than its maker has."""
    rules.check_permissions(permissions)
    users.check_grants(permissions, by=by)
    users.check_scope(scope, by=by)
    if session.scalars(select(Role).where(Role.key == key)).one_or_none() is not None:
        detail = "Another role has this key."
        raise Invalid(detail, fields=[FieldError(pointer="/key", code="taken", detail=detail)])
    role = Role(
        id=new_id("rol"), key=key, name=name, permissions=list(permissions), scope=scope, created_at=now, updated_at=now
    )
    session.add(role)
    session.flush()
    return role


def update_role(session: Session, role: Role, *, by: Principal, now: datetime, changes: dict[str, Any]) -> Role:
    """The administrator's own rights cannot be cut: nobody could give them back."""
    if role.key == "administrator" and {"permissions", "scope"} & changes.keys():
        raise Conflict("The administrator role keeps all its rights.")
    users.check_grants(role.permissions, by=by)
    users.check_scope(role.scope, by=by)
    if "permissions" in changes:
        rules.check_permissions(changes["permissions"])
        users.check_grants(changes["permissions"], by=by)
    if "scope" in changes:
        users.check_scope(changes["scope"], by=by)
    for name, value in changes.items():
        setattr(role, name, value)
    role.updated_at = now
    users.tell_again(session, users.members_of_role(session, role), now=now)
    return role


def delete_role(session: Session, role: Role, *, by: Principal) -> None:
    """Only one of your own that nobody has, and that gives no more than its remover has."""
    users.check_grants(role.permissions, by=by)
    users.check_scope(role.scope, by=by)
    if role.is_shipped:
        raise RoleInUse("This role came with the product and stays.")
    if users.members_of_role(session, role):
        raise RoleInUse("Some users still have this role. Give them another one first.")
    session.delete(role)


def create_team(session: Session, *, now: datetime, name: str) -> Team:
    """A team with a name of its own."""
    _check_team_name_is_free(session, name)
    team = Team(id=new_id("tea"), name=name, created_at=now, updated_at=now)
    session.add(team)
    session.flush()
    return team


def update_team(session: Session, team: Team, *, now: datetime, name: str) -> Team:
    """Rename it."""
    if name != team.name:
        _check_team_name_is_free(session, name)
    team.name = name
    team.updated_at = now
    users.tell_again(session, users.members_of_team(session, team), now=now)
    return team


def delete_team(session: Session, team: Team) -> None:
    """Only an empty one."""
    if users.members_of_team(session, team):
        raise TeamInUse("Some users are still in this team. Take them out first.")
    session.delete(team)


def _check_team_name_is_free(session: Session, name: str) -> None:
    if session.scalars(select(Team).where(Team.name == name)).one_or_none() is not None:
        detail = "Another team has this name."
        raise Invalid(detail, fields=[FieldError(pointer="/name", code="taken", detail=detail)])
