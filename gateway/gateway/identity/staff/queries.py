"""Users, roles and teams, found by id, by address, by key and by membership."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.identity.staff.models import Role, Team, User, user_roles
from servicekit.errors import NotFound, one_field


def get_user(session: Session, id: str) -> User:
    """Raises NotFound."""
    user = session.get(User, id)
    if user is None:
        raise NotFound("There is no such user.")
    return user


def find_user_by_email(session: Session, email: str) -> User | None:
    """Takes the normal spelling."""
    return session.scalars(select(User).where(User.email == email)).one_or_none()


def find_first_administrator(session: Session) -> User | None:
    """The oldest one who is active."""
    return session.scalars(
        select(User).join(User.roles).where(Role.key == "administrator", User.is_active).order_by(User.id).limit(1)
    ).one_or_none()


def get_role(session: Session, id: str) -> Role:
    """Raises NotFound."""
    role = session.get(Role, id)
    if role is None:
        raise NotFound("There is no such role.")
    return role


def find_role_by_key(session: Session, key: str) -> Role | None:
    """The role that the API and the events name so."""
    return session.scalars(select(Role).where(Role.key == key)).one_or_none()


def get_team(session: Session, id: str) -> Team:
    """Raises NotFound."""
    team = session.get(Team, id)
    if team is None:
        raise NotFound("There is no such team.")
    return team


def find_team_by_name(session: Session, name: str) -> Team | None:
    """Names of teams are unique."""
    return session.scalars(select(Team).where(Team.name == name)).one_or_none()


def get_roles_by_key(session: Session, keys: Sequence[str]) -> list[Role]:
    """All of them; an unknown key is a wrong field."""
    found = {role.key: role for role in session.scalars(select(Role).where(Role.key.in_(keys)))}
    missing = [key for key in keys if key not in found]
    if missing:
        raise one_field("/roles", "unknown_role", f"There is no role {missing[0]!r}.")
    return [found[key] for key in dict.fromkeys(keys)]


def get_teams(session: Session, ids: Sequence[str]) -> list[Team]:
    """All of them; an unknown id is a wrong field."""
    found = {team.id: team for team in session.scalars(select(Team).where(Team.id.in_(ids)))}
    missing = [one for one in ids if one not in found]
    if missing:
        raise one_field("/team_ids", "unknown_team", f"There is no team {missing[0]!r}.")
    return [found[one] for one in dict.fromkeys(ids)]


def members_of_role(session: Session, role: Role) -> list[User]:
    """Everybody with this role."""
    return list(session.scalars(select(User).where(User.roles.contains(role)).order_by(User.id)))


def members_of_team(session: Session, team: Team) -> list[User]:
    """Everybody in this team."""
    return list(session.scalars(select(User).where(User.teams.contains(team)).order_by(User.id)))


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
