"""Coming in and going out: password, one-time link, and what was typed when the session ended."""

import json
from datetime import datetime

from flask import Blueprint, Response, current_app, g, make_response, redirect, request

from gateway import admission
from gateway.console.page import csrf as guarding
from gateway.console.page.forms import Form
from gateway.console.page.rendering import page
from gateway.identity import sessions
from servicekit.errors import Error, TooMany

blueprint = Blueprint("console_login", __name__)

CARRIED_MOST = 60_000


@blueprint.get("/login")
def ask_to_log_in() -> Response:
    """The form; who is in already goes on."""
    wanted = guarding.local_path(request.args.get("next"))
    if guarding.is_signed_in():
        return make_response(redirect(wanted, 303))
    return page("login/login.html", form=Form(), next=wanted, draft="")


@blueprint.post("/login")
def log_in() -> Response:
    """With a password; the same words for an unknown address and a wrong password."""
    form = Form.posted()
    form.require("email", "Enter your e-mail address.")
    form.require("password", "Enter your password.")
    wanted, draft = guarding.local_path(form.value("next")), request.form.get("draft", "")
    if not form.is_wrong:
        try:
            token = sessions.start_session(
                current_app.extensions["service"].database,
                email=form.value("email"),
                password=request.form.get("password", ""),
                now=_now(),
                ip=request.remote_addr or "",
                user_agent=request.user_agent.string,
            )
        except Error as error:
            form.general.append(error.detail)
            status = 429 if isinstance(error, TooMany) else 422
            return page("login/login.html", form=form, next=wanted, draft=draft, status=status)
        return _inside(token, wanted, draft)
    return page("login/login.html", form=form, next=wanted, draft=draft, status=422)


def _inside(token: str, wanted: str, draft: str) -> Response:
    g.new_token = token
    if request.headers.get("X-Console") == "dialog":
        response = make_response("", 204)
        response.headers["X-CSRF-Token"] = guarding.sign(token)
    elif draft:
        response = page("login/resume.html", target=wanted, fields=_fields(draft))
    else:
        response = make_response(redirect(wanted, 303))
    admission.set_session_cookie(response, token)
    return response


def carry() -> Response:
    """The session ended while somebody typed: the log-in form, with what they typed in it."""
    draft = json.dumps([[name, value] for name, value in request.form.items() if name != "_csrf"])
    kept = draft if len(draft) <= CARRIED_MOST else ""
    return page("login/login.html", form=Form(), next=request.path, draft=kept, status=401)


def _fields(draft: str) -> list[tuple[str, str]]:
    try:
        pairs = json.loads(draft)
        return [(str(name), str(value)) for name, value in pairs if name not in {"_csrf", "_once"}]
    except (ValueError, TypeError):
        return []


@blueprint.route("/login/once/<token>", methods=["GET", "POST"])
def use_link(token: str) -> Response:
    """A one-time link. Opening it only asks: programs that look into mail must not use it up."""
    if request.method == "GET":
        return page("login/link.html", over="")
    try:
        with current_app.extensions["service"].database.write() as session:
            issued = sessions.redeem_login_link(
                session, token=token, now=_now(), ip=request.remote_addr or "", user_agent=request.user_agent.string
            )
    except Error as error:
        return page("login/link.html", over=error.detail, status=422)
    return _inside(issued, "/", "")


@blueprint.post("/logout")
def log_out() -> Response:
    """End this session on the server, not only in the browser."""
    with current_app.extensions["service"].database.write() as session:
        sessions.end_session(session, token=admission.session_token())
    response = make_response(redirect("/login?out=1", 303))
    admission.clear_session_cookie(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _now() -> datetime:
    now: datetime = current_app.extensions["service"].clock()
    return now
