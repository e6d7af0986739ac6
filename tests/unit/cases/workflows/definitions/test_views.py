"""Workflows are written as drafts, published as versions that never change, and retired."""

import pytest

from tests.unit.cases.conftest import Desk, approval, task


def test_a_draft_is_published_as_version_one(desk: Desk) -> None:
    workflow = desk.publish("refund", task("triage"))

    assert (workflow["status"], workflow["published_version"]) == ("published", 1)


def test_publishing_names_every_problem_and_its_place(desk: Desk) -> None:
    steps = [task("a", to="nowhere"), approval("b", fallback=None, assignees=["user:usr_gone"])]
    made = desk.admin.post("/workflows", {"key": "bad", "name": "Bad", "steps": steps}).json

    answer = desk.admin.post(f"/workflows/{made['id']}:publish")

    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json["errors"]} == {
        ("/steps/0/transitions/done", "unknown_step"),
        ("/steps/1/fallback", "required"),
        ("/steps/1/assignees/0", "unknown_user"),
    }
    assert desk.admin.get("/workflows/bad").json["status"] == "draft"


def test_what_was_published_stays_as_it_was_when_the_draft_changes(desk: Desk) -> None:
    workflow = desk.publish("refund", task("triage"))
    running = desk.open_case(workflow="refund")

    changed = desk.admin.patch(f"/workflows/{workflow['id']}", {"steps": [task("look")]})
    assert changed.json["published_version"] == 1
    again = desk.admin.post(f"/workflows/{workflow['id']}:publish").json

    assert again["published_version"] == 2
    versions = desk.admin.get("/workflows/refund/versions").json["data"]
    assert [version["steps"][0]["key"] for version in versions] == ["look", "triage"]
    assert desk.case(running["id"])["run"]["workflow_version"] == 1
    assert desk.open_case(workflow="refund")["run"]["steps"][0]["key"] == "look"


def test_publishing_the_same_again_is_refused(desk: Desk) -> None:
    workflow = desk.publish("refund", task("triage"))

    answer = desk.admin.post(f"/workflows/{workflow['id']}:publish")

    assert (answer.status_code, answer.json["code"]) == (409, "nothing_to_publish")


def test_a_retired_workflow_starts_no_more_and_what_runs_goes_on(desk: Desk) -> None:
    workflow = desk.publish("refund", task("triage"))
    case = desk.open_case(workflow="refund")

    assert desk.admin.post(f"/workflows/{workflow['id']}:retire").json["status"] == "retired"

    refused = desk.admin.post("/cases", {"subject": "Another", "workflow": "refund"})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/workflow")
    [item] = desk.items(case_id=case["id"])
    assert desk.decide(desk.staff("sam"), item["id"], "done").status_code == 200
    assert desk.admin.post(f"/workflows/{workflow['id']}:retire").status_code == 409


def test_a_key_is_given_once(desk: Desk) -> None:
    desk.publish("refund", task("triage"))

    answer = desk.admin.post("/workflows", {"key": "refund", "name": "Another"})

    assert (answer.status_code, answer.json["code"]) == (409, "key_taken")


def test_somebody_who_does_not_administer_workflows_may_read_and_not_write(desk: Desk) -> None:
    staff = desk.staff("sam", "cases:read")
    desk.publish("refund", task("triage"))

    assert staff.get("/workflows").json["data"][0]["key"] == "refund"
    assert staff.post("/workflows", {"key": "x", "name": "X"}).status_code == 403


@pytest.mark.proves("F078")
def test_a_case_type_starts_its_workflow_unless_another_or_none_is_chosen(desk: Desk) -> None:
    desk.publish("repair", task("fix"))
    desk.publish("quick", task("call"))
    desk.admin.post("/case-types", {"key": "repair", "name": "Repair", "default_workflow": "repair"})

    assert desk.open_case(type="repair")["run"]["workflow_key"] == "repair"
    assert desk.open_case(type="repair", workflow="quick")["run"]["workflow_key"] == "quick"
    assert desk.open_case(type="repair", workflow=None)["run"] is None
    assert desk.open_case()["run"] is None


@pytest.mark.proves("F079")
def test_a_workflow_is_started_by_hand_after_saving_and_only_one_runs(desk: Desk) -> None:
    desk.publish("repair", task("fix"))
    case = desk.open_case()

    started = desk.admin.post(f"/cases/{case['id']}/workflow", {"workflow": "repair"})
    again = desk.admin.post(f"/cases/{case['id']}/workflow", {"workflow": "repair"})

    assert (started.status_code, started.json["current_step"]) == (201, "Fix")
    assert (again.status_code, again.json["code"]) == (409, "workflow_already_running")
    assert desk.admin.get(f"/cases/{case['id']}/workflow").json["id"] == started.json["id"]


def test_the_workflow_of_a_case_that_has_none_is_not_found(desk: Desk) -> None:
    assert desk.admin.get(f"/cases/{desk.open_case()['id']}/workflow").status_code == 404


def test_a_case_type_names_a_workflow_that_exists(desk: Desk) -> None:
    answer = desk.admin.post("/case-types", {"key": "x", "name": "X", "default_workflow": "gone"})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/default_workflow")


def test_a_case_type_is_changed_and_found_by_its_key(desk: Desk) -> None:
    desk.publish("repair", task("fix"))
    desk.admin.post("/case-types", {"key": "repair", "name": "Repair"})

    changed = desk.admin.patch("/case-types/repair", {"name": "Repairs", "default_workflow": "repair"})

    assert (changed.status_code, changed.json["name"]) == (200, "Repairs")
    assert desk.open_case(type="repair")["run"]["workflow_key"] == "repair"
    assert [one["key"] for one in desk.admin.get("/case-types").json["data"]] == ["general", "repair"]


def test_a_key_of_a_case_type_is_given_once(desk: Desk) -> None:
    answer = desk.admin.post("/case-types", {"key": "general", "name": "Another"})

    assert (answer.status_code, answer.json["code"]) == (409, "key_taken")
    assert desk.admin.get("/case-types/general").json["name"] == "General"
    assert desk.admin.get("/case-types/gone").status_code == 404
