"""Reads that deserve a name."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from gateway.identity.staff.models import ApiKey, LoginSession, Role, Team, User, user_roles
from servicekit.auth import Principal
from servicekit.errors import FieldError, Invalid, NotFound


def a_user(session: Session, id: str) -> User:
    """Raises NotFound."""
    user = session.get(User, id)
    if user is None:
        raise NotFound("There is no such user.")
    return user


def user_by_email(session: Session, email: str) -> User | None:
    """Takes the normal spelling."""
    return session.scalars(select(User).where(User.email == email)).one_or_none()


def a_role(session: Session, id: str) -> Role:
    """Raises NotFound."""
    role = session.get(Role, id)
    if role is None:
        raise NotFound("There is no such role.")
    return role


def a_team(session: Session, id: str) -> Team:
    """Raises NotFound."""
    team = session.get(Team, id)
    if team is None:
        raise NotFound("There is no such team.")
    return team


def roles_by_key(session: Session, keys: Sequence[str]) -> list[Role]:
    """All of them; an unknown key is a wrong field."""
    found = {role.key: role for role in session.scalars(select(Role).where(Role.key.in_(keys)))}
    missing = [key for key in keys if key not in found]
    if missing:
        detail = f"There is no role {missing[0]!r}."
        raise Invalid(detail, fields=[FieldError(pointer="/roles", code="unknown_role", detail=detail)])
    return [found[key] for key in dict.fromkeys(keys)]


def teams_by_id(session: Session, ids: Sequence[str]) -> list[Team]:
    """All of them; an unknown id is a wrong field."""
    found = {team.id: team for team in session.scalars(select(Team).where(Team.id.in_(ids)))}
    missing = [one for one in ids if one not in found]
    if missing:
        detail = f"There is no team {missing[0]!r}."
        raise Invalid(detail, fields=[FieldError(pointer="/team_ids", code="unknown_team", detail=detail)])
    return [found[one] for one in dict.fromkeys(ids)]


def is_last_administrator(session: Session, user: User) -> bool:
    """Would nobody be left who may do everything?"""
    if not user.is_active or "administrator" not in user.role_keys:
        return False
    # Two who disable each other in the same moment take turns here, and the second one is refused.
    session.scalars(select(Role).where(Role.key == "administrator").with_for_update()).one()
    others = (
        select(func.count())
        .select_from(user_roles)
        .join(User, User.id == user_roles.c.user_id)
        .join(Role, Role.id == user_roles.c.role_id)
        .where(Role.key == "administrator", User.is_active, User.id != user.id)
    )
    return session.scalar(others) == 0


def first_administrator(session: Session) -> User | None:
    """The oldest one who is active."""
    return session.scalars(
        select(User).join(User.roles).where(Role.key == "administrator", User.is_active).order_by(User.id).limit(1)
    ).one_or_none()


def visible_keys(principal: Principal) -> Select[ApiKey]:
    """One's own; who administers users sees all."""
    found = select(ApiKey).where(ApiKey.revoked_at.is_(None))
    return found if principal.can("users:admin") else found.where(ApiKey.user_id == principal.id)


def own_sessions(principal: Principal) -> Select[LoginSession]:
    """The browsers in which the caller is signed in."""
    return select(LoginSession).where(LoginSession.user_id == principal.id)
