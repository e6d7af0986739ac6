"""Rendering: a whole page, or the one block of it that htmx requests; and the pages that say why there is none."""

from collections.abc import Mapping
from typing import Any, Final, NoReturn
from urllib.parse import quote, unquote

from flask import Response, abort, make_response, redirect, request

from gateway.console.page.client import ApiResponse
from gateway.console.page.current_user import can, current_user
from gateway.console.page.environment import environment, lineage
from gateway.console.page.htmx import is_fragment, target
from gateway.console.page.shell import shell

MESSAGE_COOKIE: Final = "crm_message"
MESSAGE_LENGTH: Final = 300
NO_BLOCKS: Final[Mapping[str, str]] = {}


def render(template: str, *, status: int = 200, blocks: Mapping[str, str] = NO_BLOCKS, **context: Any) -> Response:
    """The page; or only the block named like the element that htmx will replace, where the template has one.

    `blocks`: the block to render for an element whose id is not the name of a block.
    """
    context["me"] = current_user()
    if is_fragment():
        block = _render_block(template, blocks.get(target(), target()), {**context, "is_fragment": True})
        if block is not None:
            return make_response(block, status)
    context["shell"] = shell()
    context["message"], context["message_is_problem"] = _message()
    response = make_response(environment().get_template(template).render(**context), status)
    if context["message"]:
        response.delete_cookie(MESSAGE_COOKIE)
    return response


def _render_block(template: str, block: str, values: Mapping[str, Any]) -> str | None:
    """One block, which the template may have from one that it extends."""
    first, *parents = [environment().get_template(name) for name in lineage(template)]
    context = first.new_context(dict(values))
    for parent in parents:
        for name, render_block in parent.blocks.items():
            context.blocks.setdefault(name, []).append(render_block)
    return "".join(context.blocks[block][0](context)) if block in context.blocks else None


def stop(response: ApiResponse, what: str) -> NoReturn:
    """End with a page that says why this cannot be shown: not found, not allowed, or a service that is down."""
    status = response.status if response.status >= 400 else 503  # noqa: PLR2004 - HTTP's own
    abort(render("page/states/stopped.html", status=status, response=response, what=what))


def require(response: ApiResponse, what: str) -> Any:
    """The response's data, or the page that says why there is none."""
    if not response.ok:
        stop(response, what)
    return response.data


def require_permission(permission: str, what: str) -> None:
    """Go on only for users who have this permission."""
    if not can(permission):
        stop(ApiResponse(service="gateway", status=403), what)


def redirect_to(where: str, message: str = "") -> Response:
    """After a change: to the page that shows it, with a message about what happened; a leading `!` is bad news."""
    response = make_response(redirect(where, 303))
    if message:
        response.set_cookie(
            MESSAGE_COOKIE,
            quote(message[:MESSAGE_LENGTH]),
            max_age=60,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response


def _message() -> tuple[str, bool]:
    text = unquote(request.cookies.get(MESSAGE_COOKIE, ""))
    return text.removeprefix("!"), text.startswith("!")
