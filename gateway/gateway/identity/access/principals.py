"""From a user and what one of their credentials allows to the `Principal` who asks."""

from dataclasses import dataclass

from gateway.identity.access import rules
from gateway.identity.access.rules import Grantee
from servicekit.auth import Kind, Principal, Scope


@dataclass(frozen=True, kw_only=True)
class Authenticated:
    """Whom a credential speaks for, and whether it is time to record that it was used."""

    principal: Principal
    is_use_due: bool = False


def principal_of(user: Grantee, *, kind: Kind = Kind.USER, permissions: frozenset[str] | None = None) -> Principal:
    """A user with the rights of their roles, or with the part of them that a key has."""
    granted = frozenset(permission for role in user.roles for permission in role.permissions)
    return Principal(
        id=user.id,
        kind=kind,
        name=user.name,
        permissions=granted if permissions is None else rules.common_grants(granted, permissions),
        scope=Scope(rules.widest(role.scope for role in user.roles)),
        team_ids=tuple(user.team_ids),
        roles=tuple(user.role_keys),
    )
