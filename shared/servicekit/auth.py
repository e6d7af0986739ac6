"""Who is asking: a short-lived signed identity, verified by every service with the public key alone."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

import jwt
from sqlalchemy import Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from servicekit.errors import Unauthenticated
from servicekit.settings import BadSettings

ISSUER: Final = "gateway"
LIFETIME_SECONDS: Final = 120
LEEWAY_SECONDS: Final = 30
REMEMBERED: Final = 2000

PUBLIC: Final = "public"
"""A route that anyone may call; it still needs an identity, of the kind PUBLIC."""
SIGNED_IN: Final = "signed_in"
"""A route for any caller that is somebody."""


class Kind(StrEnum):
    """What sort of caller this is."""

    USER = "user"
    KEY = "key"
    PUBLIC = "public"
    SERVICE = "service"
    SYSTEM = "system"  # an event or the clock; no token says so


class Scope(StrEnum):
    """Which rows of a list are the caller's."""

    OWN = "own"
    TEAM = "team"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who is asking, and what it may do. A permission is `resource:action`, `resource:*` or `*`."""

    id: str
    kind: Kind
    name: str = ""
    permissions: frozenset[str] = frozenset()
    scope: Scope = Scope.OWN
    team_ids: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def can(self, permission: str) -> bool:
        """Is this permission among them, by itself or under a star?"""
        resource = permission.partition(":")[0]
        return not self.permissions.isdisjoint({permission, f"{resource}:*", "*"})


_FIX: Final = "`python3 crm.py init` writes them."

ANONYMOUS: Final = Principal(id="public", kind=Kind.PUBLIC)


_S = TypeVar("_S", bound=Select[Any])


def visible(
    select: _S, principal: Principal, *, owner: InstrumentedAttribute[Any], team: InstrumentedAttribute[Any]
) -> _S:
    """Keep the rows in the caller's record scope; a row that belongs to nobody is seen from TEAM on."""
    if principal.scope is Scope.ALL:
        return select
    if principal.scope is Scope.OWN:
        return select.where(owner == principal.id)
    nobodys = and_(owner.is_(None), team.is_(None))
    return select.where(or_(owner == principal.id, team.in_(principal.team_ids), nobodys))


class Minter:
    """Signs identities; one a (principal, audience) is kept for half its life, because a signature costs 0.3 ms."""

    def __init__(self, *, kid: str, private_pem: str) -> None:
        self._kid = kid
        self._key = private_pem
        self._kept: dict[tuple[Principal, str], tuple[float, str]] = {}
        self._lock = threading.Lock()

    @classmethod
    def from_file(cls, path: str) -> "Minter":
        """The file that `crm.py` writes: `{"kid": …, "private_pem": …}`."""
        key = _read_keys("CRM_IDENTITY_SIGNING_KEY", path)
        return cls(kid=key["kid"], private_pem=key["private_pem"])

    def mint(self, principal: Principal, audience: str) -> str:
        """An identity token for one service."""
        now = time.time()
        slot = (principal, audience)
        kept = self._kept.get(slot)
        if kept is not None and kept[0] > now:
            return kept[1]
        token = jwt.encode(
            {
                "iss": ISSUER,
                "aud": audience,
                "sub": principal.id,
                "iat": int(now),
                "exp": int(now) + LIFETIME_SECONDS,
                "kind": principal.kind.value,
                "name": principal.name,
                "permissions": sorted(principal.permissions),
                "scope": principal.scope.value,
                "teams": list(principal.team_ids),
                "roles": list(principal.roles),
            },
            self._key,
            algorithm="EdDSA",
            headers={"kid": self._kid, "typ": "at+jwt"},
        )
        with self._lock:
            if len(self._kept) > REMEMBERED:
                self._kept.clear()
            self._kept[slot] = (now + LIFETIME_SECONDS / 2, token)
        return token


@dataclass
class Verifier:
    """Checks identities for one audience: EdDSA alone, key by pinned id, type, issuer and times."""

    keys: Mapping[str, str]
    audience: str
    _seen: dict[str, tuple[float, Principal]] = field(default_factory=dict)

    @classmethod
    def from_file(cls, path: str, audience: str) -> "Verifier":
        """The file of public keys: `{"<kid>": "<PEM>"}`."""
        keys = _read_keys("CRM_IDENTITY_KEYS", path)
        if not keys or not all("PUBLIC KEY" in str(pem) for pem in keys.values()):
            raise BadSettings(f"CRM_IDENTITY_KEYS names {path}, which holds no public keys: {_FIX}")
        return cls(keys=keys, audience=audience)

    def verify(self, token: str) -> Principal:
        """Who this token speaks for; raises Unauthenticated. A token once verified is remembered until it expires."""
        now = time.time()
        seen = self._seen.get(token)
        if seen is not None and seen[0] > now:
            return seen[1]
        try:
            claims = self._claims(token)
            principal = _principal(claims)
        except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
            raise Unauthenticated("The identity of this request is not valid for this service.") from error
        if len(self._seen) > REMEMBERED:
            self._seen.clear()
        self._seen[token] = (claims["exp"], principal)
        return principal

    def _claims(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != "at+jwt":
            raise jwt.InvalidTokenError("not an identity")
        claims: dict[str, Any] = jwt.decode(
            token,
            self.keys[header["kid"]],
            algorithms=["EdDSA"],
            audience=self.audience,
            issuer=ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "aud", "iss", "sub"], "strict_aud": True},
        )
        return claims


def _read_keys(setting: str, path: str) -> dict[str, str]:
    try:
        keys: dict[str, str] = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSettings(f"{setting} names {path}, where no keys can be read: {_FIX}") from error
    return keys


def _principal(claims: Mapping[str, Any]) -> Principal:
    kind = Kind(claims["kind"])
    if kind is Kind.SYSTEM:
        raise ValueError("no token speaks for an event or the clock")
    return Principal(
        id=claims["sub"],
        kind=kind,
        name=claims["name"],
        permissions=frozenset(claims["permissions"]),
        scope=Scope(claims["scope"]),
        team_ids=tuple(claims["teams"]),
        roles=tuple(claims["roles"]),
    )
