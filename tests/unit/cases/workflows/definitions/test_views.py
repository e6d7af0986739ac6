"""Workflows are written as drafts, published as versions that never change, and retired."""

from tests.unit.cases.conftest import CasesHarness, approval, task


def test_a_draft_is_published_as_version_one(cases: CasesHarness) -> None:
    workflow = cases.publish_workflow("refund", task("triage"))

    assert (workflow["status"], workflow["published_version"]) == ("published", 1)


def test_publishing_names_every_problem_and_its_place(cases: CasesHarness) -> None:
    steps = [task("a", to="nowhere"), approval("b", fallback=None, assignees=["user:usr_gone"])]
    made = cases.admin.post("/workflows", {"key": "bad", "name": "Bad", "steps": steps}).json

    answer = cases.admin.post(f"/workflows/{made['id']}:publish")

    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json["errors"]} == {
        ("/steps/0/transitions/done", "unknown_step"),
        ("/steps/1/fallback", "required"),
        ("/steps/1/assignees/0", "unknown_user"),
    }
    assert cases.admin.get("/workflows/bad").json["status"] == "draft"


def test_what_was_published_stays_as_it_was_when_the_draft_changes(cases: CasesHarness) -> None:
    workflow = cases.publish_workflow("refund", task("triage"))
    running = cases.open_case(workflow="refund")

    changed = cases.admin.patch(f"/workflows/{workflow['id']}", {"steps": [task("look")]})
    assert changed.json["published_version"] == 1
    again = cases.admin.post(f"/workflows/{workflow['id']}:publish").json

    assert again["published_version"] == 2
    versions = cases.admin.get("/workflows/refund/versions").json["data"]
    assert [version["steps"][0]["key"] for version in versions] == ["look", "triage"]
    assert cases.get_case(running["id"])["run"]["workflow_version"] == 1
    assert cases.open_case(workflow="refund")["run"]["steps"][0]["key"] == "look"


def test_publishing_the_same_again_is_refused(cases: CasesHarness) -> None:
    workflow = cases.publish_workflow("refund", task("triage"))

    answer = cases.admin.post(f"/workflows/{workflow['id']}:publish")

    assert (answer.status_code, answer.json["code"]) == (409, "nothing_to_publish")


def test_a_retired_workflow_starts_no_more_and_what_runs_goes_on(cases: CasesHarness) -> None:
    workflow = cases.publish_workflow("refund", task("triage"))
    case = cases.open_case(workflow="refund")

    assert cases.admin.post(f"/workflows/{workflow['id']}:retire").json["status"] == "retired"

    refused = cases.admin.post("/cases", {"subject": "Another", "workflow": "refund"})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/workflow")
    [item] = cases.list_items(case_id=case["id"])
    assert cases.decide(cases.staff("sam"), item["id"], "done").status_code == 200
    assert cases.admin.post(f"/workflows/{workflow['id']}:retire").status_code == 409


def test_a_key_is_given_once(cases: CasesHarness) -> None:
    cases.publish_workflow("refund", task("triage"))

    answer = cases.admin.post("/workflows", {"key": "refund", "name": "Another"})

    assert (answer.status_code, answer.json["code"]) == (409, "key_taken")


def test_somebody_who_does_not_administer_workflows_may_read_and_not_write(cases: CasesHarness) -> None:
    staff = cases.staff("sam", "cases:read")
    cases.publish_workflow("refund", task("triage"))

    assert staff.get("/workflows").json["data"][0]["key"] == "refund"
    assert staff.post("/workflows", {"key": "x", "name": "X"}).status_code == 403
