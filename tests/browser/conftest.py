"""A real Chromium on a real system, with something in it to look at; whatever the browser complains of fails the test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, StorageState, sync_playwright

from ops.api import Api
from ops.waiting import PATIENCE_SECONDS, wait_for
from tests.browser.chromium import AXE, executable
from tests.stacks import Stack, running_stack

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXPECTED = ("the server responded with a status of 4", "the server responded with a status of 503")
PASSWORD = "a long enough password"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One system on the embedded defaults for every browser test: what the pages show does not depend on the store."""
    with running_stack(tmp_path_factory.mktemp("browser")) as stack:
        yield stack


@dataclass
class SampleData:
    """What is in the system, by the names the tests use."""

    api: Api
    ids: dict[str, str] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """The page of a thing."""
        kind = {"cus": "customers", "cas": "cases", "ord": "orders"}[self.ids[name][:3]]
        return f"/{kind}/{self.ids[name]}"


@pytest.fixture(scope="session")
def sample(stack: Stack) -> SampleData:
    """A customer with contacts, a note, a call, a case from a web form under a workflow, and an order with an invoice."""
    sample = SampleData(stack.api)
    _people_and_set_up(sample)
    _customers(sample)
    _case(sample)
    _order(sample)
    return sample


def _people_and_set_up(sample: SampleData) -> None:
    api = sample.api
    sample.ids["me"] = api.get("/me")["id"]
    for name, role in (("Maria Kowalska", "manager"), ("Samir Osman", "support")):
        email = f"{name.split()[0].lower()}@example.com"
        made = api.post("/users", {"email": email, "name": name, "password": PASSWORD, "roles": [role]})
        sample.ids[name.split()[0]] = made["id"]
    steps = [
        _step("intake", "Intake", "task", {"done": "approve"}),
        _step("approve", "Approve goodwill credit", "approval", {"approve": "end", "reject": "intake"}),
    ]
    workflow = api.post(
        "/workflows", {"key": "complaint", "name": "Complaint handling", "entity_type": "case", "steps": steps}
    )
    api.act(f"/workflows/{workflow['id']}", "publish")
    api.post("/case-types", {"key": "complaint", "name": "Complaint", "default_workflow": "complaint"})


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


def _customers(sample: SampleData) -> None:
    api = sample.api
    nordwind = {
        "kind": "organization",
        "name": "Nordwind Logistik GmbH",
        "email": "kontakt@nordwind.example",
        "phone": "+49 40 5550134",
        "industry": "Logistics",
        "status": "active",
        "owner_id": sample.ids["me"],
        "address": {"street": "Speicherstraße 4", "city": "Hamburg", "postcode": "20457", "country": "DE"},
    }
    sample.ids["nordwind"] = api.post("/customers", nordwind)["id"]
    clinic = {
        "kind": "organization",
        "name": "Brightwater Clinics",
        "email": "office@brightwater.example",
        "status": "active",
    }
    sample.ids["blocked"] = api.post("/customers", clinic)["id"]
    api.act(f"/customers/{sample.ids['blocked']}", "block", {"reason": "Unpaid since August."})
    vega = {"kind": "individual", "first_name": "Marisol", "last_name": "Vega", "email": "marisol@vega.example"}
    sample.ids["person"] = api.post("/customers", vega)["id"]
    katrin = {
        "name": "Katrin Behrens",
        "email": "k.behrens@nordwind.example",
        "job_title": "Head of Operations",
        "is_primary": True,
    }
    api.post(f"/customers/{sample.ids['nordwind']}/contacts", katrin)
    note = api.post("/notes", {"customer_id": sample.ids["nordwind"], "body": "**Katrin decides**, Jonas signs."})
    api.act(f"/notes/{note['id']}", "pin")
    call = {"kind": "call", "title": "Renewal before the board meets", "duration_minutes": 18, "outcome": "positive"}
    api.post("/activities", {"customer_id": sample.ids["nordwind"], **call})


def _case(sample: SampleData) -> None:
    fields = [
        {"key": "name", "label": "Your name", "type": "text", "required": True, "maps_to": "customer.name"},
        {"key": "email", "label": "E-mail", "type": "email", "required": True, "maps_to": "customer.email"},
        {"key": "company", "label": "Company", "type": "text", "maps_to": "organization.name"},
        {"key": "subject", "label": "What is wrong?", "type": "text", "required": True, "maps_to": "case.subject"},
        {"key": "details", "label": "Details", "type": "textarea", "maps_to": "case.description"},
        {"key": "units", "label": "How many?", "type": "integer"},
    ]
    form = {
        "key": "device-fault",
        "name": "Device fault",
        "fields": fields,
        "case_type": "complaint",
        "workflow": "complaint",
    }
    sample.api.post("/forms", form)
    answers = {
        "name": "Katrin Behrens",
        "email": "k.behrens@nordwind.example",
        "company": "Nordwind Logistik GmbH",
        "subject": "Pallet scanner reads wrong SKU",
        "details": "Six of our forty handhelds read the neighbouring pallet.",
        "units": 6,
    }
    case_id = sample.api.post("/forms/device-fault/submissions", {"answers": answers})["case_id"]
    wait_for(lambda: sample.api.get(f"/cases/{case_id}")["customer_id"], "the case has a customer")
    sample.ids["case"] = case_id


def _order(sample: SampleData) -> None:
    price = {"amount": "79.50", "currency": "EUR"}
    product = {"sku": "HX-BAT", "name": "Battery pack", "type": "merchandise", "unit_price": price, "tax_rate": "0.19"}
    sample.api.post("/products", product)
    lines = [{"sku": "HX-BAT", "quantity": 40, "discount_percent": 10}]
    order = sample.api.post("/orders", {"customer_id": sample.ids["nordwind"], "currency": "EUR", "lines": lines})
    sample.ids["order"] = order["id"]
    nordwind = f"/customers/{sample.ids['nordwind']}"
    wait_for(lambda: sample.api.get(nordwind)["facts"]["orders"], "the customer's figures count the order")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One browser window, and what the browser complained of in it."""

    stack: Stack
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def log_in(self, email: str | None = None, password: str | None = None) -> "Visitor":
        self.go("/login")
        self.page.fill("#f-email", email or self.stack.admin_email)
        self.page.fill("#f-password", password or self.stack.admin_password)
        self.page.get_by_role("button", name="Log in").click()
        self.page.wait_for_url(f"{self.stack.url}/")
        return self

    def go(self, path: str) -> int:
        """Open a page of ours; gives the status."""
        answer = self.page.goto(f"{self.stack.url}{path}")
        assert answer is not None
        return answer.status

    def press(self, name: str, **options: Any) -> None:
        """A button or link by its exact name."""
        self.page.get_by_role(options.pop("role", "button"), name=name, exact=True).first.click(**options)

    def sees(self, text: str) -> None:
        """Wait until it stands on the page."""
        self.page.get_by_text(text).first.wait_for(state="visible")

    def findings(self) -> list[str]:
        """What axe finds wrong with the page as it is now."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        script = "rules => axe.run(document, {runOnly: rules}).then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].target.join(' ')))"
        found: list[str] = self.page.evaluate(script, RULES)
        return found

    def _asked(self, dialog: Dialog) -> None:
        self.complaints.append(f"a dialog opened: {dialog.message}")
        dialog.dismiss()

    def _on_console(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not any(known in text for known in EXPECTED):
            self.complaints.append(text)


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(stack: Stack, browser: Browser) -> Iterator[Visit]:
    """Opens windows; at the end the browser must not have complained: no script error, no CSP report."""
    opened: list[Visitor] = []

    def open_window(**options: Any) -> Visitor:
        context = browser.new_context(
            **{"viewport": {"width": 1440, "height": 1000}, "timezone_id": "Europe/Berlin", **options}
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        visitor = Visitor(stack, context, context.new_page())
        visitor.page.on("console", lambda message: visitor._on_console(message.type, message.text))
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.page.on("dialog", visitor._asked)
        opened.append(visitor)
        return visitor

    yield open_window
    complaints = [complaint for visitor in opened for complaint in visitor.complaints]
    for visitor in opened:
        visitor.context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def kept() -> dict[str, StorageState]:
    """What a browser keeps of a log in."""
    return {}


@pytest.fixture
def staff(visit: Visit, sample: SampleData, kept: dict[str, StorageState]) -> Visitor:
    """A window in which the administrator is logged in, on a system that has something in it."""
    assert sample.ids
    visitor = visit(storage_state=kept.get("staff"))
    visitor.go("/")
    if visitor.page.url.startswith(f"{visitor.stack.url}/login"):  # the first, or the one before has logged out
        visitor.log_in()
        kept["staff"] = visitor.context.storage_state()
    return visitor


@pytest.fixture
def now() -> str:
    """A word no other test uses."""
    return f"{datetime.now(UTC):%H%M%S%f}"
