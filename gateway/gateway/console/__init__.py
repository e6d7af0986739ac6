"""The console: server-rendered pages for staff; all work without JavaScript, htmx only makes some of them calmer."""

from flask import Blueprint, Flask, Response, abort, make_response, redirect, request

from gateway import admission
from gateway.console.cases import list as cases
from gateway.console.cases import record as case
from gateway.console.customers import list as customers
from gateway.console.customers import record as customer
from gateway.console.home import home
from gateway.console.login import login
from gateway.console.notifications import list as notifications
from gateway.console.orders import list as orders
from gateway.console.orders import new as ordering
from gateway.console.page import csrf as guarding
from gateway.console.page import lists
from gateway.console.page.client import Answered
from gateway.console.page.rendering import page
from gateway.console.search import search
from gateway.console.work import list as work
from servicekit.errors import Forbidden

static = Blueprint("console", __name__, static_folder="static", static_url_path="/console-static")
PAGES = (home, customers, customer, cases, case, work, ordering, orders, search, notifications)
NOT_OURS = ("/api/", "/dev/", "/portal")


def register(app: Flask) -> None:
    """Give the gateway its pages."""
    app.register_blueprint(static)
    for module in (*PAGES, login):
        app.register_blueprint(module.blueprint)
    app.register_blueprint(_nowhere())


def _admit() -> Response | None:
    """Who is asking, and did a change come from a page of ours."""
    guarding.identify()
    if request.method not in guarding.SAFE:
        try:
            admission.check_own_page()
        except Forbidden as error:
            return make_response(page("page/states/foreign.html", why=error.detail, status=403))
    if request.blueprint == login.blueprint.name:
        return None if _has_token() else _expired_form()
    if not guarding.is_signed_in():
        return _nobody()
    return None if _has_token() else _expired_form()


def _has_token() -> bool:
    return request.method in guarding.SAFE or guarding.has_good_token()


def _nobody() -> Response:
    """A fragment is never answered with a redirect, or the log-in page would land in a panel."""
    if "HX-Request" in request.headers:
        response = make_response("", 401)
        response.headers["HX-Trigger"] = "login"
        return response
    if request.method not in guarding.SAFE:
        return login.carry()
    wanted = request.full_path.rstrip("?")
    return make_response(
        redirect(lists.address("/login", {"next": wanted if wanted != "/" else "", "over": _was_inside()}), 303)
    )


def _was_inside() -> str:
    return "1" if admission.session_token() else ""


def _expired_form() -> Response:
    """The page is older than the session: the form with its typing comes back, to be sent again."""
    if request.blueprint == login.blueprint.name or "HX-Request" in request.headers:
        return make_response(
            page("page/states/foreign.html", why="This form is too old. Load the page again.", status=403)
        )
    fields = [(name, value) for name, value in request.form.items() if name not in {"_csrf", "_once"}]
    return page("login/resume.html", target=request.path, fields=fields, status=403)


def _nowhere() -> Blueprint:
    """Whatever no other route knows, for people; programs get the API's own answer."""
    blueprint = Blueprint("console_nowhere", __name__)
    blueprint.after_request(guarding.seal)

    @blueprint.get("/<path:rest>")
    def show_nothing(rest: str) -> Response:
        if f"/{rest}".startswith(NOT_OURS) or "text/html" not in request.headers.get("Accept", ""):
            abort(404)
        guarding.identify()
        if not guarding.is_signed_in():
            return _nobody()
        return page("page/states/stopped.html", answer=Answered(service="gateway", status=404), what="page", status=404)

    return blueprint


# Once a process, however many applications it makes: a blueprint takes no hooks after its first registration.
static.after_request(guarding.seal)
for _module in (*PAGES, login):
    _module.blueprint.before_request(_admit)
    _module.blueprint.after_request(guarding.seal)
