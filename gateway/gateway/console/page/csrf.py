"""CSRF tokens: each form carries one that belongs to its session, or to a visitor who is not signed in yet."""

import hashlib
import hmac
import secrets
from typing import Final

from flask import Response, current_app, g, request

from gateway.http import authentication

VISITOR_COOKIE: Final = "crm_visitor"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def has_valid_token() -> bool:
    """Whether the request needs no token, or its form or header carries the token of this very session."""
    if request.method in SAFE_METHODS:
        return True
    sent = request.form.get("_csrf") or request.headers.get("X-CSRF-Token", "")
    return hmac.compare_digest(sent.encode(), csrf_token().encode())


def csrf_token() -> str:
    """The token for the forms of this page."""
    return token_of(g.get("new_session") or authentication.session_token() or visitor())


def token_of(session: str) -> str:
    """The CSRF token of a session: a keyed digest that only this installation can compute."""
    secret: str = current_app.extensions["service"].settings.session_secret
    return hmac.new(secret.encode(), b"csrf:" + session.encode(), hashlib.sha256).hexdigest()


def visitor() -> str:
    """A random name for a browser without a session, so that its log-in form has a token too."""
    if "visitor" not in g:
        g.visitor = request.cookies.get(VISITOR_COOKIE) or secrets.token_urlsafe(18)
    name: str = g.visitor
    return name


def keep_visitor(response: Response) -> None:
    """Set the visitor's cookie when a name was made for this answer."""
    if "visitor" in g and request.cookies.get(VISITOR_COOKIE) != g.visitor:
        response.set_cookie(
            VISITOR_COOKIE, g.visitor, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
        )
