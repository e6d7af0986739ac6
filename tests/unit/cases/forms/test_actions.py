"""A submission over all that it causes: case, workflow and events in one commit."""

import re

import pytest

from tests.unit.cases.conftest import CasesHarness, task

pytestmark = [pytest.mark.proves("F074")]


@pytest.mark.proves("F060", "F072", "F073")
def test_a_submission_is_stored_with_its_case_and_published_in_one_commit(cases: CasesHarness) -> None:
    cases.publish_workflow("contact", task("answer"))
    cases.create_form(workflow="contact", autoresponder={"subject": "Thanks", "text": "You are {case_number}."})

    receipt = cases.submit_form(company="Acme")

    case = cases.get_case(receipt["case_id"])
    assert case["number"] == receipt["case_number"] == "C-000001"
    assert case["origin"] == "web"
    assert case["answers"] == [
        {"key": "name", "label": "Your name", "type": "text", "value": "Vera Visitor"},
        {"key": "email", "label": "Your e-mail", "type": "email", "value": "vera@example.com"},
        {"key": "company", "label": "Company", "type": "text", "value": "Acme"},
    ]
    assert [event["type"] for event in cases.recorded()] == [
        "form.submitted.v1",
        "case.opened.v1",
        "workflow.started.v1",
        "step.activated.v1",
    ]
    submitted = cases.recorded("form.submitted")[0]["data"]
    assert submitted["case_number"] == "C-000001"
    assert submitted["autoresponder"] == {"subject": "Thanks", "text": "You are {case_number}."}
    assert submitted["personal"]["organization_name"] == "Acme"
    assert submitted["personal"]["email"] == "vera@example.com"


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


@pytest.mark.parametrize("own", ["contact", None])
def test_a_submission_asks_no_question_twice(cases: CasesHarness, own: str | None) -> None:
    cases.publish_workflow("contact", task("answer", timing={"due": "4h"}, reminders=[{"before_due": "1h"}]))
    cases.admin.post("/case-types", {"key": "repair", "name": "Repair", "default_workflow": "contact"})
    cases.create_form(case_type="repair", workflow=own, autoresponder={"subject": "Thanks", "text": "Soon."})

    with cases.selects() as asked:
        cases.submit_form()

    tables = [re.findall(r" FROM (\w+)", statement)[0] for statement in asked]
    assert tables == ["web_forms", "case_types", "workflow_definitions", "known_users"]
