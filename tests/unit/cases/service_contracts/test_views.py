"""Service contracts: signed with a customer, covering items, listed, cancelled."""

from typing import Any

import pytest

from servicekit.auth import Scope
from tests.unit.cases.conftest import CasesHarness

pytestmark = [pytest.mark.proves("F021")]


def sign(cases: CasesHarness, **more: Any) -> dict[str, Any]:
    known = {"customer_id": cases.receive_customer("Acme"), "name": "Care plan", "starts_on": "2026-01-01"}
    answer = cases.admin.post("/service-contracts", {**known, **more})
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def test_a_contract_gets_a_number_of_its_own(cases: CasesHarness) -> None:
    contract = sign(cases, ends_on="2026-12-31")

    assert (contract["number"], contract["customer_name"], contract["is_cancelled"]) == ("SC-000001", "Acme", False)
    assert cases.admin.get("/service-contracts/SC-000001").json == contract


@pytest.mark.proves("F022")
def test_items_are_added_and_taken_out_again(cases: CasesHarness) -> None:
    contract = sign(cases, items=[{"product": "Brewster 100", "serial": "B1"}])
    path = f"/service-contracts/{contract['id']}"

    added = cases.admin.post(f"{path}/items", {"product": "Brewster 300", "coverage": "parts and labour"})
    removed = cases.admin.delete(f"{path}/items/{contract['items'][0]['id']}")

    assert (added.status_code, removed.status_code) == (201, 204)
    shown = cases.admin.get(path).json
    assert [item["product"] for item in shown["items"]] == ["Brewster 300"]
    assert shown["version"] == 3
    assert cases.admin.delete(f"{path}/items/sci_gone").status_code == 404


@pytest.mark.proves("F024")
def test_all_contracts_are_listed_searched_and_filtered(cases: CasesHarness) -> None:
    sign(cases, items=[{"product": "Brewster 100", "serial": "SN-77"}])
    other = cases.receive_customer("Other")
    sign(cases, name="Premium", customer_id=other, starts_on="2027-01-01", ends_on="2027-12-31")

    def found(**query: str) -> list[str]:
        return [one["name"] for one in cases.admin.get("/service-contracts", query_string=query).json["data"]]

    assert found(sort="number") == ["Care plan", "Premium"]
    assert found(q="sn-77") == ["Care plan"]
    assert found(q="other") == ["Premium"]
    assert found(customer_id=other) == ["Premium"]
    assert found(**{"starts_on[lte]": "2026-06-30"}) == ["Care plan"]
    assert found(is_cancelled="true") == []


def test_a_contract_does_not_end_before_it_starts(cases: CasesHarness) -> None:
    contract = sign(cases)

    answer = cases.admin.patch(f"/service-contracts/{contract['id']}", {"ends_on": "2025-12-31"})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/ends_on")
    renamed = cases.admin.patch(f"/service-contracts/{contract['id']}", {"name": "Care", "ends_on": "2026-01-01"})
    assert (renamed.json["name"], renamed.json["ends_on"]) == ("Care", "2026-01-01")


def test_a_cancelled_contract_is_kept_and_not_changed(cases: CasesHarness) -> None:
    contract = sign(cases)
    path = f"/service-contracts/{contract['id']}"

    cancelled = cases.admin.post(f"{path}:cancel", {"reason": "Sold the machine"})

    assert (cancelled.json["is_cancelled"], cancelled.json["cancel_reason"]) == (True, "Sold the machine")
    for answer in (cases.admin.patch(path, {"name": "x"}), cases.admin.post(f"{path}:cancel", {"reason": "x"})):
        assert (answer.status_code, answer.json["code"]) == (409, "contract_cancelled")


def test_an_archived_customer_signs_nothing(cases: CasesHarness) -> None:
    archived = cases.receive_customer("Old", is_archived=True)

    answer = cases.admin.post("/service-contracts", {"customer_id": archived, "name": "x", "starts_on": "2026-01-01"})

    assert answer.json["code"] == "customer_archived"


def test_a_contract_is_seen_by_whoever_sees_its_customer(cases: CasesHarness) -> None:
    contract = sign(cases, customer_id=cases.receive_customer("Mine", owner_id="usr_sam"))

    assert cases.staff("sam", scope=Scope.OWN).get(f"/service-contracts/{contract['id']}").status_code == 200
    assert cases.staff("sue", scope=Scope.OWN).get(f"/service-contracts/{contract['id']}").status_code == 404
