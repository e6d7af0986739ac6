"""Web forms over HTTP: what staff may define."""

from typing import Any

import pytest

from tests.unit.cases.conftest import PERSON, CasesHarness

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


def test_a_key_is_given_once(cases: CasesHarness) -> None:
    cases.create_form()

    answer = cases.admin.post("/forms", {"key": "contact", "name": "Again", "fields": PERSON})

    assert (answer.status_code, answer.json["code"]) == (409, "key_taken")
