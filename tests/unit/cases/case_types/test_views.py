"""Case types over HTTP."""

from tests.unit.cases.conftest import CasesHarness, task


def test_a_case_type_names_a_workflow_that_exists(cases: CasesHarness) -> None:
    answer = cases.admin.post("/case-types", {"key": "x", "name": "X", "default_workflow": "gone"})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/default_workflow")


def test_a_case_type_is_changed_and_found_by_its_key(cases: CasesHarness) -> None:
    cases.publish_workflow("repair", task("fix"))
    cases.admin.post("/case-types", {"key": "repair", "name": "Repair"})

    changed = cases.admin.patch("/case-types/repair", {"name": "Repairs", "default_workflow": "repair"})

    assert (changed.status_code, changed.json["name"]) == (200, "Repairs")
    assert cases.open_case(type="repair")["run"]["workflow_key"] == "repair"
    assert [one["key"] for one in cases.admin.get("/case-types").json["data"]] == ["general", "repair"]


def test_a_key_of_a_case_type_is_given_once(cases: CasesHarness) -> None:
    answer = cases.admin.post("/case-types", {"key": "general", "name": "Another"})

    assert (answer.status_code, answer.json["code"]) == (409, "key_taken")
    assert cases.admin.get("/case-types/general").json["name"] == "General"
    assert cases.admin.get("/case-types/gone").status_code == 404
