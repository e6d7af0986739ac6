"""Somebody of the staff writes to a customer."""

from typing import Any

import pytest

from servicekit.auth import Scope
from servicekit.testing.harness import ApiClient
from tests.unit.notifications.conftest import Post, parts

MESSAGE = {"customer_id": "cus_1", "subject": "Your delivery", "text": "Hello Carl,\n\nit arrives on <Monday>."}


def writer(post: Post, **who: Any) -> ApiClient:
    return post.running.client("customers:write", "notifications:read", **{"id": "usr_ada", **who})


@pytest.mark.proves("F032", "F112")
def test_a_message_goes_to_the_primary_contact_and_the_answer_to_the_writer(post: Post) -> None:
    post.user("usr_ada")
    post.primary_contact()
    answer = writer(post).post("/emails", MESSAGE)
    assert answer.status_code == 201, answer.json
    assert answer.headers["Location"] == f"/api/v1/emails/{answer.json['id']}"
    assert post.deliver() == 1
    (letter,) = post.letters()
    assert letter["To"] == "Carl <carl@acme.example>"
    assert letter["Reply-To"] == "ada@example.com"
    assert letter["Auto-Submitted"] is None, "a person wrote it"
    text, html = parts(letter)
    assert "it arrives on <Monday>." in text
    assert "it arrives on &lt;Monday&gt;." in html
    assert "written by Ada" in text
    (told,) = post.recorded()
    assert (told["type"], told["data"]["customer_id"]) == ("email.sent.v1", "cus_1")


@pytest.mark.proves("F032")
def test_another_contact_can_be_chosen(post: Post) -> None:
    post.customer()
    post.contact()
    post.contact("con_2", "Dora", is_primary=False)
    assert writer(post).post("/emails", {**MESSAGE, "contact_id": "con_2"}).json["to"] == "dora@acme.example"
    wrong = writer(post).post("/emails", {**MESSAGE, "contact_id": "con_3"})
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/contact_id")


def test_a_message_about_a_case_carries_its_number(post: Post) -> None:
    post.customer()
    post.case(customer_id="cus_1")
    written = writer(post).post("/emails", {**MESSAGE, "case_id": "cas_1"}).json
    assert written["subject"] == "Your delivery [C-000042]"
    assert written["text"].startswith("Case C-000042")
    assert written["case_id"] == "cas_1"


def test_a_repeated_request_with_the_same_key_writes_once(post: Post) -> None:
    post.customer()
    for _ in range(2):
        answer = writer(post).post("/emails", MESSAGE, headers={"Idempotency-Key": "once-1234"})
        assert answer.status_code == 201
    assert len(post.emails()) == 1


def test_one_cannot_write_to_a_customer_that_one_may_not_see(post: Post) -> None:
    post.customer(owner_id="usr_ben", team_id="tea_1")
    outsider = writer(post, scope=Scope.TEAM, team_ids=("tea_2",))
    assert outsider.post("/emails", MESSAGE).status_code == 404


def test_a_customer_without_an_address_cannot_be_written_to(post: Post) -> None:
    post.customer(personal={"email": None})
    answer = writer(post).post("/emails", MESSAGE)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "no_email")


def test_the_summary_shows_whether_mail_goes_out(post: Post) -> None:
    post.customer()
    writer(post).post("/emails", MESSAGE)
    waiting = post.desk.get("/emails/summary").json
    assert waiting["states"]["queued"] == 1
    assert waiting["oldest_waiting_at"] is not None
    post.deliver()
    sent = post.desk.get("/emails/summary").json
    assert (sent["states"]["queued"], sent["states"]["sent"], sent["oldest_waiting_at"]) == (0, 1, None)
    assert sent["last_sent_at"] is not None


def message(**more: Any) -> dict[str, Any]:
    known = {"id": "msg_1", "case_id": "cas_1", "case_number": "C-000042", "case_subject": "Damaged delivery"}
    known |= {"customer_id": "cus_1", "contact_id": "cus_2", "is_internal": False, "direction": "out"}
    return {**known, "author_id": "usr_ada", "text": "We send a new one.", **more}


def test_a_reply_on_a_case_goes_to_the_person_who_asked_once(post: Post) -> None:
    post.user()
    post.customer()
    post.customer(id="cus_2", kind="individual", personal={"name": "Carl", "email": "carl@acme.example"})
    body = post.hears("message.added.v1", message())
    post.running.receive(body)
    (sent,) = post.emails()
    assert (sent["kind"], sent["to"], sent["subject"]) == (
        "case_reply",
        "carl@acme.example",
        "Re: Damaged delivery [C-000042]",
    )
    assert "We send a new one." in post.desk.get(f"/emails/{sent['id']}").json["text"]


def test_an_internal_note_is_never_mailed(post: Post) -> None:
    post.user()
    post.customer()
    post.hears("message.added.v1", message(is_internal=True, text=None))
    post.hears("message.added.v1", message(id="msg_2", is_internal=True, text="Do not tell them."))
    assert post.emails() == []


def test_the_writer_is_told_when_the_customer_has_no_mailbox(post: Post) -> None:
    post.user()
    post.customer(personal={"email": None})
    post.hears("message.added.v1", message(contact_id=None))
    assert post.emails() == []
    told = post.running.client("notifications:read", id="usr_ada").get("/notifications").json["data"]
    assert [one["kind"] for one in told] == ["reply_not_sent"]
