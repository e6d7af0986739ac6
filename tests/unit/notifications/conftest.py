"""A real notifications service on a fresh SQLite database, mail into a folder, and short words for what tests say often."""

import email
import email.policy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from notifications.app import create_app
from notifications.jobs import postman
from notifications.settings import NotificationsSettings
from servicekit.testing.harness import ApiClient, Harness, RunningService, envelope


@dataclass
class Post:
    """The service, who asks it, and what it has written to whom."""

    running: RunningService
    folder: Path
    desk: ApiClient
    sequences: dict[str, int] = field(default_factory=dict)

    def hears(self, event_type: str, data: dict[str, Any], **more: Any) -> bytes:
        """One event as the bus would bring it; returns it, so that it can come again."""
        body = envelope(event_type, data, **{"time": self.running.harness.clock().isoformat(), **more})
        self.running.receive(body)
        return body

    def user(self, id: str = "usr_ada", *, event: str = "user.created.v1", **more: Any) -> str:
        name = more.pop("name", id.removeprefix("usr_").title())
        personal = {"name": name, "email": f"{id.removeprefix('usr_')}@example.com", "language": "en"}
        personal |= more.pop("personal", {})
        sequence = more.pop("sequence", 1)
        data = {"id": id, "is_active": True, "roles": [], "team_ids": [], "manager_id": None, "personal": personal}
        self.hears(event, {**data, **more}, sequence=sequence)
        return id

    def case(self, event: str = "case.opened.v1", **more: Any) -> str:
        sequence = more.pop("sequence", 1)
        actor = more.pop("actor", None)
        known = {"id": "cas_1", "number": "C-000042", "subject": "Damaged delivery", "type": "complaint"}
        known |= {"customer_id": None, "owner_id": None, "team_id": None, "is_open": True}
        extra = {"actor": actor} if actor else {}
        self.hears(event, {**known, **more}, sequence=sequence, **extra)
        return "cas_1"

    def customer(self, **more: Any) -> str:
        sequence = more.pop("sequence", 1)
        personal = {"name": "ACME", "email": "info@acme.example", "phone": None, **more.pop("personal", {})}
        known = {"id": "cus_1", "kind": "organization", "owner_id": None, "team_id": None}
        self.hears("customer.created.v1", {**known, **more, "personal": personal}, sequence=sequence)
        return str(known["id"])

    def primary_contact(self, name: str = "Carl") -> None:
        """The organization and the person at whom it is written to, as the directory tells them."""
        self.customer(primary_contact_id="cus_2", sequence=2)
        person = {"name": name, "email": f"{name.lower()}@acme.example"}
        self.customer(id="cus_2", kind="individual", personal=person)

    def contact(self, id: str = "con_1", name: str = "Carl", **more: Any) -> str:
        known = {"id": id, "organization_id": "cus_1", "person_id": "cus_2", "is_primary": True}
        personal = {"name": name, "email": f"{name.lower()}@acme.example", "phone": None}
        self.hears("contact.added.v1", {**known, **more, "personal": personal})
        return id

    def step(self, event: str = "step.activated.v1", **more: Any) -> bytes:
        envelope_parts = {key: more.pop(key) for key in ("id",) if key in more}
        return self.hears(event, step_data(**more), subject="stp_1", **envelope_parts)

    def form(self, **more: Any) -> bytes:
        personal = {"name": "Vera Visitor", "email": "vera@example.org", **more.pop("personal", {})}
        known = {"submission_id": "sub_1", "form_key": "contact", "form_name": "Contact us", "case_id": "cas_1"}
        known |= {"case_number": "C-000042", "case_subject": "Hello", "autoresponder": None}
        return self.hears("form.submitted.v1", {**known, **more, "personal": personal}, subject="sub_1")

    def deliver(self) -> int:
        return self.running.run_job("deliver_mail")

    def emails(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.desk.get(f"/emails{query}")
        assert answer.status_code == 200, answer.json
        return answer.json["data"]

    def only(self) -> dict[str, Any]:
        (one,) = self.emails()
        return one

    def bell(self, user_id: str = "usr_ada") -> list[dict[str, Any]]:
        return self.running.client(id=user_id).get("/notifications").json["data"]

    def letters(self) -> list[EmailMessage]:
        """What lies in the folder, oldest first."""
        return [read_letter(path.read_bytes()) for path in sorted(self.folder.glob("*.eml"))]

    def recorded(self) -> list[dict[str, Any]]:
        return [json.loads(one) if isinstance(one, str) else one for one in self.running.recorded()]


def step_data(**more: Any) -> dict[str, Any]:
    known = {"run_id": "run_1", "step_id": "stp_1", "step_key": "approve", "step_name": "Approve refund"}
    known |= {"step_kind": "approval", "iteration": 1, "work_item_id": "wit_1", "case_id": "cas_1"}
    known |= {"case_number": "C-000042", "case_subject": "Damaged delivery", "customer_id": None}
    known |= {"user_ids": ["usr_ada"], "due_at": "2026-03-02T15:00:00Z", "instructions": "Look at the photos."}
    return {**known, **more}


def read_letter(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def parts(message: EmailMessage) -> tuple[str, str]:
    """The text part and the HTML part."""
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


@pytest.fixture
def open_post(tmp_path: Path) -> Iterator[Callable[..., Post]]:
    """Opens one with settings of its own."""
    bench = Harness(tmp_path)

    def make(**environ: str) -> Post:
        folder = tmp_path / "mail"
        known = {"CRM_MAIL_URL": f"file://{folder}", "CRM_MAIL_FROM": "Customer Manager <crm@company.example>"}
        known["CRM_PUBLIC_URL"] = "https://crm.company.example"
        running = bench.start(create_app, NotificationsSettings, **known | environ)
        desk = running.client("notifications:read", "notifications:write")
        return Post(running=running, folder=folder, desk=desk)

    yield make
    postman.cache_clear()
    bench.close()


@pytest.fixture
def post(open_post: Callable[..., Post]) -> Post:
    return open_post()
