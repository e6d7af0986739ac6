"""What visitors send through a web form, and what they are answered."""

from typing import Any

import pytest

from servicekit.auth import Kind
from tests.unit.cases.conftest import PERSON, CasesHarness

pytestmark = [pytest.mark.proves("F074")]


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
    stored = cases.admin.get("/forms/contact/submissions").json["data"]
    assert [(one["case_number"], one["answers"]) for one in stored] == [(case["number"], case["answers"])]


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
def test_a_wrong_answer_is_named_at_its_field_and_nothing_is_stored(
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


def test_a_form_that_is_switched_off_does_not_exist_for_visitors(cases: CasesHarness) -> None:
    cases.create_form()
    cases.admin.patch("/forms/contact", {"is_active": False})

    body = {"answers": {"name": "Vera", "email": "vera@example.com"}}
    assert cases.visitor.post("/forms/contact/submissions", body).status_code == 404
    assert cases.visitor.get("/forms/contact/definition").status_code == 404
    assert cases.admin.get("/forms/contact").json["is_active"] is False


def test_visitors_see_the_questions_and_nothing_behind_them(cases: CasesHarness) -> None:
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


def test_earlier_submissions_keep_the_labels_they_had(cases: CasesHarness) -> None:
    cases.create_form()
    case_id = cases.submit_form()["case_id"]

    cases.admin.patch("/forms/contact", {"fields": [{**PERSON[0], "label": "Who?"}, PERSON[1]]})

    assert cases.get_case(case_id)["answers"][0]["label"] == "Your name"
