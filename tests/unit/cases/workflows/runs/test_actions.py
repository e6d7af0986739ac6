"""How a run moves through its steps, and what it does with their work items."""

import pytest

from tests.unit.cases.conftest import CasesHarness, approval, task

pytestmark = [pytest.mark.proves("F081")]


def test_where_everybody_decides_each_gets_an_item_and_the_last_one_moves_on(cases: CasesHarness) -> None:
    cases.publish_workflow("both", approval("check", assignees=["role:support"], distribution="all"))
    case = cases.open_case(workflow="both")
    items = {item["candidate_ids"][0]: item["id"] for item in cases.list_items(case_id=case["id"])}
    assert set(items) == {"usr_sam", "usr_sue"}
    assert [event["data"]["user_ids"] for event in cases.recorded("step.activated")] == [["usr_sam"], ["usr_sue"]]

    cases.decide(cases.staff("sam"), items["usr_sam"], "approve")
    assert cases.get_case(case["id"])["status"] == "new"
    cases.decide(cases.staff("sue"), items["usr_sue"], "approve")
    assert cases.get_case(case["id"])["status"] == "resolved"


def test_one_rejection_withdraws_the_items_of_the_others(cases: CasesHarness) -> None:
    cases.publish_workflow("both", approval("check", assignees=["role:support"], distribution="all"))
    case = cases.open_case(workflow="both")
    items = {item["candidate_ids"][0]: item["id"] for item in cases.list_items(case_id=case["id"])}

    cases.decide(cases.staff("sam"), items["usr_sam"], "reject", note="No")

    late = cases.decide(cases.staff("sue"), items["usr_sue"], "approve")
    assert (late.status_code, late.json["code"]) == (409, "work_item_withdrawn")


@pytest.mark.slow
def test_a_run_that_goes_round_for_ever_is_stopped(cases: CasesHarness) -> None:
    loop = task("again", outcomes=["more", "stop"], transitions={"more": "again", "stop": "end"})
    cases.publish_workflow("loop", loop)
    case = cases.open_case(workflow="loop")

    for _ in range(200):
        [item] = cases.list_items(case_id=case["id"], state="open")
        assert cases.decide(cases.admin, item["id"], "more").status_code == 200

    assert cases.list_items(case_id=case["id"], state="open") == []
    assert cases.get_case(case["id"])["run"]["status"] == "failed"
    assert "200 steps" in cases.recorded("workflow.failed")[0]["data"]["reason"]
