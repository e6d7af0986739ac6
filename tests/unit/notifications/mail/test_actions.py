"""What happens to an e-mail: queued, refused, sent again."""

from datetime import timedelta

import pytest

from notifications.mail.actions import claim_due_emails
from notifications.mail.message import smtp_message
from notifications.mail.transports import FileTransport
from servicekit.actor import Actor
from tests.unit.notifications.conftest import NotificationsHarness


@pytest.mark.parametrize("address", ["not an address", "a@b@c.example", "vera@example.org\r\nBcc: x@y.example", "x@-"])
def test_an_impossible_address_is_a_failed_email_that_staff_can_see(
    notifications: NotificationsHarness, address: str
) -> None:
    notifications.receive_form(personal={"email": address})
    assert notifications.deliver() == 0
    failed = notifications.only_email()
    assert failed["state"] == "failed"
    assert failed["last_error"]
    assert [one["type"] for one in notifications.recorded()] == ["email.failed.v1"]


def test_an_international_domain_is_written_in_its_ascii_form(notifications: NotificationsHarness) -> None:
    notifications.receive_form(personal={"email": "vera@müller.example"})
    assert notifications.only_email()["to"] == "vera@xn--mller-kva.example"


def test_the_event_of_an_email_that_was_sent_names_the_case_and_its_customer(
    notifications: NotificationsHarness,
) -> None:
    notifications.receive_form()
    notifications.receive_case(customer_id="cus_9", sequence=2)
    notifications.deliver()
    (event,) = notifications.recorded()
    assert event["type"] == "email.sent.v1"
    assert event["correlationid"] == "req_test"
    assert event["data"] == {
        "id": notifications.only_email()["id"],
        "kind": "form_autoreply",
        "to_user_id": None,
        "case_id": "cas_1",
        "order_id": None,
        "customer_id": "cus_9",
        "subject": "We have received your message [C-000042]",
    }


def test_a_file_that_may_not_have_been_written_is_written_again_under_the_same_name(
    notifications: NotificationsHarness,
) -> None:
    notifications.receive_form()
    database, clock = notifications.running.service.database, notifications.harness.clock
    with database.write() as session:
        (begun,) = claim_due_emails(session, by=Actor.system(now=clock()), limit=1, lease=timedelta(seconds=15))
    FileTransport(directory=notifications.mail_folder).send(smtp_message(begun, notifications.running.service.settings))
    clock.move(seconds=16)
    assert notifications.running.run_job("find_lost_mail") == 1
    clock.move(seconds=13)
    assert notifications.deliver() == 1
    assert notifications.only_email()["state"] == "sent"
    assert len(notifications.sent_messages()) == 1


def test_two_users_with_one_mailbox_get_one_email(notifications: NotificationsHarness) -> None:
    notifications.receive_user("ada", personal={"email": "shared@example.com"})
    notifications.receive_user("ben", personal={"email": "SHARED@example.com"})
    notifications.receive_step(user_ids=["usr_ada", "usr_ben"])
    notifications.deliver()
    assert len(notifications.sent_messages()) == 1
    assert len(notifications.notifications_of("usr_ben")) == 1
