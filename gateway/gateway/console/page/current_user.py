"""Who looks at the page: put into the request before any view runs, and asked for by everything that depends on it."""

from flask import g

from gateway.http import authentication
from servicekit.auth import ANONYMOUS, Kind, Principal


def identify() -> None:
    """Find the user of this browser's session; API keys and services do not sign in to pages."""
    found = authentication.current_principal()
    g.principal = found if found is not None and found.kind is Kind.USER else ANONYMOUS


def current_user() -> Principal:
    """The user who is signed in, or the anonymous principal."""
    principal: Principal = g.principal
    return principal


def is_signed_in() -> bool:
    """Whether there is a user at all."""
    return g.principal is not ANONYMOUS


def can(permission: str) -> bool:
    """Whether the user has this permission; the empty one everybody has."""
    return not permission or current_user().can(permission)
