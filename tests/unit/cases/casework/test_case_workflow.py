"""The main job, as far as this service does it: form → case → workflow → people → resolved."""

import pytest

from tests.unit.cases.conftest import CasesHarness, approval, task

pytestmark = [pytest.mark.proves("F072")]


@pytest.mark.proves("F060", "F073", "F074")
def test_a_submission_is_kept_with_its_case_and_told_in_one_commit(cases: CasesHarness) -> None:
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


@pytest.mark.proves("F080", "F081")
def test_the_people_of_each_step_are_told_and_the_last_decision_resolves_the_case(cases: CasesHarness) -> None:
    cases.publish_workflow("refund", task("triage", to="approve"), approval("approve", yes="end", no="triage"))
    cases.create_form(workflow="refund")
    case_id = cases.submit_form()["case_id"]

    first = cases.recorded("step.activated")[-1]["data"]
    assert (first["step_key"], first["user_ids"]) == ("triage", ["usr_sam", "usr_sue"])
    assert cases.decide(cases.staff("sam"), first["work_item_id"], "done").status_code == 200

    second = cases.recorded("step.activated")[-1]["data"]
    assert (second["step_key"], second["user_ids"]) == ("approve", ["usr_fin"])
    assert cases.decide(cases.staff("fin"), second["work_item_id"], "approve").status_code == 200

    case = cases.get_case(case_id)
    assert case["status"] == "resolved"
    assert case["outcome"] == "approve"
    assert case["run"]["status"] == "completed"
    assert [step["outcome"] for step in case["run"]["steps"]] == ["done", "approve"]
    assert [event["type"] for event in cases.recorded()[-3:]] == [
        "step.decided.v1",
        "workflow.completed.v1",
        "case.transitioned.v1",
    ]


def test_who_submitted_is_linked_to_the_case_and_told_once(cases: CasesHarness) -> None:
    cases.publish_workflow("contact", task("answer"))
    cases.create_form(workflow="contact")
    receipt = cases.submit_form()
    customer_id = cases.receive_customer("Acme")
    fact = {
        "submission_id": receipt["submission_id"],
        "case_id": receipt["case_id"],
        "customer_id": customer_id,
        "person_id": "cus_vera",
        "organization_id": customer_id,
        "was_created": True,
    }

    body = cases.receive("submitter.identified.v1", fact)
    cases.running.receive(body)
    cases.receive("submitter.identified.v1", fact)

    case = cases.get_case(receipt["case_id"])
    assert (case["customer_id"], case["customer_name"], case["contact_id"]) == (customer_id, "Acme", "cus_vera")
    assert len(cases.recorded("case.linked")) == 1
    assert cases.list_items(customer_id=customer_id)[0]["case"]["customer_name"] == "Acme"
