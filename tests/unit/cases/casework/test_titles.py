"""Titles of the entries in a case's history."""

import pytest

from cases.casework.titles import title_of
from tests.unit.cases.conftest import CasesHarness


@pytest.mark.parametrize("change", [{"customer_id": "cus_chosen"}, {"priority": "high"}, {"subject": "Another"}])
def test_a_change_from_nothing_or_to_nothing_can_be_read(cases: CasesHarness, change: dict[str, str]) -> None:
    case = cases.open_case()
    cases.receive_customer("Chosen")
    for body in (change, dict.fromkeys(change) if "customer_id" in change else change):
        changed = cases.admin.patch(f"/cases/{case['id']}", body)
        assert changed.status_code == 200, changed.json
    history = cases.admin.get(f"/cases/{case['id']}/history")
    assert history.status_code == 200, history.json
    assert history.json["data"][0]["title"] == f"Changed: {next(iter(change))}"


@pytest.mark.parametrize("kind", ["updated", "transitioned", "step_decided", "never_seen_before"])
def test_a_title_is_made_whatever_its_data_lack(kind: str) -> None:
    assert title_of(kind, {"changed": [None, "owner_id"], "from": None, "customer_id": [None, "cus_1"]})
