"""Who is notified of what, and who gets which e-mail, once."""

import pytest

from servicekit.errors import NotYet
from tests.unit.notifications.conftest import NotificationsHarness, parts


@pytest.mark.proves("F080")
def test_the_people_responsible_for_a_step_get_an_email_and_a_notification(notifications: NotificationsHarness) -> None:
    notifications.receive_user("ada")
    notifications.receive_user("ben")
    notifications.receive_step(user_ids=["usr_ada", "usr_ben"])
    assert notifications.deliver() == 2
    assert {message["To"] for message in notifications.sent_messages()} == {
        "Ada <ada@example.com>",
        "Ben <ben@example.com>",
    }
    assert [one["state"] for one in notifications.emails()] == ["sent", "sent"]
    (seen,) = notifications.notifications_of("usr_ben")
    assert seen["title"] == "Your approval is asked for: Approve refund"
    assert seen["link"] == "/cases/C-000042"
    assert seen["subject"] == {"type": "case", "id": "cas_1", "number": "C-000042"}


def test_a_task_is_worded_as_a_task(notifications: NotificationsHarness) -> None:
    notifications.receive_user()
    notifications.receive_step(step_kind="task", step_name="Call back")
    notifications.deliver()
    (message,) = notifications.sent_messages()
    assert message["Subject"] == "[C-000042] Task: Call back – Damaged delivery"
    assert "approve" not in parts(message)[0]


def test_the_same_event_twice_sends_one_email(notifications: NotificationsHarness) -> None:
    notifications.receive_user()
    body = notifications.receive_step()
    notifications.running.receive(body)
    notifications.deliver()
    notifications.running.receive(body)
    notifications.deliver()
    assert len(notifications.sent_messages()) == 1
    assert len(notifications.notifications_of()) == 1


def test_a_step_waits_for_a_user_who_is_not_known_yet(notifications: NotificationsHarness) -> None:
    with pytest.raises(NotYet):
        notifications.receive_step(user_ids=["usr_new"])
    assert notifications.emails() == []
    notifications.receive_user("new")
    notifications.receive_step(user_ids=["usr_new"])
    assert notifications.deliver() == 1


def test_a_disabled_user_gets_nothing(notifications: NotificationsHarness) -> None:
    notifications.receive_user("ada")
    notifications.receive_user("ada", event="user.disabled.v1", is_active=False, sequence=2)
    notifications.receive_step()
    assert notifications.deliver() == 0
    assert notifications.notifications_of() == []


def test_a_reminder_says_whether_it_is_late(notifications: NotificationsHarness) -> None:
    notifications.receive_user()
    notifications.receive_step("step.reminded.v1", overdue=False)
    notifications.receive_step("step.reminded.v1", overdue=True)
    subjects = {one["subject"] for one in notifications.emails()}
    assert subjects == {
        "[C-000042] Reminder: Approve refund – Damaged delivery",
        "[C-000042] Overdue: Approve refund – Damaged delivery",
    }


def test_an_escalation_is_mailed_upwards_and_shown_to_the_people_responsible(
    notifications: NotificationsHarness,
) -> None:
    notifications.receive_user("ada")
    notifications.receive_user("boss")
    notifications.receive_step("step.escalated.v1", user_ids=["usr_ada", "usr_boss"], to_user_ids=["usr_boss"], level=2)
    assert [one["to_user_id"] for one in notifications.emails()] == ["usr_boss"]
    assert [one["kind"] for one in notifications.notifications_of("usr_ada")] == ["step_escalated"]
    assert len(notifications.notifications_of("usr_boss")) == 1
    assert "level 2" in notifications.text_of(notifications.only_email())


def test_the_owner_of_a_case_sees_what_somebody_else_decided(notifications: NotificationsHarness) -> None:
    notifications.receive_user("ada")
    notifications.receive_case(owner_id="usr_ada")
    decided = {"outcome": "approve", "note": "Fair enough.", "decided_by": "usr_ben"}
    notifications.receive_step("step.decided.v1", **decided)
    notifications.receive_step("step.decided.v1", **decided | {"decided_by": "usr_ada"})
    (seen,) = notifications.notifications_of()
    assert (seen["title"], seen["body"]) == ("Approve refund: approve", "Fair enough.")
    assert notifications.emails() == []


def test_a_new_owner_is_notified_of_the_case_unless_they_took_it(notifications: NotificationsHarness) -> None:
    notifications.receive_user("ada")
    notifications.receive_case("case.assigned.v1", owner_id="usr_ada", actor="usr_ada", sequence=1)
    assert notifications.notifications_of() == []
    notifications.receive_case("case.assigned.v1", owner_id="usr_ada", actor="usr_ben", sequence=2)
    assert [one["kind"] for one in notifications.notifications_of()] == ["case_assigned"]


@pytest.mark.proves("F060")
def test_the_visitor_gets_a_reply_with_the_case_number(notifications: NotificationsHarness) -> None:
    notifications.receive_form()
    notifications.deliver()
    (message,) = notifications.sent_messages()
    assert message["To"] == "Vera Visitor <vera@example.org>"
    assert "C-000042" in message["Subject"]
    assert message["Auto-Submitted"] == "auto-generated"
    for part in parts(message):
        assert "C-000042" in part
        assert "Hello Vera Visitor," in part
        assert "crm.company.example/cases" not in part


@pytest.mark.proves("F060")
def test_a_forms_own_words_are_used_and_the_number_is_never_missing(notifications: NotificationsHarness) -> None:
    own = {
        "subject": "Thanks, {name}!",
        "text": "Dear {name},\n\nwe answer in a day. {0.__class__} {{number}} {case_number}",
    }
    notifications.receive_form(autoresponder=own)
    notifications.deliver()
    (message,) = notifications.sent_messages()
    assert message["Subject"] == "Thanks, Vera Visitor! [C-000042]"
    text, html = parts(message)
    assert "Dear Vera Visitor,\n\nwe answer in a day. {0.__class__} {C-000042} C-000042" in text
    assert "C-000042" in html


def test_a_visitor_with_first_and_last_name_is_greeted_by_both(notifications: NotificationsHarness) -> None:
    notifications.receive_form(personal={"name": None, "first_name": "Vera", "last_name": None})
    assert "Hello Vera," in notifications.text_of(notifications.only_email())


def test_a_visitor_who_left_no_address_gets_no_reply(notifications: NotificationsHarness) -> None:
    notifications.receive_form(personal={"email": None})
    assert notifications.emails() == []


def test_a_form_cannot_flood_somebody_elses_mailbox(notifications: NotificationsHarness) -> None:
    for _ in range(7):
        notifications.receive_form()
    states = [one["state"] for one in notifications.emails("?sort=created_at")]
    assert states.count("queued") == 5
    assert states.count("held") == 2


def test_an_order_is_confirmed_to_the_primary_contact_of_the_organization(notifications: NotificationsHarness) -> None:
    notifications.receive_primary_contact()
    notifications.receive_order()
    notifications.deliver()
    (message,) = notifications.sent_messages()
    assert message["To"] == "Carl <carl@acme.example>"
    for part in parts(message):
        assert "O-000007" in part
        assert "119.00 EUR" in part


def test_whoever_is_no_longer_the_primary_contact_gets_no_more_of_the_organizations_mail(
    notifications: NotificationsHarness,
) -> None:
    notifications.receive_primary_contact("Carl")
    notifications.receive_person("Zoe", id="cus_3")
    notifications.receive_customer(primary_contact_id="cus_3", sequence=3)
    notifications.receive_person("Zoe", id="cus_3", personal={"email": "z@new.example"}, sequence=2)
    notifications.receive_order()
    assert [one["to"] for one in notifications.emails()] == ["z@new.example"]


def test_a_reply_on_a_case_goes_to_the_person_who_asked_once(notifications: NotificationsHarness) -> None:
    notifications.receive_user()
    notifications.receive_customer()
    notifications.receive_person("Carl")
    body = notifications.receive_message()
    notifications.running.receive(body)
    (sent,) = notifications.emails()
    assert (sent["kind"], sent["to"], sent["subject"]) == (
        "case_reply",
        "carl@acme.example",
        "Re: Damaged delivery [C-000042]",
    )
    assert "We send a new one." in notifications.text_of(sent)


def test_an_internal_note_is_never_mailed(notifications: NotificationsHarness) -> None:
    notifications.receive_user()
    notifications.receive_customer()
    notifications.receive_message(is_internal=True, text=None)
    notifications.receive_message(id="msg_2", is_internal=True, text="Do not tell them.")
    assert notifications.emails() == []


def test_the_writer_is_notified_when_the_customer_has_no_mailbox(notifications: NotificationsHarness) -> None:
    notifications.receive_user()
    notifications.receive_customer(personal={"email": None})
    notifications.receive_message(contact_id=None)
    assert notifications.emails() == []
    assert [one["kind"] for one in notifications.notifications_of("usr_ada")] == ["reply_not_sent"]
