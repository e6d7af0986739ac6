"""What happens to a member of the staff: joining, changing, leaving; each is told to the other services."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from gateway.identity.access import rules
from gateway.identity.sessions.passwords import hash_password
from gateway.identity.staff import queries
from gateway.identity.staff.events import Personal, UserCreated, UserDisabled, UserFact, UserUpdated
from gateway.identity.staff.models import AccessToken, ApiKey, LoginLink, LoginSession, Role, Team, User
from servicekit.auth import Principal, Scope
from servicekit.errors import Conflict, FieldError, Forbidden, Invalid
from servicekit.ids import new_id
from servicekit.messaging.outbox import record

ACCESS = frozenset({"email", "password", "roles"})


class LastAdministrator(Conflict):
    """Nobody would be left who may do everything."""


class MoreThanOwnRights(Forbidden):
    """Nobody gives what they do not have."""


def create_user(
    session: Session,
    *,
    by: Principal | None,
    now: datetime,
    email: str,
    name: str,
    password: str | None = None,
    roles: Sequence[str] = (),
    team_ids: Sequence[str] = (),
    manager_id: str | None = None,
    language: str = "en",
    id: str | None = None,
) -> User:
    """A new member of the staff; without a password they come in by a one-time link. `by` is None at first start."""
    address = rules.normal_email(email)
    _check_email_is_free(session, address)
    if by is not None:
        check_teams(team_ids, by=by)
    if password is not None:
        rules.check_password(password, email=address)
    user = User(
        id=id or new_id("usr"),
        email=address,
        name=name.strip(),
        language=language,
        password_hash=hash_password(password) if password is not None else None,
        manager_id=_manager(session, manager_id, of=None),
        is_active=True,
        roles=_grantable(queries.roles_by_key(session, roles), by=by),
        teams=queries.teams_by_id(session, team_ids),
        created_at=now,
        updated_at=now,
    )
    session.add(user)
    _tell(session, UserCreated, user, now=now)
    return user


def update_user(session: Session, user: User, *, by: Principal, now: datetime, changes: dict[str, Any]) -> User:
    """Change what is named; a new password and `is_active: false` end every session, token and link."""
    _check_may_change(user, by=by, changes=changes)
    with session.no_autoflush:  # one change is one version
        for name in ("name", "language"):
            if name in changes:
                setattr(user, name, changes[name])
        if "manager_id" in changes:
            user.manager_id = _manager(session, changes["manager_id"], of=user)
        if "team_ids" in changes:
            user.teams = queries.teams_by_id(session, changes["team_ids"])
        if ACCESS & changes.keys():
            _change_access(session, user, by=by, now=now, changes=changes)
    if changes.get("is_active", user.is_active) != user.is_active:
        move = enable_user if changes["is_active"] else disable_user
        return move(session, user, by=by, now=now)
    _touch(user, now)
    _tell(session, UserUpdated, user, now=now)
    return user


def _change_access(session: Session, user: User, *, by: Principal, now: datetime, changes: dict[str, Any]) -> None:
    address = rules.normal_email(changes.get("email", user.email))
    if address != user.email:
        _check_email_is_free(session, address)
        user.email = address
    if "roles" in changes:
        _change_roles(session, user, changes["roles"], by=by)
    if "password" in changes:
        set_password(session, user, password=changes["password"], now=now)
        if user.id != by.id:  # whoever knew the old one may have made keys with it
            _revoke_keys(session, user, now=now)


def disable_user(session: Session, user: User, *, by: Principal, now: datetime) -> User:
    """Out at once: sessions, tokens, links and keys end in this transaction. The second time does nothing."""
    if not user.is_active:
        return user
    check_may_manage(user, by=by)
    if queries.is_last_administrator(session, user):
        raise LastAdministrator("This is the last active administrator. Make somebody else one first.")
    user.is_active = False
    _touch(user, now)
    _end_everything(session, user)
    _revoke_keys(session, user, now=now)
    _tell(session, UserDisabled, user, now=now)
    return user


def enable_user(session: Session, user: User, *, by: Principal, now: datetime) -> User:
    """Back in, by password or a new link; old keys stay revoked. The second time does nothing."""
    if user.is_active:
        return user
    check_may_manage(user, by=by)
    user.is_active = True
    _touch(user, now)
    _tell(session, UserUpdated, user, now=now)
    return user


def set_password(session: Session, user: User, *, password: str, now: datetime) -> None:
    """A new password signs the user out everywhere: whoever knew the old one is out too."""
    rules.check_password(password, email=user.email)
    user.password_hash = hash_password(password)
    _touch(user, now)
    _end_everything(session, user)


def tell_again(session: Session, users: Iterable[User], *, now: datetime) -> None:
    """Their role or team has changed: every service hears each of them anew."""
    for user in users:
        _touch(user, now)
        _tell(session, UserUpdated, user, now=now)


def members_of_role(session: Session, role: Role) -> list[User]:
    """Everybody with this role."""
    return list(session.scalars(select(User).where(User.roles.contains(role)).order_by(User.id)))


def members_of_team(session: Session, team: Team) -> list[User]:
    """Everybody in this team."""
    return list(session.scalars(select(User).where(User.teams.contains(team)).order_by(User.id)))


def _touch(user: User, now: datetime) -> None:
    user.updated_at = now
    # Roles and teams are rows of other tables: the version must rise with them, even within one instant.
    flag_modified(user, "updated_at")


def _tell(session: Session, fact: type[UserFact], user: User, *, now: datetime) -> None:
    record(session, lambda: _state(fact, user), about=user, at=now)


def _state(fact: type[UserFact], user: User) -> UserFact:
    return fact(
        id=user.id,
        is_active=user.is_active,
        roles=user.role_keys,
        team_ids=user.team_ids,
        manager_id=user.manager_id,
        personal=Personal(name=user.name, email=user.email, language=user.language),
    )


def _end_everything(session: Session, user: User) -> None:
    for table in (LoginSession, AccessToken, LoginLink):
        session.execute(delete(table).where(table.user_id == user.id))


def _revoke_keys(session: Session, user: User, *, now: datetime) -> None:
    session.execute(update(ApiKey).where(ApiKey.user_id == user.id, ApiKey.revoked_at.is_(None)).values(revoked_at=now))


def _change_roles(session: Session, user: User, keys: Sequence[str], *, by: Principal) -> None:
    roles = queries.roles_by_key(session, keys)
    if "administrator" not in keys and queries.is_last_administrator(session, user):
        raise LastAdministrator("This is the last active administrator. Make somebody else one first.")
    user.roles = _grantable(roles, by=by)


def _grantable(roles: list[Role], *, by: Principal | None) -> list[Role]:
    if by is not None:
        for role in roles:
            check_grants(role.permissions, by=by)
            check_scope(role.scope, by=by)
    return roles


def check_grants(permissions: Iterable[str], *, by: Principal) -> None:
    """Raises MoreThanOwnRights where the giver lacks one of them."""
    missing = [permission for permission in permissions if not rules.is_allowed(by.permissions, permission)]
    if missing:
        raise MoreThanOwnRights(f"You cannot give the permission {missing[0]!r}: you do not have it.")


def check_scope(scope: str, *, by: Principal) -> None:
    """Raises MoreThanOwnRights where the giver sees fewer records."""
    if rules.widest((scope, by.scope)) != by.scope:
        raise MoreThanOwnRights(f"You cannot give the record scope {scope!r}: yours is {by.scope.value!r}.")


def _check_may_change(user: User, *, by: Principal, changes: dict[str, Any]) -> None:
    is_self = user.id == by.id
    if not is_self or ACCESS & changes.keys():  # a key, too, is its owner: with the rights of the key
        check_may_manage(user, by=by)
    if not is_self:
        check_teams(changes.get("team_ids", ()), by=by)
    moves = set(changes.get("team_ids", user.team_ids)) != set(user.team_ids)
    if is_self and moves and by.scope is not Scope.ALL:
        raise MoreThanOwnRights("You cannot change your own teams: somebody who sees all records can.")


def check_may_manage(user: User, *, by: Principal) -> None:
    """Whoever sets somebody's password or address becomes them: only with at least their rights and their records."""
    for role in user.roles:
        check_grants(role.permissions, by=by)
        check_scope(role.scope, by=by)
    if user.id == by.id:
        return
    if by.scope is Scope.OWN:  # somebody else's own records are not this one's own
        raise MoreThanOwnRights("You cannot manage others: you see your own records alone.")
    check_teams(user.team_ids, by=by)


def check_teams(team_ids: Iterable[str], *, by: Principal) -> None:
    """Raises MoreThanOwnRights where one of them is a team whose records the giver does not see."""
    if by.scope is not Scope.ALL and not set(team_ids) <= set(by.team_ids):
        raise MoreThanOwnRights("You cannot manage people of a team whose records you do not see.")


def _check_email_is_free(session: Session, address: str) -> None:
    if queries.user_by_email(session, address) is not None:
        detail = "Another user has this e-mail address."
        raise Invalid(detail, fields=[FieldError(pointer="/email", code="taken", detail=detail)])


def _manager(session: Session, id: str | None, *, of: User | None) -> str | None:
    if id is None:
        return None
    if session.get(User, id) is None or (of is not None and of.id == id):
        detail = "Choose another user as manager."
        raise Invalid(detail, fields=[FieldError(pointer="/manager_id", code="unknown_user", detail=detail)])
    return id
