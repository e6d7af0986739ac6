"""The console: server-rendered pages for staff; all work without JavaScript, htmx only makes some of them calmer."""

from collections.abc import Sequence
from typing import Final

from flask import Blueprint, Flask, Response, abort, request

from gateway.console import cases, customers, home, login, notifications, orders, search, work
from gateway.console.login import required
from gateway.console.page.client import ApiResponse
from gateway.console.page.current_user import identify, is_signed_in
from gateway.console.page.headers import add_page_headers
from gateway.console.page.rendering import render
from gateway.console.page.sections import Console, Section

# In the order of the sidebar.
SECTIONS: Final = (
    home.SECTION,
    work.SECTION,
    customers.SECTION,
    cases.SECTION,
    orders.SECTION,
    search.SECTION,
    notifications.SECTION,
    login.SECTION,
)
NOT_PAGES: Final = ("/api/", "/dev/", "/portal")

static = Blueprint("console", __name__, static_folder="static", static_url_path="/console-static")


def register(app: Flask) -> None:
    """Give the gateway its pages."""
    app.register_blueprint(static)
    add_sections(app, SECTIONS)
    app.register_blueprint(_not_found())


def add_sections(app: Flask, sections: Sequence[Section]) -> None:
    """Put more sections beside those that the application has."""
    present = app.extensions["console"].sections if "console" in app.extensions else ()
    app.extensions["console"] = Console((*present, *sections))
    for blueprint in (blueprint for section in sections for blueprint in section.blueprints):
        app.register_blueprint(blueprint)


def require_login(section: Section) -> Section:
    """The pages of this section are for users who are signed in; their changes carry a token."""
    for blueprint in section.blueprints:
        blueprint.before_request(required.check_user_request)
        blueprint.after_request(add_page_headers)
    return section


def _not_found() -> Blueprint:
    """Whatever no other route knows, for people; programs get the API's own answer."""
    blueprint = Blueprint("console_not_found", __name__)
    blueprint.after_request(add_page_headers)

    @blueprint.get("/<path:rest>")
    def show_not_found(rest: str) -> Response:
        if f"/{rest}".startswith(NOT_PAGES) or "text/html" not in request.headers.get("Accept", ""):
            abort(404)
        identify()
        if not is_signed_in():
            return required.require_login()
        missing = ApiResponse(service="gateway", status=404)
        return render("page/states/stopped.html", response=missing, what="page", status=404)

    return blueprint


# Once a process, however many applications it makes: a blueprint takes no hooks after its first registration.
static.after_request(add_page_headers)
for _section in SECTIONS:
    if _section is not login.SECTION:
        require_login(_section)
for _blueprint in login.SECTION.blueprints:
    _blueprint.before_request(required.check_login_request)
    _blueprint.after_request(add_page_headers)
