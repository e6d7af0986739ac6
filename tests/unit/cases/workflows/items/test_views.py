"""Who takes and decides a work item, and what a decision does to the run."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from servicekit.auth import Scope
from tests.unit.cases.conftest import Desk, approval, task

pytestmark = [pytest.mark.proves("F081")]


@pytest.fixture
def triage(desk: Desk) -> dict[str, Any]:
    """The open item of a case whose workflow goes triage → approve → end, and back on a rejection."""
    desk.publish("refund", task("triage", to="approve"), approval("approve", no="triage"))
    case = desk.open_case(workflow="refund")
    [item] = desk.items(case_id=case["id"])
    return item


def test_the_item_says_all_that_a_person_needs_to_act(desk: Desk, triage: dict[str, Any]) -> None:
    assert triage["state"] == "open"
    assert triage["step"]["outcomes"] == ["done"]
    assert triage["case"]["number"] == "C-000001"
    assert triage["candidate_ids"] == ["usr_sam", "usr_sue"]
    assert triage["assignee_id"] is None


def test_mine_are_the_items_that_i_may_take_and_no_others(desk: Desk, triage: dict[str, Any]) -> None:
    assert [item["id"] for item in desk.items(desk.staff("sam"), mine="true", state="open")] == [triage["id"]]
    assert desk.items(desk.staff("fin"), mine="true") == []


def test_claiming_takes_it_from_the_others(desk: Desk, triage: dict[str, Any]) -> None:
    sam, sue = desk.staff("sam"), desk.staff("sue")

    claimed = sam.post(f"/work-items/{triage['id']}:claim")
    again = sam.post(f"/work-items/{triage['id']}:claim")

    assert (claimed.json["state"], claimed.json["assignee_name"]) == ("claimed", "Sam")
    assert again.json["version"] == claimed.json["version"]
    refused = sue.post(f"/work-items/{triage['id']}:claim")
    assert (refused.status_code, refused.json["code"]) == (409, "claimed_by_another")
    assert desk.decide(sue, triage["id"], "done").json["code"] == "claimed_by_another"
    assert len(desk.recorded("work_item.claimed")) == 1


def test_a_second_decision_is_told_who_decided_and_when(desk: Desk, triage: dict[str, Any]) -> None:
    desk.decide(desk.staff("sam"), triage["id"], "done")

    answer = desk.decide(desk.staff("sue"), triage["id"], "done")

    assert (answer.status_code, answer.json["code"]) == (409, "already_decided")
    assert answer.json["decided_by"] == "usr_sam"
    assert answer.json["decision"] == "done"
    assert answer.json["decided_at"].endswith("Z")
    assert "Sam decided this on" in answer.json["detail"]


def test_of_two_decisions_at_once_one_wins(desk: Desk, triage: dict[str, Any]) -> None:
    people = [desk.staff("sam"), desk.staff("sue")]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda who: desk.decide(who, triage["id"], "done").status_code, people))

    assert sorted(answers) == [200, 409]
    assert len(desk.recorded("step.decided")) == 1
    assert len(desk.recorded("step.activated")) == 2


def test_an_outcome_that_the_step_does_not_have_is_refused(desk: Desk, triage: dict[str, Any]) -> None:
    answer = desk.decide(desk.staff("sam"), triage["id"], "refund")

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/outcome")


def test_somebody_else_may_not_decide_but_an_administrator_may(desk: Desk, triage: dict[str, Any]) -> None:
    stranger = desk.staff("fin")

    assert desk.decide(stranger, triage["id"], "done").json["code"] == "not_among_candidates"
    assert desk.decide(desk.admin, triage["id"], "done").status_code == 200


def test_a_reader_may_not_decide(desk: Desk, triage: dict[str, Any]) -> None:
    assert desk.decide(desk.staff("sam", "cases:read"), triage["id"], "done").status_code == 403


def test_a_rejection_needs_a_reason_and_goes_back_to_the_earlier_step(desk: Desk, triage: dict[str, Any]) -> None:
    desk.decide(desk.staff("sam"), triage["id"], "done")
    [approve] = desk.items(state="open")
    fin = desk.staff("fin")

    silent = desk.decide(fin, approve["id"], "reject", note="  ")
    assert (silent.status_code, silent.json["errors"][0]["pointer"]) == (422, "/note")
    assert desk.decide(fin, approve["id"], "reject", note="Too expensive").status_code == 200

    [again] = desk.items(state="open")
    assert (again["step"]["key"], again["step"]["iteration"]) == ("triage", 2)
    decided = desk.recorded("step.decided")[-1]["data"]
    assert (decided["outcome"], decided["note"], decided["decided_by"]) == ("reject", "Too expensive", "usr_fin")


def test_a_repeated_decision_with_its_key_gets_the_first_answer(desk: Desk, triage: dict[str, Any]) -> None:
    sam, path, body = desk.staff("sam"), f"/work-items/{triage['id']}:decide", {"outcome": "done"}

    first = sam.post(path, body, headers={"Idempotency-Key": "once-1"})
    second = sam.post(path, body, headers={"Idempotency-Key": "once-1"})

    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.json == first.json
    assert len(desk.recorded("step.decided")) == 1


def test_where_everybody_decides_each_gets_an_item_and_the_last_one_moves_on(desk: Desk) -> None:
    desk.publish("both", approval("check", assignees=["role:support"], distribution="all"))
    case = desk.open_case(workflow="both")
    items = {item["candidate_ids"][0]: item["id"] for item in desk.items(case_id=case["id"])}
    assert set(items) == {"usr_sam", "usr_sue"}
    assert [event["data"]["user_ids"] for event in desk.recorded("step.activated")] == [["usr_sam"], ["usr_sue"]]

    desk.decide(desk.staff("sam"), items["usr_sam"], "approve")
    assert desk.case(case["id"])["status"] == "new"
    desk.decide(desk.staff("sue"), items["usr_sue"], "approve")
    assert desk.case(case["id"])["status"] == "resolved"


def test_one_rejection_withdraws_the_items_of_the_others(desk: Desk) -> None:
    desk.publish("both", approval("check", assignees=["role:support"], distribution="all"))
    case = desk.open_case(workflow="both")
    items = {item["candidate_ids"][0]: item["id"] for item in desk.items(case_id=case["id"])}

    desk.decide(desk.staff("sam"), items["usr_sam"], "reject", note="No")

    late = desk.decide(desk.staff("sue"), items["usr_sue"], "approve")
    assert (late.status_code, late.json["code"]) == (409, "work_item_withdrawn")


@pytest.mark.parametrize(
    ("assignees", "fallback", "expected"),
    [
        (["role:nobody"], "role:manager", ["usr_max"]),
        (["role:nobody"], "role:nobody_either", ["usr_admin"]),
        (["user:usr_sam", "role:finance"], "role:manager", ["usr_fin", "usr_sam"]),
        (["team:tea_desk"], "role:manager", ["usr_tina"]),
        (["field:case.owner"], "role:manager", ["usr_sue"]),
        (["field:case.owner.manager"], "role:manager", ["usr_max"]),
        (["field:case.team"], "role:manager", ["usr_tina"]),
        (["field:customer.owner"], "role:manager", ["usr_tom"]),
        (["field:customer.team"], "role:manager", ["usr_tina"]),
    ],
)
def test_a_step_always_finds_somebody(desk: Desk, assignees: list[str], fallback: str, expected: list[str]) -> None:
    desk.tell_user("tina", "sales", team_ids=("tea_desk",))
    desk.tell_user("tom", "sales")
    desk.tell_user("sue", "support", event="user.updated.v1", manager_id="usr_max")
    customer_id = desk.tell_customer("Acme", owner_id="usr_tom", team_id="tea_desk")
    desk.publish("who", task("answer", assignees=assignees, fallback=fallback))

    case = desk.open_case(workflow="who", customer_id=customer_id, owner_id="usr_sue", team_id="tea_desk")

    assert desk.items(case_id=case["id"])[0]["candidate_ids"] == expected


def test_a_user_who_was_disabled_gets_no_new_work(desk: Desk) -> None:
    desk.tell_user("sam", "support", event="user.disabled.v1", is_active=False)
    desk.publish("who", task("answer"))

    desk.open_case(workflow="who")

    assert desk.items()[0]["candidate_ids"] == ["usr_sue"]


def test_who_has_to_act_sees_item_and_case_whatever_their_scope(desk: Desk) -> None:
    desk.publish("refund", task("triage"))
    case = desk.open_case(workflow="refund", owner_id="usr_max", team_id="tea_other")
    sam = desk.staff("sam", scope=Scope.OWN)
    fin = desk.staff("fin", scope=Scope.TEAM)

    [item] = desk.items(sam, mine="true")
    assert sam.get(f"/cases/{case['id']}").status_code == 200
    assert sam.get(f"/workflow-runs/{item['run_id']}").status_code == 200
    assert desk.items(fin) == []
    assert fin.get(f"/cases/{case['id']}").status_code == 404
    assert fin.get(f"/work-items/{item['id']}").status_code == 404
    assert fin.get(f"/workflow-runs/{item['run_id']}").status_code == 404


def test_items_are_found_by_the_number_of_the_case_and_by_the_customers_name(desk: Desk) -> None:
    desk.publish("refund", task("triage"))
    desk.open_case(workflow="refund", customer_id=desk.tell_customer("Acme"))
    desk.open_case(workflow="refund", subject="Lost parcel")

    assert [item["case"]["number"] for item in desk.items(q="C-000002")] == ["C-000002"]
    assert [item["case"]["number"] for item in desk.items(q="acme")] == ["C-000001"]
    assert [item["case"]["number"] for item in desk.items(q="lost")] == ["C-000002"]


def test_a_cancelled_run_withdraws_what_it_waited_for(desk: Desk, triage: dict[str, Any]) -> None:
    run_id = triage["run_id"]

    cancelled = desk.admin.post(f"/workflow-runs/{run_id}:cancel", {"reason": "Sent by mistake"})

    assert (cancelled.json["status"], cancelled.json["reason"]) == ("cancelled", "Sent by mistake")
    assert desk.items(state="withdrawn")[0]["id"] == triage["id"]
    assert desk.recorded("workflow.cancelled")[0]["data"]["case_number"] == "C-000001"
    assert desk.admin.post(f"/workflow-runs/{run_id}:cancel").status_code == 409
    assert desk.admin.get("/workflow-runs", query_string={"status": "cancelled"}).json["data"][0]["id"] == run_id


@pytest.mark.slow
def test_a_run_that_goes_round_for_ever_is_stopped(desk: Desk) -> None:
    loop = task("again", outcomes=["more", "stop"], transitions={"more": "again", "stop": "end"})
    desk.publish("loop", loop)
    case = desk.open_case(workflow="loop")

    for _ in range(200):
        [item] = desk.items(case_id=case["id"], state="open")
        assert desk.decide(desk.admin, item["id"], "more").status_code == 200

    assert desk.items(case_id=case["id"], state="open") == []
    assert desk.case(case["id"])["run"]["status"] == "failed"
    assert "200 steps" in desk.recorded("workflow.failed")[0]["data"]["reason"]
