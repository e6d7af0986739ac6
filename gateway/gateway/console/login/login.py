"""Logging in with a password or a one-time link, and logging out; what was typed when a session ended comes along."""

import json
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, current_app, g, make_response, redirect, request

from gateway.console.page import csrf
from gateway.console.page.current_user import is_signed_in
from gateway.console.page.forms import Form
from gateway.console.page.rendering import render
from gateway.console.page.urls import local_path
from gateway.http import authentication
from gateway.identity.login.password_check import start_session
from gateway.identity.sessions import actions as sessions
from servicekit.actor import Actor
from servicekit.errors import Error, TooMany

blueprint = Blueprint("console_login", __name__)

DRAFT_LENGTH: Final = 60_000
NOT_KEPT: Final = frozenset({"_csrf", "_once"})


@blueprint.get("/login")
def show_login() -> Response:
    """The form; who is signed in already goes on."""
    wanted = local_path(request.args.get("next"))
    if is_signed_in():
        return make_response(redirect(wanted, 303))
    return _form(Form(), wanted)


@blueprint.post("/login")
def log_in() -> Response:
    """With a password; an unknown address and a wrong password have the same error."""
    form = Form.posted()
    form.require("email", "Enter your e-mail address.")
    form.require("password", "Enter your password.")
    wanted, draft = local_path(form.value("next")), request.form.get("draft", "")
    if form.is_wrong:
        return _form(form, wanted, draft, status=422)
    try:
        token = start_session(
            current_app.extensions["service"].database,
            email=form.value("email"),
            password=request.form.get("password", ""),
            now=_now(),
            ip=request.remote_addr or "",
            user_agent=request.user_agent.string,
        )
    except Error as error:
        form.general.append(error.detail)
        return _form(form, wanted, draft, status=429 if isinstance(error, TooMany) else 422)
    return _signed_in(token, wanted, draft)


def _form(form: Form, wanted: str, draft: str = "", *, status: int = 200) -> Response:
    return render("login/login.html", form=form, next=wanted, draft=draft, status=status)


def _signed_in(token: str, wanted: str, draft: str) -> Response:
    """Go on; the dialog over a page gets the token for the forms that are open there."""
    g.new_session = token
    if request.headers.get("X-Console") == "dialog":
        response = make_response("", 204)
        response.headers["X-CSRF-Token"] = csrf.token_of(token)
    elif draft:
        response = render("login/resume.html", target=wanted, fields=_fields(draft))
    else:
        response = make_response(redirect(wanted, 303))
    authentication.set_session_cookie(response, token)
    return response


def login_with_draft() -> Response:
    """The session ended while somebody typed: the log-in form, which carries what this request sent."""
    draft = json.dumps([[name, value] for name, value in request.form.items() if name != "_csrf"])
    return _form(Form(), request.path, draft if len(draft) <= DRAFT_LENGTH else "", status=401)


def resume_form() -> Response:
    """The form is older than the session: it comes back with what this request sent, to be sent again."""
    fields = [(name, value) for name, value in request.form.items() if name not in NOT_KEPT]
    return render("login/resume.html", target=request.path, fields=fields, status=403)


def _fields(draft: str) -> list[tuple[str, str]]:
    try:
        return [(str(name), str(value)) for name, value in json.loads(draft) if name not in NOT_KEPT]
    except (ValueError, TypeError):
        return []


@blueprint.route("/login/once/<token>", methods=["GET", "POST"])
def use_login_link(token: str) -> Response:
    """A one-time link. Opening it only shows a button: programs that look into mail must not use it up."""
    if request.method == "GET":
        return render("login/link.html", over="")
    try:
        with current_app.extensions["service"].database.write() as session:
            issued = sessions.redeem_login_link(
                session,
                token,
                by=Actor.of(g.principal, now=_now()),
                ip=request.remote_addr or "",
                user_agent=request.user_agent.string,
            )
    except Error as error:
        return render("login/link.html", over=error.detail, status=422)
    return _signed_in(issued, "/", "")


@blueprint.post("/logout")
def log_out() -> Response:
    """End this session on the server, not only in the browser."""
    with current_app.extensions["service"].database.write() as session:
        sessions.end_session(session, authentication.session_token(), by=Actor.of(g.principal, now=_now()))
    response = make_response(redirect("/login?out=1", 303))
    authentication.clear_session_cookie(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _now() -> datetime:
    now: datetime = current_app.extensions["service"].clock()
    return now
