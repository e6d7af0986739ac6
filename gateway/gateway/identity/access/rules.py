"""Who may do what: permissions and record scopes, what nobody may give away, and how an API key is written."""

import hashlib
import re
import secrets
import zlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Protocol

from servicekit.actor import Actor
from servicekit.auth import Kind, Principal, Scope
from servicekit.errors import FieldError, Forbidden, Invalid

# A use is recorded at most this often: a read must not become a write on every request.
USE_RECORDED_EVERY = timedelta(minutes=1)
SCOPES = ("own", "team", "all")

KEY_PREFIX = "crm_live_"
_KEY = re.compile(r"crm_live_([a-z0-9]{26})_([A-Za-z0-9_-]{43})_([0-9a-f]{8})")
_PERMISSION = re.compile(r"\*|[a-z][a-z_]*:(\*|[a-z][a-z_]*)")


class Grant(Protocol):
    """What a role gives: permissions, and the record scope in which they hold."""

    @property
    def permissions(self) -> Sequence[str]: ...
    @property
    def scope(self) -> str: ...


class Grantee(Protocol):
    """Whoever sessions, tokens and keys speak for, as far as access has to know them: a user of the staff."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def roles(self) -> Sequence[Grant]: ...
    @property
    def role_keys(self) -> Sequence[str]: ...
    @property
    def team_ids(self) -> Sequence[str]: ...


class MoreThanOwnRights(Forbidden):
    """Nobody gives what they do not have."""


def digest(secret: str) -> str:
    """What is stored of a random secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """43 URL-safe characters that carry 256 random bits."""
    return secrets.token_urlsafe(32)


def write_key(key_id: str, secret: str) -> str:
    """`crm_live_<id>_<secret>_<crc>`: the prefix is for secret scanners, the checksum for typing errors."""
    head = f"{KEY_PREFIX}{key_id.partition('_')[2]}_{secret}"
    return f"{head}_{zlib.crc32(head.encode()):08x}"


def read_key(text: str) -> str | None:
    """The id of a well-formed key, or nothing; no database is asked about a key with a wrong checksum."""
    found = _KEY.fullmatch(text)
    if found is None or f"{zlib.crc32(text[:-9].encode()):08x}" != found[3]:
        return None
    return f"key_{found[1]}"


def secret_of_key(text: str) -> str:
    """The random part of a well-formed key."""
    return text[-52:-9]


def covers(grant: str, permission: str) -> bool:
    """Does a grant such as `cases:*` contain a permission such as `cases:read`, or another grant?"""
    return grant in ("*", permission) or (grant.endswith(":*") and permission.startswith(grant[:-1]))


def is_allowed(grants: Iterable[str], permission: str) -> bool:
    """Does any of the grants contain it?"""
    return any(covers(grant, permission) for grant in grants)


def common_grants(first: Iterable[str], second: Iterable[str]) -> frozenset[str]:
    """What both sets allow: a key never does more than its owner may do today."""
    one, other = tuple(first), tuple(second)
    return frozenset(g for g in one if is_allowed(other, g)) | frozenset(g for g in other if is_allowed(one, g))


def check_permissions(permissions: Iterable[str]) -> None:
    """Each is `*`, `noun:*` or `noun:verb`."""
    wrong = [permission for permission in permissions if not _PERMISSION.fullmatch(permission)]
    if wrong:
        detail = f"{wrong[0]!r} is no permission: write 'cases:read', 'cases:*' or '*'."
        raise Invalid(detail, fields=[FieldError(pointer="/permissions", code="unknown_permission", detail=detail)])


def widest(scopes: Iterable[str]) -> str:
    """The record scope of somebody with several roles."""
    return max(scopes, key=SCOPES.index, default="own")


def check_grants(permissions: Iterable[str], *, by: Actor) -> None:
    """Raises MoreThanOwnRights where the giver lacks one of them; the system may give all."""
    if by.kind is Kind.SYSTEM:
        return
    own = _principal(by).permissions
    missing = [permission for permission in permissions if not is_allowed(own, permission)]
    if missing:
        raise MoreThanOwnRights(f"You cannot give the permission {missing[0]!r}: you do not have it.")


def check_scope(scope: str, *, by: Actor) -> None:
    """Raises MoreThanOwnRights where the giver sees fewer records."""
    if by.kind is Kind.SYSTEM:
        return
    own = _principal(by).scope
    if widest((scope, own)) != own:
        raise MoreThanOwnRights(f"You cannot give the record scope {scope!r}: yours is {own.value!r}.")


def check_teams(team_ids: Iterable[str], *, by: Actor) -> None:
    """Raises MoreThanOwnRights where one of them is a team whose records the giver does not see."""
    if by.kind is Kind.SYSTEM:
        return
    giver = _principal(by)
    if giver.scope is not Scope.ALL and not set(team_ids) <= set(giver.team_ids):
        raise MoreThanOwnRights("You cannot manage people of a team whose records you do not see.")


def check_may_manage(user: Grantee, *, by: Actor) -> None:
    """Whoever sets somebody's password or address becomes them: only with at least their rights and their records."""
    for role in user.roles:
        check_grants(role.permissions, by=by)
        check_scope(role.scope, by=by)
    if by.kind is Kind.SYSTEM or user.id == by.id:
        return
    if _principal(by).scope is Scope.OWN:  # somebody else's own records are not this one's own
        raise MoreThanOwnRights("You cannot manage others: you see your own records alone.")
    check_teams(user.team_ids, by=by)


def _principal(by: Actor) -> Principal:
    if by.principal is None:
        raise MoreThanOwnRights("Only somebody who is signed in can give permissions.")
    return by.principal
