"""The search over every service."""

import pytest


@pytest.mark.proves("F057")
def test_one_search_finds_customers_cases_and_orders(system, acme):
    admin = system.person()
    found = admin.get("/search?q=Acme").json
    assert found["complete"] is True
    assert [row["id"] for row in found["customers"]["data"]["data"]] == [acme["customer"]["id"]]
    assert [row["id"] for row in found["cases"]["data"]["data"]] == [acme["case"]["id"]]
    by_number = admin.get(f"/search?q={acme['order']['number']}").json
    assert [row["id"] for row in by_number["orders"]["data"]["data"]] == [acme["order"]["id"]]
    assert admin.get("/search").status_code == 422
