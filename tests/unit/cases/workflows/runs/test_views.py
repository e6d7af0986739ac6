"""Runs over HTTP: shown, listed, cancelled."""

from typing import Any

import pytest

from tests.unit.cases.conftest import CasesHarness, approval, task

pytestmark = [pytest.mark.proves("F081")]


@pytest.fixture
def triage(cases: CasesHarness) -> dict[str, Any]:
    """The open item of a case whose workflow goes triage → approve → end, and back on a rejection."""
    cases.publish_workflow("refund", task("triage", to="approve"), approval("approve", no="triage"))
    case = cases.open_case(workflow="refund")
    [item] = cases.list_items(case_id=case["id"])
    return item


def test_a_cancelled_run_withdraws_what_it_waited_for(cases: CasesHarness, triage: dict[str, Any]) -> None:
    run_id = triage["run_id"]

    cancelled = cases.admin.post(f"/workflow-runs/{run_id}:cancel", {"reason": "Sent by mistake"})

    assert (cancelled.json["status"], cancelled.json["reason"]) == ("cancelled", "Sent by mistake")
    assert cases.list_items(state="withdrawn")[0]["id"] == triage["id"]
    assert cases.recorded("workflow.cancelled")[0]["data"]["case_number"] == "C-000001"
    assert cases.admin.post(f"/workflow-runs/{run_id}:cancel").status_code == 409
    assert cases.admin.get("/workflow-runs", query_string={"status": "cancelled"}).json["data"][0]["id"] == run_id
