"""Staff write to a customer over HTTP."""

from typing import Any

import pytest

from servicekit.auth import Scope
from servicekit.testing.harness import ApiClient
from tests.unit.notifications.conftest import NotificationsHarness, parts

MESSAGE = {"customer_id": "cus_1", "subject": "Your delivery", "text": "Hello Carl,\n\nit arrives on <Monday>."}


def writer(notifications: NotificationsHarness, **who: Any) -> ApiClient:
    return notifications.client("customers:write", "notifications:read", **{"id": "usr_ada", **who})


@pytest.mark.proves("F032", "F112")
def test_a_message_goes_to_the_primary_contact_and_the_answer_to_the_writer(
    notifications: NotificationsHarness,
) -> None:
    notifications.receive_user("ada")
    notifications.receive_primary_contact()
    answer = writer(notifications).post("/emails", MESSAGE)
    assert answer.status_code == 201, answer.json
    assert answer.headers["Location"] == f"/api/v1/emails/{answer.json['id']}"
    assert notifications.deliver() == 1
    (message,) = notifications.sent_messages()
    assert message["To"] == "Carl <carl@acme.example>"
    assert message["Reply-To"] == "ada@example.com"
    assert message["Auto-Submitted"] is None, "a person wrote it"
    text, html = parts(message)
    assert "it arrives on <Monday>." in text
    assert "it arrives on &lt;Monday&gt;." in html
    assert "written by Ada" in text
    (event,) = notifications.recorded()
    assert (event["type"], event["data"]["customer_id"]) == ("email.sent.v1", "cus_1")


@pytest.mark.proves("F032")
def test_another_contact_can_be_chosen(notifications: NotificationsHarness) -> None:
    notifications.receive_customer()
    notifications.receive_contact()
    notifications.receive_contact("con_2", "Dora", is_primary=False)
    assert writer(notifications).post("/emails", {**MESSAGE, "contact_id": "con_2"}).json["to"] == "dora@acme.example"
    wrong = writer(notifications).post("/emails", {**MESSAGE, "contact_id": "con_3"})
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/contact_id")


def test_a_message_about_a_case_carries_its_number(notifications: NotificationsHarness) -> None:
    notifications.receive_customer()
    notifications.receive_case(customer_id="cus_1")
    written = writer(notifications).post("/emails", {**MESSAGE, "case_id": "cas_1"}).json
    assert written["subject"] == "Your delivery [C-000042]"
    assert written["text"].startswith("Case C-000042")
    assert written["case_id"] == "cas_1"


def test_a_repeated_request_with_the_same_key_writes_once(notifications: NotificationsHarness) -> None:
    notifications.receive_customer()
    for _ in range(2):
        answer = writer(notifications).post("/emails", MESSAGE, headers={"Idempotency-Key": "once-1234"})
        assert answer.status_code == 201
    assert len(notifications.emails()) == 1


def test_one_cannot_write_to_a_customer_that_one_may_not_see(notifications: NotificationsHarness) -> None:
    notifications.receive_customer(owner_id="usr_ben", team_id="tea_1")
    outsider = writer(notifications, scope=Scope.TEAM, team_ids=("tea_2",))
    assert outsider.post("/emails", MESSAGE).status_code == 404


def test_a_customer_without_an_address_cannot_be_written_to(notifications: NotificationsHarness) -> None:
    notifications.receive_customer(personal={"email": None})
    answer = writer(notifications).post("/emails", MESSAGE)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "no_email")


def test_the_summary_shows_whether_mail_goes_out(notifications: NotificationsHarness) -> None:
    notifications.receive_customer()
    writer(notifications).post("/emails", MESSAGE)
    waiting = notifications.staff.get("/emails/summary").json
    assert waiting["states"]["queued"] == 1
    assert waiting["oldest_waiting_at"] is not None
    notifications.deliver()
    sent = notifications.staff.get("/emails/summary").json
    assert (sent["states"]["queued"], sent["states"]["sent"], sent["oldest_waiting_at"]) == (0, 1, None)
    assert sent["last_sent_at"] is not None
