"""The notifications service on a fresh database, mail into a folder, and what its tests receive and ask often."""

import email
import email.policy
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from notifications.app import create_app
from notifications.mail.jobs import mail_sender
from notifications.settings import NotificationsSettings
from ops.waiting import PATIENCE_SECONDS
from servicekit.testing.harness import ApiClient
from tests.unit.harness import ServiceHarness


@dataclass
class NotificationsHarness(ServiceHarness):
    """The service, the events that its tests receive often, and what it has sent to whom."""

    mail_folder: Path = field(default=Path("mail"))

    @classmethod
    def start_with_mail(cls, folder: Path, **environ: str) -> "NotificationsHarness":
        """E-mails become files in the folder `mail`, unless `environ` names a mail server."""
        known = {
            "CRM_MAIL_URL": f"file://{folder / 'mail'}",
            "CRM_MAIL_FROM": "Customer Manager <crm@company.example>",
            "CRM_PUBLIC_URL": "https://crm.company.example",
        }
        started = cls.start(folder, create_app, NotificationsSettings, **known | environ)
        started.mail_folder = folder / "mail"
        return started

    def close(self) -> None:
        mail_sender(self.running.service.settings).close()  # what is under way ends before its database is gone
        mail_sender.cache_clear()
        super().close()

    @property
    def staff(self) -> ApiClient:
        """Somebody who sees all e-mails."""
        return self.client("notifications:read", "notifications:write")

    def receive(self, event_type: str, data: Any, **more: Any) -> bytes:
        """An event that happened just now, by the clock of the service."""
        return super().receive(event_type, data, **{"time": self.harness.clock().isoformat(), **more})

    def receive_user(self, name: str = "ada", *roles: str, event: str = "user.created.v1", **more: Any) -> str:
        return super().receive_user(name, *roles, event=event, **{"sequence": 1, **more})

    def receive_customer(self, name: str = "ACME", *, event: str = "customer.created.v1", **more: Any) -> str:
        """An organization with a mailbox, `cus_1` unless another id is given."""
        personal = {"email": "info@acme.example", **more.pop("personal", {})}
        return super().receive_customer(
            name, event=event, **{"id": "cus_1", "sequence": 1, **more, "personal": personal}
        )

    def receive_person(self, name: str, *, id: str = "cus_2", **more: Any) -> str:
        """An individual whose mailbox is at the organization."""
        personal = {"email": f"{name.lower()}@acme.example", **more.pop("personal", {})}
        return self.receive_customer(name, id=id, kind="individual", personal=personal, **more)

    def receive_primary_contact(self, name: str = "Carl") -> None:
        """The organization, and the person to whom its e-mails are written."""
        self.receive_customer(primary_contact_id="cus_2", sequence=2)
        self.receive_person(name)

    def receive_contact(self, id: str = "con_1", name: str = "Carl", **more: Any) -> str:
        known = {"id": id, "organization_id": "cus_1", "person_id": "cus_2", "is_primary": True}
        personal = {"name": name, "email": f"{name.lower()}@acme.example", "phone": None}
        self.receive("contact.added.v1", {**known, **more, "personal": personal})
        return id

    def receive_case(self, event: str = "case.opened.v1", **more: Any) -> str:
        envelope_parts = {key: more.pop(key) for key in ("sequence", "actor") if key in more}
        known = {"id": "cas_1", "number": "C-000042", "subject": "Damaged delivery", "type": "complaint"}
        known |= {"customer_id": None, "owner_id": None, "team_id": None, "is_open": True}
        self.receive(event, {**known, **more}, **{"sequence": 1, **envelope_parts})
        return "cas_1"

    def receive_step(self, event: str = "step.activated.v1", **more: Any) -> bytes:
        envelope_parts = {key: more.pop(key) for key in ("id",) if key in more}
        known = {"run_id": "run_1", "step_id": "stp_1", "step_key": "approve", "step_name": "Approve refund"}
        known |= {"step_kind": "approval", "iteration": 1, "work_item_id": "wit_1", "case_id": "cas_1"}
        known |= {"case_number": "C-000042", "case_subject": "Damaged delivery", "customer_id": None}
        due = {"user_ids": ["usr_ada"], "due_at": "2026-03-02T15:00:00Z", "instructions": "Look at the photos."}
        return self.receive(event, {**known, **due, **more}, subject="stp_1", **envelope_parts)

    def receive_form(self, **more: Any) -> bytes:
        personal = {"name": "Vera Visitor", "email": "vera@example.org", **more.pop("personal", {})}
        known = {"submission_id": "sub_1", "form_key": "contact", "form_name": "Contact us", "case_id": "cas_1"}
        known |= {"case_number": "C-000042", "case_subject": "Hello", "autoresponder": None}
        return self.receive("form.submitted.v1", {**known, **more, "personal": personal}, subject="sub_1")

    def receive_order(self) -> bytes:
        known = {"id": "ord_1", "number": "O-000007", "customer_id": "cus_1", "status": "confirmed", "line_count": 2}
        return self.receive("order.confirmed.v1", known | {"total": {"amount": "119.00", "currency": "EUR"}})

    def receive_message(self, **more: Any) -> bytes:
        known = {"id": "msg_1", "case_id": "cas_1", "case_number": "C-000042", "case_subject": "Damaged delivery"}
        known |= {"customer_id": "cus_1", "contact_id": "cus_2", "is_internal": False, "direction": "out"}
        return self.receive("message.added.v1", {**known, "author_id": "usr_ada", "text": "We send a new one.", **more})

    def deliver(self) -> int:
        """Attempt the e-mails that are due; returns how many, when every attempt has ended.

        The job itself leaves behind what takes longer than two seconds, as everything does on a busy machine.
        """
        begun = self.running.run_job("deliver_mail")
        wait(mail_sender(self.running.service.settings)._under_way, PATIENCE_SECONDS)
        return begun

    def emails(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.staff.get(f"/emails{query}")
        assert answer.status_code == 200, answer.json
        return answer.json["data"]

    def only_email(self) -> dict[str, Any]:
        (one,) = self.emails()
        return one

    def text_of(self, email: dict[str, Any]) -> str:
        return str(self.staff.get(f"/emails/{email['id']}").json["text"])

    def notifications_of(self, user_id: str = "usr_ada") -> list[dict[str, Any]]:
        return self.client(id=user_id).get("/notifications").json["data"]

    def sent_messages(self) -> list[EmailMessage]:
        """What lies in the folder, oldest first."""
        return [read_message(path.read_bytes()) for path in sorted(self.mail_folder.glob("*.eml"))]


def read_message(data: bytes) -> EmailMessage:
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
def start_notifications(tmp_path: Path) -> Iterator[Callable[..., NotificationsHarness]]:
    """Starts the service with settings of its own."""
    started: list[NotificationsHarness] = []

    def start(**environ: str) -> NotificationsHarness:
        started.append(NotificationsHarness.start_with_mail(tmp_path, **environ))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def notifications(start_notifications: Callable[..., NotificationsHarness]) -> NotificationsHarness:
    return start_notifications()
