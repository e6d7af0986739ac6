"""There is no way in beside the operations: what else the processes answer is named here, and shows nobody's data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from ops.repository import EVERYONE, SERVICES
from servicekit.http.routes import Operation
from servicekit.testing.harness import Harness
from tests.access.callers import ANONYMOUS, COLLEAGUE, Caller, email_of
from tests.access.operations import operations
from tests.access.scenario import Scenario, sign_in_with_browser
from tests.access.storage import watch_storage

# Without an identity: whether it is alive, its numbers and its own document. Nobody outside reaches a service's port.
INFRASTRUCTURE = {"/livez", "/readyz", "/metrics", "/openapi.json", "/static/<path:filename>"}
OF_THE_GATEWAY = {
    "/api/v1/", "/api/v1/<path:rest>", "/api/openapi.json", "/api/asyncapi.json", "/api/docs",
    "/api/docs/static/<path:filename>", "/api/docs/vendor/<any('swagger-ui.css', 'swagger-ui-bundle.js'):name>",
    "/console-static/<path:filename>", "/dev/mail", "/dev/mail/<name>", "/dev/mail/<name>/html",
}  # fmt: skip
LOG_IN = {"/login", "/login/once/<token>", "/logout"}
MADE_BY_FLASK = {"HEAD", "OPTIONS"}
KINDS = {
    "customers": "customer",
    "cases": "case",
    "orders": "order",
    "notifications": "notification",
    "work": "work_item",
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """A rule of the console."""

    rule: str
    method: str


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Flask]]:
    folder = tmp_path_factory.mktemp("routes")
    more = {"CRM_SESSION_SECRET": "s" * 40, "CRM_MAIL_URL": f"file://{folder}", "CRM_DEV_MAIL_DIR": str(folder)}
    harness = Harness(folder, more)
    yield {name: harness.start(import_module(f"{name}.app").create_app, _settings(name)).app for name in EVERYONE}
    harness.close()


def _settings(name: str) -> type[Any]:
    module = import_module(f"{name}.settings")
    own = [one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__]
    return next(one for one in own if isinstance(one, type))


def declared(app: Flask) -> set[tuple[str, str]]:
    found: list[Operation] = app.extensions["operations"]
    return {(one.method, one.path) for one in found}


def undeclared(app: Flask) -> list[tuple[str, Rule]]:
    """Every method of every rule that is no operation, and is not on the list."""
    known = declared(app)
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - MADE_BY_FLASK
        if (method, rule.rule) not in known and rule.rule not in INFRASTRUCTURE
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_answers_its_operations_and_its_operator_alone(apps: dict[str, Flask], service: str) -> None:
    assert [f"{method} {rule}" for method, rule in undeclared(apps[service])] == []


def test_what_the_gateway_answers_beside_is_the_console_and_what_is_named_here(apps: dict[str, Flask]) -> None:
    others = {
        rule.rule
        for _, rule in undeclared(apps["gateway"])
        if not rule.endpoint.startswith("console_") and rule.rule not in OF_THE_GATEWAY
    }
    assert others == set()


def test_every_operation_of_every_service_is_judged_in_the_matrix(apps: dict[str, Flask]) -> None:
    judged = {(one.method, one.path) for one in operations()}
    routed = {(method, re.sub("<([a-z_]+)>", r"{\1}", path)) for app in apps.values() for method, path in declared(app)}
    assert routed == judged


def console_pages(apps: dict[str, Flask]) -> list[Page]:
    rules = [(method, rule) for method, rule in undeclared(apps["gateway"]) if rule.endpoint.startswith("console_")]
    pages = {Page(rule=rule.rule, method=method) for method, rule in rules if rule.rule not in LOG_IN}
    return sorted(pages, key=lambda one: (one.rule, one.method))


def address(page: Page, ids: dict[str, str]) -> str:
    """The page about one of these objects."""

    def fill(found: re.Match[str]) -> str:
        converter, name = found[1] or "", found[2]
        if converter.startswith("any("):
            return converter.removeprefix("any(").partition(",")[0].strip("')")
        kind = {"item_id": "work_item", "note_id": "note", "rest": "case"}.get(name)
        return ids[kind or KINDS[page.rule.split("/")[1]]]

    return re.sub(r"<(?:([^<>]+):)?(\w+)>", fill, page.rule)


def test_a_stranger_is_shown_no_page_and_moves_nothing(scenario: Scenario, apps: dict[str, Flask]) -> None:
    seen = {}
    for page in console_pages(apps):
        sent = {"Origin": scenario.stack.url, "Accept": "text/html"}
        answer = scenario.caller(ANONYMOUS).ask(page.method, address(page, scenario.north.ids), headers=sent)
        is_log_in = answer.status_code == 401 or answer.headers.get("Location", "").startswith("/login")
        if not is_log_in or scenario.north.marker in answer.text:
            seen[page] = answer.status_code
    assert len(console_pages(apps)) > 30
    assert seen == {}


def test_the_console_shows_and_moves_nothing_of_others(idle: Scenario, apps: dict[str, Flask]) -> None:
    """As somebody who may do everything, but with own records alone: no page is closed to them for another reason."""
    browser = Caller(idle.stack.url)
    cookie = sign_in_with_browser(idle.stack, email_of(COLLEAGUE))
    browser.http.headers.update({"Cookie": f"crm_session={cookie}", "Origin": idle.stack.url, "Accept": "text/html"})
    token = re.search(r'name="_csrf" value="([^"]+)"', browser.ask("GET", "/").text)
    assert token, "the home page has no form"
    form = {"_csrf": token[1], "body": "Asked", "reason": "Asked", "status": "working", "outcome": "done"}
    north, wrong = idle.north, []
    with watch_storage(idle.stack) as storage:
        for page in console_pages(apps):
            asked = address(page, north.ids)
            answer = browser.ask(page.method, asked, data=form if page.method == "POST" else None)
            found = [kind for kind in north.found_in(answer.text) if north.ids.get(kind, "") not in asked]
            found += storage.changes()
            if found or answer.status_code >= 500 or answer.status_code in {401, 403}:
                wrong.append(f"{page.method} {asked}: {answer.status_code} shows or changes {found}")
    assert not wrong, "\n".join(wrong)
