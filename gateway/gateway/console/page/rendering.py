"""One way to answer: a whole page, or the block of it that htmx asked for by the id of its target."""

import hashlib
import secrets
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import quote, unquote

from flask import Response, abort, g, make_response, redirect, request, url_for
from jinja2 import ChainableUndefined, Environment, FileSystemLoader, PrefixLoader

from gateway.console.page import csrf as guarding
from gateway.console.page import formatters as wording
from gateway.console.page.client import Answered, Question, ask_all, me
from servicekit.auth import Principal

CONSOLE: Final = Path(__file__).parent.parent
STATIC: Final = CONSOLE / "static"
TEMPLATES: Final = ("page", "customers", "cases", "orders", "work", "notifications", "search", "home", "login")
MACROS: Final = ("ui", "states", "forms", "records")
SAID_COOKIE: Final = "crm_said"


def is_fragment() -> bool:
    """Did htmx ask for a part of this page?"""
    return "HX-Request" in request.headers and request.headers.get("HX-Target", "").startswith("_")


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """The page; or only the block named like the htmx target, when the template has one."""
    found = environment().get_template(template)
    block = request.headers.get("HX-Target", "") if is_fragment() else ""
    context["me"] = g.principal
    if block in found.blocks:
        part = found.new_context({**context, "is_fragment": True})
        return make_response("".join(found.blocks[block](part)), status)
    context["shell"] = _shell()
    context["said"], context["said_is_problem"] = _said()
    response = make_response(found.render(**context), status)
    if context["said"]:
        response.delete_cookie(SAID_COOKIE)
    return response


SHELL: Final = {
    "work": Question(
        "cases",
        "/work-items",
        {"mine": "true", "state[in]": "open,claimed", "limit": 1, "include_total": "true"},
        needs="cases:read",
    ),
    "bell": Question("notifications", "/notifications/unread-count"),
}


def _shell() -> dict[str, int]:
    """The counts in the frame around a page: what waits for me, what I have not read."""
    if not guarding.is_signed_in():
        return {}
    if "shell" not in g:
        g.shell = ask_all(**SHELL)
    unread = g.shell["bell"].data
    return {"work": g.shell["work"].total or 0, "bell": unread.get("unread", 0) if g.shell["bell"].ok else 0}


def ask_page(**questions: Question) -> dict[str, Answered]:
    """A page's questions and those of the frame around it, all at once."""
    frame = {} if is_fragment() else {f"shell_{name}": question for name, question in SHELL.items()}
    answers = ask_all(**questions, **frame)
    if frame:
        g.shell = {name: answers.pop(f"shell_{name}") for name in SHELL}
    return answers


def stop(answer: Answered, what: str) -> NoReturn:
    """The page's own record cannot be shown: say which of the three reasons it is."""
    abort(
        page(
            "page/states/stopped.html", status=answer.status if answer.status >= 400 else 503, answer=answer, what=what
        )
    )  # noqa: PLR2004 - HTTP's own


def need(answer: Answered, what: str) -> Any:
    """The record, or the page that says why not."""
    if not answer.ok:
        stop(answer, what)
    return answer.data


def allow(permission: str, what: str) -> None:
    """Stop with the page for people without this permission."""
    if not me().can(permission):
        stop(Answered(service="gateway", status=403), what)


def once() -> str:
    """A new key for one form: sent twice it is still one write."""
    return secrets.token_urlsafe(12)


@cache
def asset(name: str) -> str:
    """The address of a static file, changed whenever its content is."""
    file = STATIC / name
    version = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"
    return url_for("console.static", filename=name, v=version)


@cache
def environment() -> Environment:
    """The console's templates. Macros are globals, so that a single block can be rendered without its page."""
    env = Environment(
        loader=PrefixLoader({name: FileSystemLoader(CONSOLE / name / "templates") for name in TEMPLATES}),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(
        words=wording,
        url_for=url_for,
        asset=asset,
        csrf_token=guarding.csrf_token,
        once=once,
        path=lambda: request.path,
        args=lambda: request.args,
        full_path=lambda: request.full_path.rstrip("?"),
        can=can,
    )
    env.tests["refusal"] = wording.is_refusal
    for name in MACROS:
        env.globals[name] = env.get_template(f"page/macros/{name}.html").module
    return env


def can(permission: str) -> bool:
    """May the reader do this?"""
    principal: Principal = g.principal
    return principal.can(permission)


def go(where: str, said: str = "") -> Response:
    """After a change: to the page that shows it, with a sentence about what happened; a leading `!` is bad news."""
    response = make_response(redirect(where, 303))
    if said:
        response.set_cookie(
            SAID_COOKIE, quote(said[:300]), max_age=60, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response


def _said() -> tuple[str, bool]:
    text = unquote(request.cookies.get(SAID_COOKIE, ""))
    return text.removeprefix("!"), text.startswith("!")
