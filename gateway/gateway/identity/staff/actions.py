"""What happens to users, roles and teams; every change of a user is published, also one of their role or team."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from gateway.identity.access import rules as access
from gateway.identity.access.actions import revoke_keys_of_user
from gateway.identity.sessions.actions import sign_out_user
from gateway.identity.sessions.passwords import hash_password
from gateway.identity.sessions.rules import check_password, normalize_email
from gateway.identity.staff import queries
from gateway.identity.staff.events import Personal, UserCreated, UserDisabled, UserEvent, UserUpdated
from gateway.identity.staff.models import Role, Team, User
from servicekit.actor import Actor
from servicekit.auth import Scope
from servicekit.errors import Conflict, one_field
from servicekit.ids import new_id
from servicekit.messaging.outbox import record

# Fields that decide how somebody comes in, and with which rights.
ACCESS = frozenset({"email", "password", "roles"})


class LastAdministrator(Conflict):
    """Nobody would be left who may do everything."""


class RoleInUse(Conflict):
    """Somebody still has it, or it came with the product."""


class TeamInUse(Conflict):
    """Somebody is still in it."""


def create_user(
    session: Session,
    *,
    by: Actor,
    email: str,
    name: str,
    password: str | None = None,
    roles: Sequence[str] = (),
    team_ids: Sequence[str] = (),
    manager_id: str | None = None,
    language: str = "en",
) -> User:
    """A new member of the staff; without a password they come in by a one-time link."""
    address = normalize_email(email)
    _check_email_is_free(session, address)
    access.check_teams(team_ids, by=by)
    if password is not None:
        check_password(password, email=address)
    user = User(
        id=new_id("usr"),
        email=address,
        name=name.strip(),
        language=language,
        password_hash=hash_password(password) if password is not None else None,
        manager_id=_checked_manager(session, manager_id, of=None),
        is_active=True,
        roles=_grantable(queries.get_roles_by_key(session, roles), by=by),
        teams=queries.get_teams(session, team_ids),
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(user)
    _publish(session, UserCreated, user, by=by)
    return user


def update_user(session: Session, user: User, *, by: Actor, changes: dict[str, Any]) -> User:
    """Change what is named; a new password and `is_active: false` end every session, token and link."""
    _check_may_change(user, by=by, changes=changes)
    with session.no_autoflush:  # one change is one version
        for name in ("name", "language"):
            if name in changes:
                setattr(user, name, changes[name])
        if "manager_id" in changes:
            user.manager_id = _checked_manager(session, changes["manager_id"], of=user)
        if "team_ids" in changes:
            user.teams = queries.get_teams(session, changes["team_ids"])
        if ACCESS & changes.keys():
            _change_access(session, user, by=by, changes=changes)
    if changes.get("is_active", user.is_active) != user.is_active:
        move = enable_user if changes["is_active"] else disable_user
        return move(session, user, by=by)
    user.bump(by.now)
    _publish(session, UserUpdated, user, by=by)
    return user


def disable_user(session: Session, user: User, *, by: Actor) -> User:
    """Out at once: sessions, tokens, links and keys end in this transaction. The second time does nothing."""
    if not user.is_active:
        return user
    access.check_may_manage(user, by=by)
    if queries.is_last_administrator(session, user):
        raise LastAdministrator("This is the last active administrator. Make somebody else one first.")
    user.is_active = False
    user.bump(by.now)
    sign_out_user(session, user.id, by=by)
    revoke_keys_of_user(session, user.id, by=by)
    _publish(session, UserDisabled, user, by=by)
    return user


def enable_user(session: Session, user: User, *, by: Actor) -> User:
    """Back in, by password or a new link; old keys stay revoked. The second time does nothing."""
    if user.is_active:
        return user
    access.check_may_manage(user, by=by)
    user.is_active = True
    user.bump(by.now)
    _publish(session, UserUpdated, user, by=by)
    return user


def set_password(session: Session, user: User, *, by: Actor, password: str) -> None:
    """A new password signs the user out everywhere: whoever knew the old one is out too."""
    check_password(password, email=user.email)
    user.password_hash = hash_password(password)
    user.bump(by.now)
    sign_out_user(session, user.id, by=by)


def create_role(session: Session, *, by: Actor, key: str, name: str, permissions: Sequence[str], scope: str) -> Role:
    """A role with no more rights, and no wider record scope, than its maker has."""
    access.check_permissions(permissions)
    access.check_grants(permissions, by=by)
    access.check_scope(scope, by=by)
    if queries.find_role_by_key(session, key) is not None:
        raise one_field("/key", "taken", "Another role has this key.")
    role = Role(
        id=new_id("rol"),
        key=key,
        name=name,
        permissions=list(permissions),
        scope=scope,
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(role)
    session.flush()
    return role


def update_role(session: Session, role: Role, *, by: Actor, changes: dict[str, Any]) -> Role:
    """The administrator's own rights cannot be cut: nobody could give them back."""
    if role.key == "administrator" and {"permissions", "scope"} & changes.keys():
        raise Conflict("The administrator role keeps all its rights.")
    access.check_grants(role.permissions, by=by)
    access.check_scope(role.scope, by=by)
    if "permissions" in changes:
        access.check_permissions(changes["permissions"])
        access.check_grants(changes["permissions"], by=by)
    if "scope" in changes:
        access.check_scope(changes["scope"], by=by)
    for name, value in changes.items():
        setattr(role, name, value)
    role.bump(by.now)
    _publish_again(session, queries.members_of_role(session, role), by=by)
    return role


def delete_role(session: Session, role: Role, *, by: Actor) -> None:
    """Only one of your own that nobody has, and that gives no more than its remover has."""
    access.check_grants(role.permissions, by=by)
    access.check_scope(role.scope, by=by)
    if role.is_shipped:
        raise RoleInUse("This role came with the product and stays.")
    if queries.members_of_role(session, role):
        raise RoleInUse("Some users still have this role. Give them another one first.")
    session.delete(role)


def create_team(session: Session, *, by: Actor, name: str) -> Team:
    """A team with a name of its own."""
    _check_team_name_is_free(session, name)
    team = Team(id=new_id("tea"), name=name, created_at=by.now, updated_at=by.now)
    session.add(team)
    session.flush()
    return team


def update_team(session: Session, team: Team, *, by: Actor, name: str) -> Team:
    """Rename it."""
    if name != team.name:
        _check_team_name_is_free(session, name)
    team.name = name
    team.bump(by.now)
    _publish_again(session, queries.members_of_team(session, team), by=by)
    return team


def delete_team(session: Session, team: Team, *, by: Actor) -> None:
    """Only an empty one."""
    if queries.members_of_team(session, team):
        raise TeamInUse("Some users are still in this team. Take them out first.")
    session.delete(team)


def _publish_again(session: Session, users: Iterable[User], *, by: Actor) -> None:
    """Their role or team has changed, so every service gets each of them anew."""
    for user in users:
        user.bump(by.now)
        _publish(session, UserUpdated, user, by=by)


def _publish(session: Session, event: type[UserEvent], user: User, *, by: Actor) -> None:
    record(session, lambda: _event_of(event, user), about=user, at=by.now)


def _event_of(event: type[UserEvent], user: User) -> UserEvent:
    return event(
        id=user.id,
        is_active=user.is_active,
        roles=user.role_keys,
        team_ids=user.team_ids,
        manager_id=user.manager_id,
        personal=Personal(name=user.name, email=user.email, language=user.language),
    )


def _change_access(session: Session, user: User, *, by: Actor, changes: dict[str, Any]) -> None:
    address = normalize_email(changes.get("email", user.email))
    if address != user.email:
        _check_email_is_free(session, address)
        user.email = address
    if "roles" in changes:
        _change_roles(session, user, changes["roles"], by=by)
    if "password" in changes:
        set_password(session, user, by=by, password=changes["password"])
        if user.id != by.id:  # whoever knew the old one may have made keys with it
            revoke_keys_of_user(session, user.id, by=by)


def _change_roles(session: Session, user: User, keys: Sequence[str], *, by: Actor) -> None:
    roles = queries.get_roles_by_key(session, keys)
    if "administrator" not in keys and queries.is_last_administrator(session, user):
        raise LastAdministrator("This is the last active administrator. Make somebody else one first.")
    user.roles = _grantable(roles, by=by)


def _grantable(roles: list[Role], *, by: Actor) -> list[Role]:
    for role in roles:
        access.check_grants(role.permissions, by=by)
        access.check_scope(role.scope, by=by)
    return roles


def _check_may_change(user: User, *, by: Actor, changes: dict[str, Any]) -> None:
    is_self = user.id == by.id
    if not is_self or ACCESS & changes.keys():  # a key, too, is its owner: with the rights of the key
        access.check_may_manage(user, by=by)
    if not is_self:
        access.check_teams(changes.get("team_ids", ()), by=by)
    is_moved = set(changes.get("team_ids", user.team_ids)) != set(user.team_ids)
    if is_self and is_moved and by.principal is not None and by.principal.scope is not Scope.ALL:
        raise access.MoreThanOwnRights("You cannot change your own teams: somebody who sees all records can.")


def _check_email_is_free(session: Session, address: str) -> None:
    if queries.find_user_by_email(session, address) is not None:
        raise one_field("/email", "taken", "Another user has this e-mail address.")


def _check_team_name_is_free(session: Session, name: str) -> None:
    if queries.find_team_by_name(session, name) is not None:
        raise one_field("/name", "taken", "Another team has this name.")


def _checked_manager(session: Session, id: str | None, *, of: User | None) -> str | None:
    if id is None:
        return None
    if session.get(User, id) is None or (of is not None and of.id == id):
        raise one_field("/manager_id", "unknown_user", "Choose another user as manager.")
    return id
