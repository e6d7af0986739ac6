"""What every page requires of its request: a user who is signed in, and for a change a form of ours with its token."""

from flask import Response, make_response, redirect, request

from gateway.console.login import login
from gateway.console.page import csrf
from gateway.console.page.current_user import identify, is_signed_in
from gateway.console.page.htmx import is_htmx
from gateway.console.page.rendering import render
from gateway.console.page.urls import url_with
from gateway.http import authentication
from servicekit.errors import Forbidden


def _check_origin() -> Response | None:
    """Find out who asks; a change that another site's page sends is not taken."""
    identify()
    if request.method not in csrf.SAFE_METHODS:
        try:
            authentication.check_own_page()
        except Forbidden as error:
            return _not_taken(error.detail)
    return None


def check_login_request() -> Response | None:
    """Before a view of the log-in pages: None where it may run, else the answer."""
    return _check_origin() or (None if csrf.has_valid_token() else _too_old())


def check_user_request() -> Response | None:
    """Before a view of any other page."""
    if refused := _check_origin():
        return refused
    if not is_signed_in():
        return require_login()
    if csrf.has_valid_token():
        return None
    return _too_old() if is_htmx() else login.resume_form()


def require_login() -> Response:
    """To the log-in page; a fragment gets 401 and never a redirect, or the log-in page would land in a panel."""
    if is_htmx():
        response = make_response("", 401)
        response.headers["HX-Trigger"] = "login"
        return response
    if request.method not in csrf.SAFE_METHODS:
        return login.login_with_draft()
    wanted = request.full_path.rstrip("?")
    had_session = "1" if authentication.session_token() else ""
    where = url_with("/login", {"next": wanted if wanted != "/" else "", "over": had_session})
    return make_response(redirect(where, 303))


def _too_old() -> Response:
    return _not_taken("This form is too old. Load the page again.")


def _not_taken(why: str) -> Response:
    return make_response(render("page/states/foreign.html", why=why, status=403))
