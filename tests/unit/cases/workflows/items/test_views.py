"""Who takes and decides a work item, and what a decision does to the run."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from servicekit.auth import Scope
from tests.unit.cases.conftest import CasesHarness, approval, task

pytestmark = [pytest.mark.proves("F081")]


@pytest.fixture
def triage(cases: CasesHarness) -> dict[str, Any]:
    """The open item of a case whose workflow goes triage → approve → end, and back on a rejection."""
    cases.publish_workflow("refund", task("triage", to="approve"), approval("approve", no="triage"))
    case = cases.open_case(workflow="refund")
    [item] = cases.list_items(case_id=case["id"])
    return item


def test_the_item_shows_all_that_a_person_needs_to_act(cases: CasesHarness, triage: dict[str, Any]) -> None:
    assert triage["state"] == "open"
    assert triage["step"]["outcomes"] == ["done"]
    assert triage["case"]["number"] == "C-000001"
    assert triage["candidate_ids"] == ["usr_sam", "usr_sue"]
    assert triage["assignee_id"] is None


def test_mine_are_the_items_that_i_may_take_and_no_others(cases: CasesHarness, triage: dict[str, Any]) -> None:
    assert [item["id"] for item in cases.list_items(cases.staff("sam"), mine="true", state="open")] == [triage["id"]]
    assert cases.list_items(cases.staff("fin"), mine="true") == []


def test_claiming_takes_it_from_the_others(cases: CasesHarness, triage: dict[str, Any]) -> None:
    sam, sue = cases.staff("sam"), cases.staff("sue")

    claimed = sam.post(f"/work-items/{triage['id']}:claim")
    again = sam.post(f"/work-items/{triage['id']}:claim")

    assert (claimed.json["state"], claimed.json["assignee_name"]) == ("claimed", "Sam")
    assert again.json["version"] == claimed.json["version"]
    refused = sue.post(f"/work-items/{triage['id']}:claim")
    assert (refused.status_code, refused.json["code"]) == (409, "claimed_by_another")
    assert cases.decide(sue, triage["id"], "done").json["code"] == "claimed_by_another"
    assert len(cases.recorded("work_item.claimed")) == 1


def test_a_second_decision_is_answered_with_who_decided_and_when(cases: CasesHarness, triage: dict[str, Any]) -> None:
    cases.decide(cases.staff("sam"), triage["id"], "done")

    answer = cases.decide(cases.staff("sue"), triage["id"], "done")

    assert (answer.status_code, answer.json["code"]) == (409, "already_decided")
    assert answer.json["decided_by"] == "usr_sam"
    assert answer.json["decision"] == "done"
    assert answer.json["decided_at"].endswith("Z")
    assert "Sam decided this on" in answer.json["detail"]


def test_of_two_decisions_at_once_one_wins(cases: CasesHarness, triage: dict[str, Any]) -> None:
    people = [cases.staff("sam"), cases.staff("sue")]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda who: cases.decide(who, triage["id"], "done").status_code, people))

    assert sorted(answers) == [200, 409]
    assert len(cases.recorded("step.decided")) == 1
    assert len(cases.recorded("step.activated")) == 2


def test_an_outcome_that_the_step_does_not_have_is_refused(cases: CasesHarness, triage: dict[str, Any]) -> None:
    answer = cases.decide(cases.staff("sam"), triage["id"], "refund")

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/outcome")


def test_somebody_else_may_not_decide_but_an_administrator_may(cases: CasesHarness, triage: dict[str, Any]) -> None:
    stranger = cases.staff("fin")

    assert cases.decide(stranger, triage["id"], "done").json["code"] == "not_among_candidates"
    assert cases.decide(cases.admin, triage["id"], "done").status_code == 200


def test_a_reader_may_not_decide(cases: CasesHarness, triage: dict[str, Any]) -> None:
    assert cases.decide(cases.staff("sam", "cases:read"), triage["id"], "done").status_code == 403


def test_a_rejection_needs_a_reason_and_goes_back_to_the_earlier_step(
    cases: CasesHarness, triage: dict[str, Any]
) -> None:
    cases.decide(cases.staff("sam"), triage["id"], "done")
    [approve] = cases.list_items(state="open")
    fin = cases.staff("fin")

    silent = cases.decide(fin, approve["id"], "reject", note="  ")
    assert (silent.status_code, silent.json["errors"][0]["pointer"]) == (422, "/note")
    assert cases.decide(fin, approve["id"], "reject", note="Too expensive").status_code == 200

    [again] = cases.list_items(state="open")
    assert (again["step"]["key"], again["step"]["iteration"]) == ("triage", 2)
    decided = cases.recorded("step.decided")[-1]["data"]
    assert (decided["outcome"], decided["note"], decided["decided_by"]) == ("reject", "Too expensive", "usr_fin")


def test_a_repeated_decision_with_its_key_gets_the_first_answer(cases: CasesHarness, triage: dict[str, Any]) -> None:
    sam, path, body = cases.staff("sam"), f"/work-items/{triage['id']}:decide", {"outcome": "done"}

    first = sam.post(path, body, headers={"Idempotency-Key": "once-1"})
    second = sam.post(path, body, headers={"Idempotency-Key": "once-1"})

    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.json == first.json
    assert len(cases.recorded("step.decided")) == 1


def test_who_has_to_act_sees_item_and_case_whatever_their_scope(cases: CasesHarness) -> None:
    cases.publish_workflow("refund", task("triage"))
    case = cases.open_case(workflow="refund", owner_id="usr_max", team_id="tea_other")
    sam = cases.staff("sam", scope=Scope.OWN)
    fin = cases.staff("fin", scope=Scope.TEAM)

    [item] = cases.list_items(sam, mine="true")
    assert sam.get(f"/cases/{case['id']}").status_code == 200
    assert sam.get(f"/workflow-runs/{item['run_id']}").status_code == 200
    assert cases.list_items(fin) == []
    assert fin.get(f"/cases/{case['id']}").status_code == 404
    assert fin.get(f"/work-items/{item['id']}").status_code == 404
    assert fin.get(f"/workflow-runs/{item['run_id']}").status_code == 404


def test_items_are_found_by_the_number_of_the_case_and_by_the_customers_name(cases: CasesHarness) -> None:
    cases.publish_workflow("refund", task("triage"))
    cases.open_case(workflow="refund", customer_id=cases.receive_customer("Acme"))
    cases.open_case(workflow="refund", subject="Lost parcel")

    assert [item["case"]["number"] for item in cases.list_items(q="C-000002")] == ["C-000002"]
    assert [item["case"]["number"] for item in cases.list_items(q="acme")] == ["C-000001"]
    assert [item["case"]["number"] for item in cases.list_items(q="lost")] == ["C-000002"]
