"""Web forms: what staff may define, and what strangers may send."""

from typing import Any

import pytest

from servicekit.auth import Kind
from tests.unit.cases.conftest import PERSON, CasesHarness, task

pytestmark = [pytest.mark.proves("F074")]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ([*PERSON, PERSON[0]], ("/fields/3/key", "duplicate")),
        ([*PERSON, {"key": "x", "label": "X", "maps_to": "customer.shoe"}], ("/fields/3/maps_to", "unknown_target")),
        (
            [*PERSON, {"key": "x", "label": "X", "type": "number", "maps_to": "case.subject"}],
            ("/fields/3/maps_to", "wrong_type"),
        ),
        (
            [*PERSON, {"key": "x", "label": "X", "type": "email", "maps_to": "customer.email"}],
            ("/fields/3/maps_to", "duplicate"),
        ),
        ([*PERSON, {"key": "x", "label": "X", "type": "choice"}], ("/fields/3/options", "required")),
        (
            [*PERSON, {"key": "x", "label": "X", "type": "choice", "options": ["now"], "maps_to": "case.priority"}],
            ("/fields/3/options", "unknown_option"),
        ),
        ([PERSON[0]], ("/fields", "nobody_to_answer")),
        ([*PERSON, {"key": "website_url_", "label": "X"}], ("/fields/3/key", "duplicate")),
        ([*PERSON, {"key": "Bad Key", "label": "X"}], ("/fields/3/key", "invalid")),
        ([*PERSON, {"key": "x", "label": "X", "type": "colour"}], ("/fields/3/type", "invalid")),
    ],
)
def test_a_form_that_cannot_work_is_refused_at_its_place(
    cases: CasesHarness, fields: list[dict[str, Any]], problem: tuple[str, str]
) -> None:
    answer = cases.admin.post("/forms", {"key": "contact", "name": "Contact", "fields": fields})

    assert answer.status_code == 422
    assert problem in {(error["pointer"], error["code"]) for error in answer.json["errors"]}


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"case_type": "gone"}, "/case_type"),
        ({"workflow": "gone"}, "/workflow"),
        ({"return_url": "javascript:alert(1)"}, "/return_url"),
        ({"return_url": "https://user:pw@example.com/"}, "/return_url"),
        ({"autoresponder": {"subject": "x"}}, "/autoresponder/text"),
    ],
)
def test_what_a_form_names_must_exist(cases: CasesHarness, more: dict[str, Any], pointer: str) -> None:
    answer = cases.admin.post("/forms", {"key": "contact", "name": "Contact", "fields": PERSON, **more})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == pointer


def test_only_whoever_administers_forms_writes_them(cases: CasesHarness) -> None:
    staff = cases.staff("sam")
    cases.create_form()

    assert staff.get("/forms/contact").json["fields"][0]["key"] == "name"
    assert staff.patch("/forms/contact", {"name": "x"}).status_code == 403


@pytest.mark.proves("F073")
def test_every_type_of_field_is_captured_with_its_type_and_label(cases: CasesHarness) -> None:
    fields = [
        *PERSON,
        {"key": "phone", "label": "Phone", "type": "phone", "maps_to": "customer.phone"},
        {"key": "topic", "label": "Topic", "type": "choice", "options": ["a", "b"], "maps_to": "case.subject"},
        {"key": "more", "label": "More", "type": "textarea", "maps_to": "case.description"},
        {
            "key": "how",
            "label": "How urgent?",
            "type": "choice",
            "options": ["low", "urgent"],
            "maps_to": "case.priority",
        },
        {"key": "parts", "label": "Parts", "type": "multichoice", "options": ["x", "y", "z"]},
        {"key": "count", "label": "How many", "type": "integer"},
        {"key": "price", "label": "Price", "type": "number"},
        {"key": "since", "label": "Since", "type": "date"},
        {"key": "agreed", "label": "Agreed", "type": "checkbox"},
    ]
    cases.create_form(fields=fields)
    sent = {"phone": "+49 40 555 0134", "topic": "b", "more": "It smokes", "how": "urgent", "parts": ["z", "x"]}

    receipt = cases.submit_form(**sent, count="3", price="12.50", since="2026-03-31", agreed="on")

    case = cases.get_case(receipt["case_id"])
    assert (case["subject"], case["description"], case["priority"]) == ("b", "It smokes", "urgent")
    values = {answer["key"]: answer["value"] for answer in case["answers"]}
    assert values["parts"] == ["x", "z"]
    assert (values["count"], values["price"], values["since"], values["agreed"]) == (3, "12.50", "2026-03-31", True)
    kept = cases.admin.get("/forms/contact/submissions").json["data"]
    assert [(one["case_number"], one["answers"]) for one in kept] == [(case["number"], case["answers"])]


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"email": "nobody"}, "/answers/email"),
        ({"name": ""}, "/answers/name"),
        ({"name": "   "}, "/answers/name"),
        ({"colour": "red"}, "/answers/colour"),
        ({"name": "x" * 501}, "/answers/name"),
        ({"name": {"first": "V"}}, "/answers/name"),
        ({"website_url_": "http://spam"}, "/answers/website_url_"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field_and_nothing_is_kept(
    cases: CasesHarness, answers: dict[str, Any], pointer: str
) -> None:
    cases.create_form()
    body = {"answers": {"name": "Vera", "email": "vera@example.com", **answers}}

    refused = cases.visitor.post("/forms/contact/submissions", body)

    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert cases.recorded() == []
    assert cases.admin.get("/cases").json["data"] == []


def test_a_form_that_could_not_be_answered_asks_for_an_address(cases: CasesHarness) -> None:
    fields = [PERSON[0], {**PERSON[1], "required": False}]
    cases.create_form(fields=fields)

    refused = cases.visitor.post("/forms/contact/submissions", {"answers": {"name": "Vera"}})

    assert refused.json["errors"][0]["pointer"] == "/answers/email"


@pytest.mark.parametrize("body", [{}, {"answers": "x"}, {"answers": {}, "more": 1}])
def test_another_shape_is_no_submission(cases: CasesHarness, body: dict[str, Any]) -> None:
    cases.create_form()

    assert cases.visitor.post("/forms/contact/submissions", body).status_code == 422


def test_an_html_form_is_sent_on_to_its_return_page_with_the_number(cases: CasesHarness) -> None:
    cases.create_form(return_url="https://example.com/thanks?lang=en")
    fields = {"name": "Vera", "email": "vera@example.com", "company": "", "website_url_": ""}

    answer = cases.visitor.post("/forms/contact/submissions", data=fields)

    assert answer.status_code == 303
    assert answer.headers["Location"] == "https://example.com/thanks?lang=en&case=C-000001"


def test_an_html_form_without_a_return_page_shows_the_number(cases: CasesHarness) -> None:
    cases.create_form()

    answer = cases.visitor.post("/forms/contact/submissions", data={"name": "Vera", "email": "vera@example.com"})

    assert (answer.status_code, answer.mimetype) == (201, "text/html")
    assert "C-000001" in answer.text


def test_a_submission_repeated_with_its_key_opens_one_case(cases: CasesHarness) -> None:
    cases.create_form()
    body = {"answers": {"name": "Vera", "email": "vera@example.com"}}

    first, second = (
        cases.visitor.post("/forms/contact/submissions", body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)
    )

    assert first.json == second.json
    assert len(cases.recorded("case.opened")) == 1


def test_a_form_that_is_switched_off_does_not_exist_for_strangers(cases: CasesHarness) -> None:
    cases.create_form()
    cases.admin.patch("/forms/contact", {"is_active": False})

    body = {"answers": {"name": "Vera", "email": "vera@example.com"}}
    assert cases.visitor.post("/forms/contact/submissions", body).status_code == 404
    assert cases.visitor.get("/forms/contact/definition").status_code == 404
    assert cases.admin.get("/forms/contact").json["is_active"] is False


def test_strangers_see_the_questions_and_nothing_behind_them(cases: CasesHarness) -> None:
    cases.create_form()

    shown = cases.running.client(id="public", kind=Kind.PUBLIC).get("/forms/contact/definition").json

    assert set(shown) == {"key", "name", "fields"}
    assert "maps_to" not in shown["fields"][0]
    assert cases.visitor.get("/forms/contact").status_code == 401
    assert cases.visitor.get("/forms/contact/submissions").status_code == 401


def test_too_much_is_refused(cases: CasesHarness) -> None:
    cases.create_form()

    answer = cases.visitor.post("/forms/contact/submissions", {"answers": {"name": "x" * 200_000}})

    assert answer.status_code == 413


def test_a_retired_workflow_does_not_cost_a_submission(cases: CasesHarness) -> None:
    workflow = cases.publish_workflow("contact", task("answer"))
    cases.create_form(workflow="contact")
    cases.admin.post(f"/workflows/{workflow['id']}:retire")

    assert cases.get_case(cases.submit_form()["case_id"])["run"] is None


def test_a_form_without_a_workflow_starts_the_one_of_its_case_type(cases: CasesHarness) -> None:
    cases.publish_workflow("repair", task("fix"))
    cases.admin.post("/case-types", {"key": "repair", "name": "Repair", "default_workflow": "repair"})
    cases.create_form(case_type="repair")

    assert cases.get_case(cases.submit_form()["case_id"])["run"]["workflow_key"] == "repair"


def test_earlier_submissions_keep_the_labels_they_had(cases: CasesHarness) -> None:
    cases.create_form()
    case_id = cases.submit_form()["case_id"]

    cases.admin.patch("/forms/contact", {"fields": [{**PERSON[0], "label": "Who?"}, PERSON[1]]})

    assert cases.get_case(case_id)["answers"][0]["label"] == "Your name"


def test_a_key_is_given_once(cases: CasesHarness) -> None:
    cases.create_form()

    answer = cases.admin.post("/forms", {"key": "contact", "name": "Again", "fields": PERSON})

    assert (answer.status_code, answer.json["code"]) == (409, "key_taken")
