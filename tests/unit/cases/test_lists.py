"""Every list of the service asks for all that it shows at once: more rows are not more questions."""

import pytest

from tests.unit.cases.conftest import CasesHarness, task


def fill(cases: CasesHarness, name: str) -> str:
    """A case with everything that lists show of it, and a contract of its customer; returns the case's id."""
    customer_id = cases.receive_customer(name)
    case_id = str(cases.open_case(workflow="triage", customer_id=customer_id, owner_id="usr_sue")["id"])
    [item] = cases.list_items(case_id=case_id)
    cases.staff("sam").post(f"/work-items/{item['id']}:claim")
    body = {"customer_id": customer_id, "name": "Care", "starts_on": "2026-01-01", "items": [{"product": "Brewster"}]}
    assert cases.admin.post("/service-contracts", body).status_code == 201
    return case_id


@pytest.mark.parametrize("path", ["/cases", "/work-items", "/workflow-runs", "/service-contracts"])
def test_a_list_of_many_asks_as_often_as_a_list_of_one(cases: CasesHarness, path: str) -> None:
    cases.publish_workflow("triage", task("triage"))
    fill(cases, "First")
    with cases.selects() as for_one:
        one = cases.admin.get(path, query_string={"include_total": "true"}).json
    fill(cases, "Second")
    fill(cases, "Third")

    with cases.selects() as for_many:
        many = cases.admin.get(path, query_string={"include_total": "true"}).json

    assert [len(one["data"]), len(many["data"])] == [one["total"]["value"], many["total"]["value"]] == [1, 3]
    assert len(for_many) == len(for_one)


def test_a_long_history_asks_as_often_as_a_short_one(cases: CasesHarness) -> None:
    cases.publish_workflow("triage", task("triage"))
    path = f"/cases/{fill(cases, 'Acme')}/history"
    with cases.selects() as for_short:
        short = cases.admin.get(path).json["data"]
    cases.decide(cases.staff("sam"), cases.list_items()[0]["id"], "done")

    with cases.selects() as for_long:
        history = cases.admin.get(path, query_string={"include_total": "true"}).json

    assert len(history["data"]) == history["total"]["value"] > len(short)
    assert len(for_long) == len(for_short) + 1  # the count
