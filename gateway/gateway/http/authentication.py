"""Authentication: who is asking (cookie, token or key), from a page of ours, and within their rate limit.

For the console: `current_principal()`, `session_token()`, `set_session_cookie(response, token)`,
`clear_session_cookie(response)`.
"""

from typing import Final

from flask import Flask, Response, current_app, g, request

from gateway.http.principals import Principals
from gateway.http.rate_limit import Policy, RateLimiter
from gateway.identity.sessions.rules import SESSION_ABSOLUTE
from gateway.settings import Settings
from servicekit.auth import ANONYMOUS, PUBLIC, Minter, Principal
from servicekit.errors import Forbidden, Unauthenticated
from servicekit.service import Service

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LOGIN_PATH: Final = "/api/v1/auth/tokens"


class WrongCredentials(Unauthenticated):
    """A token, key or cookie that is wrong, over or revoked."""


class ForeignPage(Forbidden):
    """A browser sent a change from another site's page."""


def install_authentication(app: Flask, service: Service, minter: Minter) -> None:
    """Authenticate callers of the gateway's own routes, which then run as those of any other service do."""
    app.extensions["principals"] = Principals(service.database)
    app.extensions["rate_limiter"] = RateLimiter()
    needs = {operation.operation_id: operation.needs for operation in app.extensions["operations"]}

    @app.before_request
    def authenticate_own_routes() -> None:
        endpoint = request.endpoint or ""
        if endpoint not in needs:
            return
        principal = authenticate(is_public=needs[endpoint] == PUBLIC)
        request.environ["HTTP_AUTHORIZATION"] = f"Bearer {minter.mint(principal, service.name)}"


def current_principal() -> Principal | None:
    """Who is signed in with this browser's cookie; None when nobody is. Looked up once a request."""
    if "signed_in" not in g:
        token = session_token()
        g.signed_in = _principals().of_session(token, now=_service().clock()) if token else None
    found: Principal | None = g.signed_in
    return found


def session_token() -> str:
    """What the session cookie holds; empty where there is none."""
    return request.cookies.get(_cookie_name(), "")


def set_session_cookie(response: Response, token: str) -> None:
    """Sign this browser in. The `__Host-` name binds the cookie to this very host, where there is TLS."""
    response.set_cookie(
        _cookie_name(),
        token,
        max_age=int(SESSION_ABSOLUTE.total_seconds()),
        secure=_settings().is_https,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def clear_session_cookie(response: Response) -> None:
    """Sign this browser out, after `end_session`; nothing is trusted from memory any longer."""
    _principals().forget()
    response.delete_cookie(_cookie_name(), secure=_settings().is_https, httponly=True, samesite="Lax", path="/")


def authenticate(*, is_public: bool) -> Principal:
    """Who may use an API route: a bearer first; a cookie only where the page is ours; on public routes anybody."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        found = _principals().of_bearer(text.strip(), now=_service().clock()) if scheme.lower() == "bearer" else None
        if found is None:
            count_anonymous()
            raise WrongCredentials("This token or key is wrong, over or revoked. Get a new one.")
        _count(Policy(name="default", per_minute=_settings().rate_limit), found.id)
        return found
    if is_public:
        count_anonymous()
        return ANONYMOUS
    return _authenticate_browser()


def _authenticate_browser() -> Principal:
    found = current_principal()
    if found is None:
        count_anonymous()
        raise Unauthenticated("Log in, or send a token or an API key.")
    check_own_page()
    _count(Policy(name="default", per_minute=_settings().rate_limit), found.id)
    return found


def check_own_page() -> None:
    """A cookie travels by itself: a change that comes with one must come from a page of ours."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        is_ours = site == "same-origin"
    else:
        is_ours = request.headers.get("Origin") in {_settings().origin, request.host_url.rstrip("/")}
    if not is_ours:
        raise ForeignPage(
            "This change did not come from a page of ours. Programs send a token or a key instead of a cookie."
        )


def count_anonymous() -> None:
    """Count a request of somebody unknown, by address."""
    settings = _settings()
    address = request.remote_addr or "unknown"
    if request.path == LOGIN_PATH:
        _count(Policy(name="login", per_minute=settings.rate_limit_login), address)
    else:
        _count(Policy(name="public", per_minute=settings.rate_limit_public), address)


def _count(policy: Policy, caller: str) -> None:
    limiter: RateLimiter = current_app.extensions["rate_limiter"]
    g.rate_limit_headers = limiter.take(policy, caller).headers


def _cookie_name() -> str:
    return "__Host-crm" if _settings().is_https else "crm_session"


def _service() -> Service:
    found: Service = current_app.extensions["service"]
    return found


def _settings() -> Settings:
    found: Settings = _service().settings
    return found


def _principals() -> Principals:
    found: Principals = current_app.extensions["principals"]
    return found
