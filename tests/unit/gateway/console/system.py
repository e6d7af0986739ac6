"""The gateway with all four services in one process, on SQLite and the embedded bus, and people who look at its pages.

The services answer real HTTP on loopback ports, so that what is tested is what ships: no client is replaced.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from gateway import console
from gateway.app import create_app
from gateway.console.page.sections import Section
from gateway.settings import Settings
from servicekit.auth import Scope
from servicekit.testing import Bench, Running
from tests.servers.tools import free_port
from tests.unit.gateway.console.pages import Page

SERVICES = ("customers", "cases", "orders", "notifications")
PASSWORD = "correct horse battery"
ADMIN = "ada@example.com"
EVERYTHING = frozenset({"*"})
REDIRECTS = frozenset({301, 302, 303})
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


class ConsoleSystem:
    """A whole installation in a folder; about a fifth of a second to start."""

    def __init__(self, folder: Path, urls: Mapping[str, str] | None = None, sections: Sequence[Section] = ()) -> None:
        """`urls`: services that the caller runs itself; `sections`: more pages than the console's own."""
        self.bench = Bench(folder)
        self._servers: dict[str, BaseWSGIServer] = {}
        self.running: dict[str, Running] = {}
        mail = {"CRM_MAIL_URL": f"file://{folder}/mail", "CRM_MAIL_FROM": "crm@example.com"}
        for name in set(SERVICES) - set(urls or {}):
            self.running[name] = self.bench.start(import_module(f"{name}.app").create_app, _settings_of(name), **mail)
            self._serve(name, self.running[name].app)
        known = {**{name: self.url(name) for name in self._servers}, **(urls or {})}
        self.gateway = self.bench.start(
            create_app,
            Settings,
            CRM_SESSION_SECRET="test-session-secret-0123456789abcdef",
            CRM_ADMIN_EMAIL=ADMIN,
            CRM_ADMIN_PASSWORD=PASSWORD,
            CRM_RATE_LIMIT_LOGIN="0",
            CRM_RATE_LIMIT_PUBLIC="0",
            **{f"CRM_{name.upper()}_URL": url for name, url in known.items()},
        )
        console.add_sections(self.gateway.app, sections)
        self._browsers: dict[tuple[Collection[str], Scope], Browser] = {}
        self.api = Api(self.browser().client)

    def _serve(self, name: str, app: Flask) -> None:
        server = make_server("127.0.0.1", free_port(), app, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self._servers[name] = server

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._servers[name].server_port}"

    def take_down(self, name: str) -> None:
        """From now on nobody answers there."""
        server = self._servers.pop(name)
        server.shutdown()
        server.server_close()

    def close(self) -> None:
        for name in list(self._servers):
            self.take_down(name)
        self.bench.close()

    def deliver_events(self) -> None:
        """Let everything cross the bus that is on its way."""
        self.bench.drain()

    def browser(self, permissions: Collection[str] = EVERYTHING, scope: Scope = Scope.ALL) -> Browser:
        """Somebody with these permissions, logged in; by default the administrator."""
        key = (frozenset(permissions), scope)
        if key not in self._browsers:
            browser = self.stranger()
            self._browsers[key] = browser
            browser.log_in(ADMIN if key == (EVERYTHING, Scope.ALL) else self._add_user(*key))
        return self._browsers[key]

    def stranger(self) -> Browser:
        """A browser in which nobody is logged in."""
        return Browser(self.gateway.app, self.deliver_events)

    def _add_user(self, permissions: Collection[str], scope: Scope) -> str:
        number = len(self._browsers)
        role = {"key": f"role_{number}", "name": "Role", "permissions": sorted(permissions), "scope": scope.value}
        self.api.post("/roles", role)
        return self.add_user(f"User {number}", [role["key"]])

    def add_user(self, name: str, roles: Collection[str]) -> str:
        """A colleague with these roles; gives the e-mail address to log in with."""
        email = f"{name.lower().replace(' ', '.')}@example.com"
        self.api.post("/users", {"email": email, "name": name, "password": PASSWORD, "roles": list(roles)})
        self.deliver_events()
        return email

    def add_customer(self, name: str, **more: Any) -> dict[str, Any]:
        """An organization with an e-mail address made of its name."""
        return self._add_customer(name, kind="organization", name=name, **more)

    def add_person(self, first_name: str, last_name: str, **more: Any) -> dict[str, Any]:
        """A person with an e-mail address made of the name."""
        name = f"{first_name} {last_name}"
        return self._add_customer(name, kind="individual", first_name=first_name, last_name=last_name, **more)

    def _add_customer(self, mailbox: str, **body: Any) -> dict[str, Any]:
        email = f"{re.sub(r'[^a-z0-9]+', '-', mailbox.lower())}@example.com"
        customer = self.api.post("/customers", {"email": email, **body})
        self.deliver_events()
        return customer

    def add_case(self, subject: str, **more: Any) -> dict[str, Any]:
        case = self.api.post("/cases", {"subject": subject, **more})
        self.deliver_events()
        return self.api.get(f"/cases/{case['id']}")

    def add_product(self, sku: str = "HX-BAT", **more: Any) -> dict[str, Any]:
        price = {"amount": "79.50", "currency": "EUR"}
        known = {"sku": sku, "name": "Battery pack", "type": "merchandise", "unit_price": price, "tax_rate": "0.19"}
        return self.api.post("/products", {**known, **more})

    def add_order(self, customer_id: str, sku: str = "HX-BAT", **line: Any) -> dict[str, Any]:
        lines = [{"sku": sku, "quantity": 40, **line}]
        order = self.api.post("/orders", {"customer_id": customer_id, "currency": "EUR", "lines": lines})
        self.deliver_events()
        return order

    def add_workflow(self) -> None:
        """The workflow of complaints: a task, then an approval that may send it back; asks the administrators."""
        steps = [
            _step("intake", "Intake", "task", {"done": "approve"}),
            _step("approve", "Approve credit", "approval", {"approve": "end", "reject": "intake"}),
        ]
        workflow = {"key": "complaint", "name": "Complaint handling", "entity_type": "case", "steps": steps}
        made = self.api.post("/workflows", workflow)
        self.api.post(f"/workflows/{made['id']}:publish", version=made["version"])
        self.api.post("/case-types", {"key": "complaint", "name": "Complaint", "default_workflow": "complaint"})


@dataclass
class Api:
    """The public API as the administrator; fails where it refuses."""

    client: Any

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self._call("GET", f"{path}?{urlencode(query)}")

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, version: int | None = None) -> dict[str, Any]:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        return self._call("POST", path, json=dict(body or {}), headers=headers)

    def act(self, path: str, action: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """An action on the newest version."""
        return self.post(f"{path}:{action}", body, version=self.get(path)["version"])

    def _call(self, method: str, path: str, headers: Mapping[str, str] | None = None, **sent: Any) -> dict[str, Any]:
        answer = self.client.open(f"/api/v1{path}", method=method, headers={**OWN_PAGE, **(headers or {})}, **sent)
        assert answer.status_code < 400, f"{method} {path} → {answer.status_code}: {answer.text}"
        return dict(answer.json) if answer.data else {}


@dataclass
class Browser:
    """A browser without JavaScript: it keeps cookies, follows redirects and sends forms."""

    app: Flask
    deliver_events: Callable[[], None]

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str, query: Mapping[str, str] | None = None, fragment: str = "", **headers: str) -> Page:
        """A page; or, with the id of an element, the fragment that htmx would ask for."""
        address = f"{path}?{urlencode(query)}" if query else path
        return self._open("GET", address, fragment, headers)

    def post(self, path: str, values: Mapping[str, str], fragment: str = "", **headers: str) -> Page:
        """Send a form from a page of ours."""
        return self._open("POST", path, fragment, headers or OWN_PAGE, data=dict(values))

    def log_in(self, email: str = ADMIN, password: str = PASSWORD) -> Page:
        page = self.get("/login").press("Log in", email=email, password=password)
        assert page.path == "/", page.text
        return page

    def _open(self, method: str, address: str, fragment: str, headers: Mapping[str, str], **sent: Any) -> Page:
        asked = {"Accept": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if fragment:
            asked |= {"HX-Request": "true", "HX-Target": fragment}
        answer = self.client.open(address, method=method, headers=asked, **sent)
        while answer.status_code in REDIRECTS and _is_here(urljoin(address, answer.headers["Location"])):
            self.deliver_events()
            address = urljoin(address, answer.headers["Location"])
            answer = self.client.get(address, headers={**asked, **OWN_PAGE})
        where = answer.headers["Location"] if answer.status_code in REDIRECTS else address
        return Page(answer.status_code, where.removeprefix("http://localhost"), answer.text, dict(answer.headers), self)


def _is_here(address: str) -> bool:
    return urlsplit(address).netloc in {"", "localhost"}


def _settings_of(name: str) -> type[Any]:
    module = import_module(f"{name}.settings")
    return next(
        one
        for key, one in vars(module).items()
        if key.endswith("Settings") and getattr(one, "__module__", "") == module.__name__
    )


def _step(key: str, name: str, kind: str, transitions: dict[str, str]) -> dict[str, Any]:
    return {
        "key": key,
        "name": name,
        "kind": kind,
        "instructions": "Check the serial numbers.",
        "assignees": ["role:administrator", "role:manager"],
        "fallback": "role:administrator",
        "timing": {"due": "PT4H"},
        "outcomes": list(transitions),
        "transitions": transitions,
    }
