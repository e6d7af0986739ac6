"""Who gets which e-mail, once, and what stands in it."""

from datetime import timedelta

import pytest

from notifications.mail.actions import claim_due
from notifications.mail.message import envelope
from notifications.mail.rendering import render
from notifications.mail.transports import FileTransport
from servicekit.auth import Scope
from servicekit.errors import NotYet
from servicekit.settings import BadSettings
from tests.unit.notifications.conftest import Post, parts


@pytest.mark.proves("F080")
def test_the_people_responsible_for_a_step_get_an_email_and_a_notification(post: Post) -> None:
    post.user("usr_ada")
    post.user("usr_ben")
    post.step(user_ids=["usr_ada", "usr_ben"])
    assert post.deliver() == 2
    assert {letter["To"] for letter in post.letters()} == {"Ada <ada@example.com>", "Ben <ben@example.com>"}
    assert [one["state"] for one in post.emails()] == ["sent", "sent"]
    (seen,) = post.bell("usr_ben")
    assert seen["title"] == "Your approval is asked for: Approve refund"
    assert seen["link"] == "/cases/C-000042"
    assert seen["subject"] == {"type": "case", "id": "cas_1", "number": "C-000042"}


@pytest.mark.proves("F080")
def test_html_and_text_both_carry_number_link_due_time_and_instructions(post: Post) -> None:
    post.user()
    post.step()
    post.deliver()
    (letter,) = post.letters()
    assert letter["Subject"] == "[C-000042] Approval: Approve refund – Damaged delivery"
    for part in parts(letter):
        assert "C-000042" in part
        assert "https://crm.company.example/cases/C-000042" in part
        assert "Mon 2 Mar 2026, 15:00 UTC" in part
        assert "Look at the photos." in part


def test_a_task_is_worded_as_a_task(post: Post) -> None:
    post.user()
    post.step(step_kind="task", step_name="Call back")
    post.deliver()
    (letter,) = post.letters()
    assert letter["Subject"] == "[C-000042] Task: Call back – Damaged delivery"
    assert "approve" not in parts(letter)[0]


def test_times_are_written_in_the_zone_of_the_installation(open_post) -> None:
    post = open_post(CRM_TIME_ZONE="Europe/Berlin")
    post.user()
    post.step()
    post.deliver()
    assert "Mon 2 Mar 2026, 16:00 CET" in parts(post.letters()[0])[0]


def test_a_zone_that_does_not_exist_stops_the_start(open_post) -> None:
    with pytest.raises(BadSettings, match="Europe/Berlin"):
        open_post(CRM_TIME_ZONE="Mars/Base")


def test_the_same_event_twice_sends_one_email(post: Post) -> None:
    post.user()
    body = post.step()
    post.running.receive(body)
    post.deliver()
    post.running.receive(body)
    post.deliver()
    assert len(post.letters()) == 1
    assert len(post.bell()) == 1


def test_two_users_with_one_mailbox_get_one_email(post: Post) -> None:
    post.user("usr_ada", personal={"email": "desk@example.com"})
    post.user("usr_ben", personal={"email": "DESK@example.com"})
    post.step(user_ids=["usr_ada", "usr_ben"])
    post.deliver()
    assert len(post.letters()) == 1
    assert len(post.bell("usr_ben")) == 1


def test_a_step_waits_for_a_user_who_is_not_known_yet(post: Post) -> None:
    with pytest.raises(NotYet):
        post.step(user_ids=["usr_new"])
    assert post.emails() == []
    post.user("usr_new")
    post.step(user_ids=["usr_new"])
    assert post.deliver() == 1


def test_a_disabled_user_gets_nothing(post: Post) -> None:
    post.user("usr_ada")
    post.user("usr_ada", event="user.disabled.v1", is_active=False, sequence=2)
    post.step()
    assert post.deliver() == 0
    assert post.bell() == []


def test_an_older_event_about_a_user_changes_nothing(post: Post) -> None:
    post.user(sequence=2, personal={"email": "new@example.com"})
    post.user(sequence=1, personal={"email": "old@example.com"})
    post.step()
    assert post.only()["to"] == "new@example.com"


def test_a_reminder_says_whether_it_is_late(post: Post) -> None:
    post.user()
    post.step("step.reminded.v1", overdue=False)
    post.step("step.reminded.v1", overdue=True)
    subjects = {one["subject"] for one in post.emails()}
    assert subjects == {
        "[C-000042] Reminder: Approve refund – Damaged delivery",
        "[C-000042] Overdue: Approve refund – Damaged delivery",
    }


def test_an_escalation_is_mailed_upwards_and_shown_to_the_people_responsible(post: Post) -> None:
    post.user("usr_ada")
    post.user("usr_boss")
    post.step("step.escalated.v1", user_ids=["usr_ada", "usr_boss"], to_user_ids=["usr_boss"], level=2)
    assert [one["to_user_id"] for one in post.emails()] == ["usr_boss"]
    assert [one["kind"] for one in post.bell("usr_ada")] == ["step_escalated"]
    assert len(post.bell("usr_boss")) == 1
    assert "level 2" in post.desk.get(f"/emails/{post.only()['id']}").json["text"]


def test_the_owner_of_a_case_sees_what_somebody_else_decided(post: Post) -> None:
    post.user("usr_ada")
    post.case(owner_id="usr_ada")
    decided = {"outcome": "approve", "note": "Fair enough.", "decided_by": "usr_ben"}
    post.step("step.decided.v1", **decided)
    post.step("step.decided.v1", **decided | {"decided_by": "usr_ada"})
    (seen,) = post.bell()
    assert (seen["title"], seen["body"]) == ("Approve refund: approve", "Fair enough.")
    assert post.emails() == []


def test_a_new_owner_is_told_of_the_case_unless_they_took_it(post: Post) -> None:
    post.user("usr_ada")
    post.case("case.assigned.v1", owner_id="usr_ada", actor="usr_ada", sequence=1)
    assert post.bell() == []
    post.case("case.assigned.v1", owner_id="usr_ada", actor="usr_ben", sequence=2)
    assert [one["kind"] for one in post.bell()] == ["case_assigned"]


@pytest.mark.proves("F060")
def test_the_visitor_gets_a_reply_with_the_case_number(post: Post) -> None:
    post.form()
    post.deliver()
    (letter,) = post.letters()
    assert letter["To"] == "Vera Visitor <vera@example.org>"
    assert "C-000042" in letter["Subject"]
    assert letter["Auto-Submitted"] == "auto-generated"
    for part in parts(letter):
        assert "C-000042" in part
        assert "Hello Vera Visitor," in part
        assert "crm.company.example/cases" not in part


@pytest.mark.proves("F060")
def test_a_forms_own_words_are_used_and_the_number_is_never_missing(post: Post) -> None:
    own = {
        "subject": "Thanks, {name}!",
        "text": "Dear {name},\n\nwe answer in a day. {0.__class__} {{number}} {case_number}",
    }
    post.form(autoresponder=own)
    post.deliver()
    (letter,) = post.letters()
    assert letter["Subject"] == "Thanks, Vera Visitor! [C-000042]"
    text, html = parts(letter)
    assert "Dear Vera Visitor,\n\nwe answer in a day. {0.__class__} {C-000042} C-000042" in text
    assert "C-000042" in html


def test_a_visitor_with_first_and_last_name_is_greeted_by_both(post: Post) -> None:
    post.form(personal={"name": None, "first_name": "Vera", "last_name": None})
    assert "Hello Vera," in post.desk.get(f"/emails/{post.only()['id']}").json["text"]


def test_a_visitor_who_left_no_address_gets_no_reply(post: Post) -> None:
    post.form(personal={"email": None})
    assert post.emails() == []


def test_a_name_with_line_ends_adds_no_header(post: Post) -> None:
    evil = "Vera\r\nBcc: victim@example.net\r\n\r\nBuy now\u2028X-Evil: 1"
    post.form(personal={"name": evil}, autoresponder={"subject": "Hi {name}\r\nBcc: x@y.example", "text": "{name}"})
    post.deliver()
    (letter,) = post.letters()
    assert letter["Bcc"] is None
    assert letter["X-Evil"] is None
    assert letter.get_all("To") == ['"Vera Bcc: victim@example.net Buy now X-Evil: 1" <vera@example.org>']
    assert letter["To"].addresses[0].addr_spec == "vera@example.org"
    assert set(letter.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted", "X-Auto-Response-Suppress",
        "MIME-Version", "Content-Type",
    }  # fmt: skip


def test_markup_in_a_name_stays_text(post: Post) -> None:
    post.form(personal={"name": "<img src=x onerror=alert(1)>"})
    post.deliver()
    _, html = parts(post.letters()[0])
    assert "<img" not in html
    assert "&lt;img src=x" in html


@pytest.mark.parametrize("address", ["not an address", "a@b@c.example", "vera@example.org\r\nBcc: x@y.example", "x@-"])
def test_an_impossible_address_is_a_failed_email_that_staff_can_see(post: Post, address: str) -> None:
    post.form(personal={"email": address})
    assert post.deliver() == 0
    failed = post.only()
    assert failed["state"] == "failed"
    assert failed["last_error"]
    assert [one["type"] for one in post.recorded()] == ["email.failed.v1"]


def test_an_international_domain_is_written_in_its_ascii_form(post: Post) -> None:
    post.form(personal={"email": "vera@müller.example"})
    assert post.only()["to"] == "vera@xn--mller-kva.example"


def test_a_form_cannot_flood_somebody_elses_mailbox(post: Post) -> None:
    for _ in range(7):
        post.form()
    states = [one["state"] for one in post.emails("?sort=created_at")]
    assert states.count("queued") == 5
    assert states.count("held") == 2


def test_the_fact_that_an_email_was_sent_names_the_case_and_its_customer(post: Post) -> None:
    post.form()
    post.case(customer_id="cus_9", sequence=2)
    post.deliver()
    (told,) = post.recorded()
    assert told["type"] == "email.sent.v1"
    assert told["correlationid"] == "req_test"
    assert told["data"] == {
        "id": post.only()["id"],
        "kind": "form_autoreply",
        "to_user_id": None,
        "case_id": "cas_1",
        "order_id": None,
        "customer_id": "cus_9",
        "subject": "We have received your message [C-000042]",
    }


def test_an_order_is_confirmed_to_the_primary_contact_of_the_organization(post: Post) -> None:
    post.primary_contact()
    order = {"id": "ord_1", "number": "O-000007", "customer_id": "cus_1", "status": "confirmed", "line_count": 2}
    post.hears("order.confirmed.v1", order | {"total": {"amount": "119.00", "currency": "EUR"}})
    post.deliver()
    (letter,) = post.letters()
    assert letter["To"] == "Carl <carl@acme.example>"
    for part in parts(letter):
        assert "O-000007" in part
        assert "119.00 EUR" in part


def test_whoever_is_no_longer_the_primary_contact_gets_no_more_of_the_organizations_mail(post: Post) -> None:
    post.primary_contact("Carl")
    post.customer(id="cus_3", kind="individual", personal={"name": "Zoe", "email": "zoe@acme.example"})
    post.customer(primary_contact_id="cus_3", sequence=3)
    post.customer(id="cus_3", kind="individual", personal={"name": "Zoe", "email": "z@new.example"}, sequence=2)
    order = {"id": "ord_1", "number": "O-000007", "customer_id": "cus_1", "status": "confirmed", "line_count": 2}
    post.hears("order.confirmed.v1", order | {"total": {"amount": "119.00", "currency": "EUR"}})
    assert [one["to"] for one in post.emails()] == ["z@new.example"]


def test_replies_go_to_an_address_that_names_the_case(open_post) -> None:
    post = open_post(CRM_MAIL_REPLY_TO="support@company.example")
    post.form()
    post.deliver()
    assert post.letters()[0]["Reply-To"].startswith("support+c-000042-")


def test_one_sees_the_emails_of_the_cases_that_one_may_see(post: Post) -> None:
    post.case(owner_id="usr_ada", team_id="tea_1")
    post.form()
    outside = post.running.client("notifications:read", scope=Scope.TEAM, team_ids=("tea_2",))
    inside = post.running.client("notifications:read", scope=Scope.TEAM, team_ids=("tea_1",))
    assert outside.get("/emails").json["data"] == []
    assert outside.get(f"/emails/{post.only()['id']}").status_code == 404
    assert len(inside.get("/emails").json["data"]) == 1


def test_reading_emails_needs_the_permission(post: Post) -> None:
    assert post.running.client("cases:read").get("/emails").status_code == 403


def test_emails_are_found_by_case_and_state(post: Post) -> None:
    post.form()
    assert len(post.emails("?case_id=cas_1&state=queued")) == 1
    assert post.emails("?case_id=cas_2") == []
    assert post.emails("?state=sent") == []


def test_the_templates_are_listed_with_an_example(post: Post) -> None:
    listed = post.desk.get("/templates").json["data"]
    assert {one["key"] for one in listed} >= {"step_activated", "step_reminder", "step_escalated", "form_autoreply"}
    assert all(one["example_subject"] and one["description"] for one in listed)


def test_every_kind_can_be_rendered(post: Post) -> None:
    from notifications.mail.templates import KINDS

    for kind in KINDS.values():
        rendered = render(kind.example, post.running.service.settings)
        assert kind.example.number in rendered.html
        assert kind.example.number in rendered.text


def test_a_file_that_may_not_have_been_written_is_written_again_under_the_same_name(post: Post) -> None:
    post.form()
    database, clock = post.running.service.database, post.running.harness.clock
    with database.write() as session:
        (begun,) = claim_due(session, limit=1, lease=timedelta(seconds=15), now=clock())
    FileTransport(directory=post.folder).send(envelope(begun, post.running.service.settings))
    clock.move(seconds=16)
    assert post.running.run_job("find_lost_mail") == 1
    clock.move(seconds=13)
    assert post.deliver() == 1
    assert post.only()["state"] == "sent"
    assert len(post.letters()) == 1


def test_an_email_without_a_case_is_seen_by_who_may_see_its_customer(post: Post) -> None:
    post.user()
    post.customer(owner_id="usr_bo", team_id="tea_1")
    writer = post.running.client("customers:write", "notifications:read", id="usr_ada")
    assert (
        writer.post("/emails", {"customer_id": "cus_1", "subject": "Terms", "text": "Only for you."}).status_code == 201
    )
    outside = post.running.client("notifications:read", scope=Scope.TEAM, team_ids=("tea_2",))
    inside = post.running.client("notifications:read", scope=Scope.TEAM, team_ids=("tea_1",))
    assert outside.get("/emails?customer_id=cus_1").json["data"] == []
    assert len(inside.get("/emails?customer_id=cus_1").json["data"]) == 1
