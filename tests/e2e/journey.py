"""The main job, driven over HTTP as its users would: from a stranger's web form to the whole timeline on one page."""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests

from ops.api import Api
from ops.waiting import wait_for

T = TypeVar("T")
PASSWORD = "a long enough password"

FORM_FIELDS: list[dict[str, Any]] = [
    {"key": "name", "label": "Your name", "type": "text", "required": True, "maps_to": "customer.name"},
    {"key": "email", "label": "E-mail", "type": "email", "required": True, "maps_to": "customer.email"},
    {"key": "company", "label": "Company", "type": "text", "maps_to": "organization.name"},
    {"key": "subject", "label": "What is it about?", "type": "text", "required": True, "maps_to": "case.subject"},
    {"key": "device", "label": "Device", "type": "choice", "options": ["scanner", "printer"], "required": True},
    {"key": "bought_on", "label": "Bought on", "type": "date"},
    {"key": "units", "label": "How many?", "type": "integer"},
]


@dataclass
class Company:
    """Who works here, and what the administrator has set up.

    `processes` are the system's own, where they are not this process's children: while they work, they are waited for.
    """

    admin: Api
    mark: str = field(default_factory=lambda: secrets.token_hex(3))
    staff: dict[str, Api] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    processes: Sequence[int] | None = None

    @property
    def form(self) -> str:
        return f"complaint-{self.mark}"

    @property
    def case_type(self) -> str:
        return f"complaint-{self.mark}"

    def hire(self, name: str, role: str) -> None:
        """A colleague who can log in."""
        email = f"{name}-{self.mark}@example.com"
        self.admin.post("/users", {"email": email, "name": name.title(), "password": PASSWORD, "roles": [role]})
        token = Api(self.admin.url).post("/auth/tokens", {"email": email, "password": PASSWORD})["access_token"]
        self.staff[name], self.emails[name] = Api(self.admin.url, token), email

    def set_up(self, *, approval_due: str = "4h", remind_before: str = "1h") -> None:
        """A case type, a workflow of a task and an approval, and a form that starts it."""
        workflow = self.admin.post("/workflows", self.workflow(approval_due, remind_before))
        self.admin.act(f"/workflows/{workflow['id']}", "publish")
        self.admin.post(
            "/case-types", {"key": self.case_type, "name": "Complaint", "default_workflow": workflow["key"]}
        )
        form = {
            "key": self.form,
            "name": "Device fault",
            "fields": FORM_FIELDS,
            "case_type": self.case_type,
            "workflow": workflow["key"],
            "return_url": "https://www.example.com/thanks",
            "autoresponder": {
                "subject": "We have your request {number}",
                "text": "Thank you, {name}. Your number is {number}.",
            },
            "is_active": True,
        }
        self.admin.post("/forms", form)

    def workflow(self, approval_due: str, remind_before: str) -> dict[str, Any]:
        return {
            "key": f"complaint-{self.mark}",
            "name": "Complaint handling",
            "entity_type": "case",
            "steps": [
                {
                    "key": "assess",
                    "name": "Assess the fault",
                    "kind": "task",
                    "instructions": "Ask for the serial number.",
                    "assignees": ["role:support"],
                    "distribution": "first_claim",
                    "fallback": "role:administrator",
                    "timing": {"due": "4h"},
                    "outcomes": ["done"],
                    "transitions": {"done": "approve"},
                },
                {
                    "key": "approve",
                    "name": "Approve the credit",
                    "kind": "approval",
                    "assignees": ["role:finance"],
                    "fallback": "role:administrator",
                    "timing": {"due": approval_due},
                    "reminders": [{"before_due": remind_before}],
                    "escalations": [{"after_due": "0s", "to": ["role:manager"]}],
                    "outcomes": ["approve", "reject"],
                    "transitions": {"approve": "end", "reject": "assess"},
                },
            ],
        }

    def answers(self, person: str, **more: Any) -> dict[str, Any]:
        """What a visitor fills in."""
        email = f"{person.lower()}-{self.mark}@nordwind-{self.mark}.example"
        known = {"name": f"{person} Behrens", "email": email, "company": f"Nordwind {self.mark} GmbH"}
        return {
            **known,
            "subject": "The scanner reads a wrong number",
            "device": "scanner",
            "bought_on": "2026-09-02",
            "units": 3,
            **more,
        }

    def submit(self, answers: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        """As a program does: JSON."""
        return Api(self.admin.url).post(f"/forms/{self.form}/submissions", {"answers": answers}, once=key)

    def submit_as_browser(self, answers: dict[str, Any]) -> requests.Response:
        """As an ordinary HTML form does."""
        where = f"{self.admin.url}/api/v1/forms/{self.form}/submissions"
        return requests.post(where, data=answers, allow_redirects=False, timeout=30)

    def linked_case(self, case_id: str) -> dict[str, Any]:
        """The case, once its customer is known."""

        def linked() -> dict[str, Any]:
            case = self.admin.get(f"/cases/{case_id}")
            return case if case["customer_id"] else {}

        return self.wait_for(linked, f"case {case_id} has a customer")

    def mails(self, address: str, at_least: int = 1, **query: str) -> list[dict[str, Any]]:
        """What was sent to this address."""

        def sent() -> list[dict[str, Any]]:
            found = [one for one in pages(self.admin, "/emails", state="sent", **query) if one["to"] == address]
            return found if len(found) >= at_least else []

        return self.wait_for(sent, f"{at_least} e-mails to {address} were sent")

    def work_item(self, name: str, case_number: str) -> dict[str, Any]:
        """What this colleague is asked to do about the case."""

        def asked() -> dict[str, Any]:
            items = self.staff[name].get("/work-items", mine="true", state="open")["data"]
            return next((one for one in items if one["case"]["number"] == case_number), {})

        return self.wait_for(asked, f"{name} has a work item for {case_number}")

    def decide(self, name: str, item: dict[str, Any], outcome: str, note: str | None = None) -> dict[str, Any]:
        """Claim and decide."""
        self.staff[name].act(f"/work-items/{item['id']}", "claim")
        return self.staff[name].act(f"/work-items/{item['id']}", "decide", {"outcome": outcome, "note": note})

    def timeline(self, customer_id: str, wanted: Sequence[str]) -> list[dict[str, Any]]:
        """The customer's timeline, oldest first, once it has each of these kinds as often as it is named.

        Entries come from several services, so none of them says that another has arrived.
        """
        found: list[dict[str, Any]] = []

        def is_complete() -> bool:
            found[:] = pages(self.admin, f"/customers/{customer_id}/timeline")[::-1]
            return Counter(wanted) <= Counter(kinds(found))

        what = f"{', '.join(wanted)} are on the timeline of {customer_id}"
        self.wait_for(is_complete, what, progress=lambda: kinds(found))
        return found

    def wait_for(self, condition: Callable[[], T], what: str, *, progress: Callable[[], object] = lambda: None) -> T:
        """Until it is so, or nothing moves any more."""
        return wait_for(condition, what, progress=progress, processes=self.processes)


def kinds(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["kind"] for entry in entries]


def pages(api: Api, path: str, **query: str) -> list[dict[str, Any]]:
    """All rows of a list."""
    rows: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.get(path, limit="200", **query, **cursor)
        rows += page["data"]
        if not page["has_more"]:
            return rows
        cursor = {"cursor": page["next_cursor"]}
