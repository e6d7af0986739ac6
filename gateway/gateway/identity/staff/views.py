"""The identity API: users, roles, teams."""

from typing import Any

from sqlalchemy import Select, or_, select

from gateway.identity.staff import actions as users
from gateway.identity.staff import queries, roles, schemas
from gateway.identity.staff.models import Role, Team, User
from servicekit.http.call import Call
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("staff")

USERS = Listing(
    id=User.id,
    filters={
        "email": text(User.email),
        "is_active": flag(User.is_active),
        "manager_id": text(User.manager_id, nullable=True),
        "created_at": instant(User.created_at),
    },
    sorts={"name": User.name, "created_at": User.created_at},
    default_sort="name",
    search=lambda q: or_(User.name.icontains(q, autoescape=True), User.email.icontains(q, autoescape=True)),
)
ROLES = Listing(id=Role.id, filters={"key": text(Role.key)}, sorts={"key": Role.key}, default_sort="key")
TEAMS = Listing(
    id=Team.id,
    sorts={"name": Team.name},
    default_sort="name",
    search=lambda q: Team.name.icontains(q, autoescape=True),
)


@routes.page("/users", needs="users:read", listing=USERS, returns=schemas.UserRead)
def list_users(call: Call) -> Select[User]:
    """The members of the staff."""
    return select(User)


@routes.post(
    "/users", needs="users:admin", body=schemas.UserCreate, returns=schemas.UserRead, location="/api/v1/users/{id}"
)
def create_user(call: Call) -> User:
    """Add a member of the staff, with no more rights than the caller has."""
    return users.create_user(call.session, by=call.principal, now=call.now, **call.body)


@routes.get("/users/<id>", needs="users:read", returns=schemas.UserRead)
def show_user(call: Call, id: str) -> User:
    """One member of the staff."""
    return queries.a_user(call.session, id)


@routes.patch("/users/<id>", needs="users:admin", body=schemas.UserUpdate, returns=schemas.UserRead)
def update_user(call: Call, id: str) -> User:
    """Change a member of the staff; `is_active: false` is the same as `:disable`."""
    user = queries.a_user(call.session, id)
    call.check_version(user)
    return users.update_user(call.session, user, by=call.principal, now=call.now, changes=call.body)


@routes.action("/users/<id>:disable", needs="users:admin", returns=schemas.UserRead)
def disable_user(call: Call, id: str) -> User:
    """Sign a user out everywhere and let nothing of theirs in again; keys are revoked for good."""
    user = queries.a_user(call.session, id)
    call.check_version(user)
    return users.disable_user(call.session, user, by=call.principal, now=call.now)


@routes.action("/users/<id>:enable", needs="users:admin", returns=schemas.UserRead)
def enable_user(call: Call, id: str) -> User:
    """Let a disabled user in again."""
    user = queries.a_user(call.session, id)
    call.check_version(user)
    return users.enable_user(call.session, user, by=call.principal, now=call.now)


@routes.page("/roles", needs="users:read", listing=ROLES, returns=schemas.RoleRead)
def list_roles(call: Call) -> Select[Role]:
    """The roles."""
    return select(Role)


@routes.post(
    "/roles", needs="roles:admin", body=schemas.RoleCreate, returns=schemas.RoleRead, location="/api/v1/roles/{id}"
)
def create_role(call: Call) -> Role:
    """Add a role, with no more rights than the caller has."""
    return roles.create_role(call.session, by=call.principal, now=call.now, **call.body)


@routes.get("/roles/<id>", needs="users:read", returns=schemas.RoleRead)
def show_role(call: Call, id: str) -> Role:
    """One role."""
    return queries.a_role(call.session, id)


@routes.patch("/roles/<id>", needs="roles:admin", body=schemas.RoleUpdate, returns=schemas.RoleRead)
def update_role(call: Call, id: str) -> Role:
    """Change a role; it holds for all its members within a second."""
    role = queries.a_role(call.session, id)
    call.check_version(role)
    return roles.update_role(call.session, role, by=call.principal, now=call.now, changes=call.body)


@routes.delete("/roles/<id>", needs="roles:admin")
def delete_role(call: Call, id: str) -> None:
    """Delete a role that nobody has."""
    role = queries.a_role(call.session, id)
    call.check_version(role)
    roles.delete_role(call.session, role, by=call.principal)


@routes.page("/teams", needs="teams:read", listing=TEAMS, returns=schemas.TeamRead)
def list_teams(call: Call) -> Select[Team]:
    """The teams."""
    return select(Team)


@routes.post(
    "/teams", needs="teams:admin", body=schemas.TeamWrite, returns=schemas.TeamRead, location="/api/v1/teams/{id}"
)
def create_team(call: Call) -> Team:
    """Add a team."""
    return roles.create_team(call.session, now=call.now, name=call.body["name"])


@routes.get("/teams/<id>", needs="teams:read", returns=schemas.TeamRead)
def show_team(call: Call, id: str) -> Team:
    """One team."""
    return queries.a_team(call.session, id)


@routes.patch("/teams/<id>", needs="teams:admin", body=schemas.TeamWrite, returns=schemas.TeamRead)
def update_team(call: Call, id: str) -> Team:
    """Rename a team."""
    team = queries.a_team(call.session, id)
    call.check_version(team)
    changes: dict[str, Any] = call.body
    return roles.update_team(call.session, team, now=call.now, name=changes.get("name", team.name))


@routes.delete("/teams/<id>", needs="teams:admin")
def delete_team(call: Call, id: str) -> None:
    """Delete an empty team."""
    team = queries.a_team(call.session, id)
    call.check_version(team)
    roles.delete_team(call.session, team)
