"""A case and its workflow: which one it starts, who is asked, and how both end."""

import pytest

from tests.unit.cases.conftest import CasesHarness, approval, task


@pytest.mark.proves("F072", "F080", "F081")
def test_the_people_of_each_step_are_notified_and_the_last_decision_resolves_the_case(cases: CasesHarness) -> None:
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


@pytest.mark.proves("F078")
def test_a_case_type_starts_its_workflow_unless_another_or_none_is_chosen(cases: CasesHarness) -> None:
    cases.publish_workflow("repair", task("fix"))
    cases.publish_workflow("quick", task("call"))
    cases.admin.post("/case-types", {"key": "repair", "name": "Repair", "default_workflow": "repair"})

    assert cases.open_case(type="repair")["run"]["workflow_key"] == "repair"
    assert cases.open_case(type="repair", workflow="quick")["run"]["workflow_key"] == "quick"
    assert cases.open_case(type="repair", workflow=None)["run"] is None
    assert cases.open_case()["run"] is None


@pytest.mark.proves("F079")
def test_a_workflow_is_started_by_hand_after_saving_and_only_one_runs(cases: CasesHarness) -> None:
    cases.publish_workflow("repair", task("fix"))
    case = cases.open_case()

    started = cases.admin.post(f"/cases/{case['id']}/workflow", {"workflow": "repair"})
    again = cases.admin.post(f"/cases/{case['id']}/workflow", {"workflow": "repair"})

    assert (started.status_code, started.json["current_step"]) == (201, "Fix")
    assert (again.status_code, again.json["code"]) == (409, "workflow_already_running")
    assert cases.admin.get(f"/cases/{case['id']}/workflow").json["id"] == started.json["id"]


def test_the_workflow_of_a_case_that_has_none_is_not_found(cases: CasesHarness) -> None:
    assert cases.admin.get(f"/cases/{cases.open_case()['id']}/workflow").status_code == 404


def test_closing_lists_what_people_still_have_to_do(cases: CasesHarness) -> None:
    cases.publish_workflow("refund", task("triage"))
    case = cases.open_case(workflow="refund")

    refused = cases.transition(case["id"], "closed", outcome="duplicate")

    assert (refused.status_code, refused.json["code"]) == (409, "workflow_still_running")
    assert [item["step"] for item in refused.json["work_items"]] == ["Triage"]
    assert (
        cases.transition(case["id"], "closed", outcome="duplicate", cancel_workflow=True).json["run"]["status"]
        == "cancelled"
    )
    assert cases.list_items(case_id=case["id"], state="open") == []


def test_a_workflow_does_not_start_on_a_case_that_is_done(cases: CasesHarness) -> None:
    cases.publish_workflow("refund", task("triage"))
    case = cases.open_case()
    cases.transition(case["id"], "resolved")

    assert cases.admin.post(f"/cases/{case['id']}/workflow", {"workflow": "refund"}).status_code == 409
