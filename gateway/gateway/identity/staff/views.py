"""The API of users, roles and teams."""

from typing import Any

from sqlalchemy import Select, select

from gateway.identity.staff import actions, queries, schemas
from gateway.identity.staff.listing import ROLES, TEAMS, USERS
from gateway.identity.staff.models import Role, Team, User
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("staff")


@routes.page("/users", needs="users:read", listing=USERS, returns=schemas.UserRead)
def list_users(call: Call) -> Select[User]:
    """The members of the staff."""
    return select(User)


@routes.post(
    "/users", needs="users:admin", body=schemas.UserCreate, returns=schemas.UserRead, location="/api/v1/users/{id}"
)
def create_user(call: Call) -> User:
    """Add a member of the staff, with no more rights than the caller has."""
    return actions.create_user(call.session, by=call.by, **call.body)


@routes.get("/users/<id>", needs="users:read", returns=schemas.UserRead)
def get_user(call: Call, id: str) -> User:
    """One member of the staff."""
    return queries.get_user(call.session, id)


@routes.patch("/users/<id>", needs="users:admin", body=schemas.UserUpdate, returns=schemas.UserRead)
def update_user(call: Call, id: str) -> User:
    """Change a member of the staff; `is_active: false` is the same as `:disable`."""
    user = queries.get_user(call.session, id)
    call.check_version(user)
    return actions.update_user(call.session, user, by=call.by, changes=call.body)


@routes.action("/users/<id>:disable", needs="users:admin", returns=schemas.UserRead)
def disable_user(call: Call, id: str) -> User:
    """Sign a user out everywhere and let nothing of theirs in again; keys are revoked for good."""
    user = queries.get_user(call.session, id)
    call.check_version(user)
    return actions.disable_user(call.session, user, by=call.by)


@routes.action("/users/<id>:enable", needs="users:admin", returns=schemas.UserRead)
def enable_user(call: Call, id: str) -> User:
    """Let a disabled user in again."""
    user = queries.get_user(call.session, id)
    call.check_version(user)
    return actions.enable_user(call.session, user, by=call.by)


@routes.page("/roles", needs="users:read", listing=ROLES, returns=schemas.RoleRead)
def list_roles(call: Call) -> Select[Role]:
    """The roles."""
    return select(Role)


@routes.post(
    "/roles", needs="roles:admin", body=schemas.RoleCreate, returns=schemas.RoleRead, location="/api/v1/roles/{id}"
)
def create_role(call: Call) -> Role:
    """Add a role, with no more rights than the caller has."""
    return actions.create_role(call.session, by=call.by, **call.body)


@routes.get("/roles/<id>", needs="users:read", returns=schemas.RoleRead)
def get_role(call: Call, id: str) -> Role:
    """One role."""
    return queries.get_role(call.session, id)


@routes.patch("/roles/<id>", needs="roles:admin", body=schemas.RoleUpdate, returns=schemas.RoleRead)
def update_role(call: Call, id: str) -> Role:
    """Change a role; it holds for all its members within a second."""
    role = queries.get_role(call.session, id)
    call.check_version(role)
    return actions.update_role(call.session, role, by=call.by, changes=call.body)


@routes.delete("/roles/<id>", needs="roles:admin")
def delete_role(call: Call, id: str) -> None:
    """Delete a role that nobody has."""
    role = queries.get_role(call.session, id)
    call.check_version(role)
    actions.delete_role(call.session, role, by=call.by)


@routes.page("/teams", needs="teams:read", listing=TEAMS, returns=schemas.TeamRead)
def list_teams(call: Call) -> Select[Team]:
    """The teams."""
    return select(Team)


@routes.post(
    "/teams", needs="teams:admin", body=schemas.TeamWrite, returns=schemas.TeamRead, location="/api/v1/teams/{id}"
)
def create_team(call: Call) -> Team:
    """Add a team."""
    return actions.create_team(call.session, by=call.by, name=call.body["name"])


@routes.get("/teams/<id>", needs="teams:read", returns=schemas.TeamRead)
def get_team(call: Call, id: str) -> Team:
    """One team."""
    return queries.get_team(call.session, id)


@routes.patch("/teams/<id>", needs="teams:admin", body=schemas.TeamWrite, returns=schemas.TeamRead)
def update_team(call: Call, id: str) -> Team:
    """Rename a team."""
    team = queries.get_team(call.session, id)
    call.check_version(team)
    changes: dict[str, Any] = call.body
    return actions.update_team(call.session, team, by=call.by, name=changes.get("name", team.name))


@routes.delete("/teams/<id>", needs="teams:admin")
def delete_team(call: Call, id: str) -> None:
    """Delete an empty team."""
    team = queries.get_team(call.session, id)
    call.check_version(team)
    actions.delete_team(call.session, team, by=call.by)
