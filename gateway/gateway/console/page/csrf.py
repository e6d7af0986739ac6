"""What stands before every page: who is signed in, where a POST comes from, and the headers each answer leaves with."""

import hashlib
import hmac
import secrets
from typing import Final
from urllib.parse import urlsplit

from flask import Response, current_app, g, request

from gateway import admission
from gateway.sealing import PAGE_POLICY
from servicekit.auth import ANONYMOUS, Kind

HEADERS: Final = {
    "Content-Security-Policy": PAGE_POLICY,
    "Cache-Control": "no-store",
}
VISITOR_COOKIE: Final = "crm_visitor"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def identify() -> None:
    """Put who is asking where the page finds it."""
    found = admission.current_principal()
    g.principal = found if found is not None and found.kind is Kind.USER else ANONYMOUS


def is_signed_in() -> bool:
    return g.principal is not ANONYMOUS


def has_good_token() -> bool:
    """Does the form carry the token of this very session?"""
    sent = request.form.get("_csrf") or request.headers.get("X-CSRF-Token", "")
    return hmac.compare_digest(sent.encode(), csrf_token().encode())


def csrf_token() -> str:
    """The token of this session, or of this visitor who is not signed in yet."""
    return sign(g.get("new_token") or admission.session_token() or visitor())


def sign(text: str) -> str:
    """A keyed digest that only this installation can make."""
    secret: str = current_app.extensions["service"].settings.session_secret
    return hmac.new(secret.encode(), b"csrf:" + text.encode(), hashlib.sha256).hexdigest()


def visitor() -> str:
    """A random name for a browser that is not signed in, so that its log-in form has a token too."""
    if "visitor" not in g:
        g.visitor = request.cookies.get(VISITOR_COOKIE) or secrets.token_urlsafe(18)
    name: str = g.visitor
    return name


def seal(response: Response) -> Response:
    """The headers of every page; both htmx headers are in Vary because the same address answers pages and fragments."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    if request.endpoint and request.endpoint.endswith(".static"):
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if "v" in request.args else "public, max-age=300"
        )
        return response
    response.vary.update(("HX-Request", "HX-Target", "Cookie"))
    if "visitor" in g and request.cookies.get(VISITOR_COOKIE) != g.visitor:
        response.set_cookie(
            VISITOR_COOKIE, g.visitor, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
        )
    return response


def local_path(wanted: str | None) -> str:
    """Where to go after the log-in: a path of ours, or home; never another site."""
    text = (wanted or "").strip()
    if not text.startswith("/") or text.startswith(("//", "/\\")) or any(ord(c) < 32 or c == "\\" for c in text):  # noqa: PLR2004 - controls
        return "/"
    parts = urlsplit(text)
    return "/" if parts.scheme or parts.netloc or parts.path.startswith(("/login", "/logout")) else text
