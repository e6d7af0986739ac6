"""The rules of signing in: how long things last, what a password must be, how a secret is written, who may do what."""

import hashlib
import re
import secrets
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from servicekit.errors import FieldError, Invalid

SESSION_IDLE = timedelta(minutes=30)
SESSION_ABSOLUTE = timedelta(hours=12)
TOKEN_LIFE = timedelta(hours=12)
LINK_LIFE = timedelta(minutes=15)
# A use is written down at most this often: a read must not become a write on every request.
SEEN_EVERY = timedelta(minutes=1)

PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 128
FEWEST_DIFFERENT = 5

ACCOUNT_FREE_FAILURES = 5
ADDRESS_FREE_FAILURES = 20
LONGEST_DELAY = timedelta(minutes=15)
FAILURES_FORGOTTEN_AFTER = timedelta(hours=24)
# An account that came in from an address does not wait there for the failures of others.
ADDRESS_KNOWN_FOR = timedelta(days=30)

KEY_PREFIX = "crm_live_"
TOKEN_PREFIX = "crm_at_"  # noqa: S105 - a public prefix for secret scanners
_KEY = re.compile(r"crm_live_([a-z0-9]{26})_([A-Za-z0-9_-]{43})_([0-9a-f]{8})")
_PERMISSION = re.compile(r"\*|[a-z][a-z_]*:(\*|[a-z][a-z_]*)")

_EVERYBODY = ("customers:read", "cases:read", "orders:read", "notifications:read", "users:read", "teams:read")
MANAGER_PERMISSIONS = (
    "customers:*", "cases:*", "workflows:*", "forms:*", "work_items:*", "orders:*", "products:*", "payments:*",
    "notifications:*", "users:read", "teams:read", "api_keys:*",
)  # fmt: skip
AGENT_PERMISSIONS = (*_EVERYBODY, "customers:write", "cases:write", "work_items:decide")
FINANCE_PERMISSIONS = (*_EVERYBODY, "orders:write", "products:write", "payments:write", "work_items:decide")
SUPPORT_PERMISSIONS = (*_EVERYBODY, "customers:write", "cases:write", "work_items:decide", "notifications:write")

# key, name, permissions, record scope: made at first start, then they belong to the administrators.
SHIPPED_ROLES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("administrator", "Administrator", ("*",), "all"),
    ("manager", "Manager", MANAGER_PERMISSIONS, "all"),
    ("agent", "Agent", AGENT_PERMISSIONS, "team"),
    ("finance", "Finance", FINANCE_PERMISSIONS, "all"),
    ("support", "Support", SUPPORT_PERMISSIONS, "all"),
)
SCOPES = ("own", "team", "all")


def normal_email(email: str) -> str:
    """One spelling per mailbox, so that an address signs in however it is typed."""
    return email.strip().lower()


def check_password(password: str, *, email: str = "") -> None:
    """Long enough, not endless, not the address itself and not one key held down."""
    problem = ""
    if len(password) < PASSWORD_SHORTEST:
        problem = f"Use at least {PASSWORD_SHORTEST} characters."
    elif len(password) > PASSWORD_LONGEST:
        problem = f"Use at most {PASSWORD_LONGEST} characters."
    elif len(set(password)) < FEWEST_DIFFERENT or normal_email(password) == normal_email(email):
        problem = "Choose a password that is harder to guess."
    if problem:
        raise Invalid(problem, fields=[FieldError(pointer="/password", code="weak", detail=problem)])


def digest(secret: str) -> str:
    """What is stored of a random secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """43 URL-safe characters that carry 256 random bits."""
    return secrets.token_urlsafe(32)


def new_access_token() -> str:
    """An opaque bearer token; only its digest is kept, so it can be revoked and not be read back."""
    return f"{TOKEN_PREFIX}{new_secret()}"


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


def waiting_time(failures: int, *, free: int) -> timedelta:
    """How long after the last failure the next try is heard: nothing at first, then 1, 2, 4 … seconds."""
    if failures < free:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - free, 20)), LONGEST_DELAY)


def seconds_to_wait(failures: int, last_at: datetime, now: datetime, *, free: int) -> int:
    """Whole seconds until the next try is heard; 0 means now."""
    left = last_at + waiting_time(failures, free=free) - now
    return max(0, -(-int(left.total_seconds() * 1000) // 1000))


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


def secret_of_key(text: str) -> str:
    """The random part of a well-formed key."""
    return text[-52:-9]
