"""The overview: everything about a customer, within permissions and record scope, also while a service is down."""

import pytest

from tests.unit.gateway.conftest import PASSWORD


def page_of(system, path):
    """A page of the console, as the administrator's browser gets it."""
    return system.browse(system.open_browser(), path)


@pytest.mark.proves("F104", "F159")
def test_the_overview_has_every_part_of_a_customer(system, acme):
    overview = system.person().get(f"/customers/{acme['customer']['id']}/overview").json
    assert {name: part["status"] for name, part in overview.items() if name != "complete"} == dict.fromkeys(
        ["customer", "contacts", "timeline", "cases", "work_items", "orders", "balance", "emails"], "ok"
    )
    assert overview["complete"] is True
    assert overview["customer"]["data"]["name"] == "Acme Quarries"
    assert [row["name"] for row in overview["contacts"]["data"]["data"]] == ["Rita Stone"]
    assert [row["id"] for row in overview["cases"]["data"]["data"]] == [acme["case"]["id"]]
    assert [row["id"] for row in overview["orders"]["data"]["data"]] == [acme["order"]["id"]]
    assert overview["contacts"]["data"]["data"][0]["is_primary"] is True
    kinds = {row["kind"] for row in overview["timeline"]["data"]["data"]}
    assert {"customer.created", "note", "case.opened", "order.placed"} <= kinds


def test_the_overview_of_nobody_does_not_exist(system):
    assert system.person().get("/customers/cus_nobody/overview").status_code == 404


@pytest.mark.parametrize("tail", ["%3Fb", "%23", "%3Fb%23", "%2523"])
def test_an_id_does_not_end_where_a_query_would_begin(system, acme, tail):
    id = acme["customer"]["id"]
    assert system.person().get(f"/customers/{id}{tail}/overview").status_code == 404
    assert page_of(system, f"/customers/{id}").status_code == 200
    assert page_of(system, f"/customers/{id}{tail}").status_code == 404


@pytest.mark.parametrize(("form", "title"), [("/cases/new", "New case"), ("/orders/new", "New order")])
def test_an_id_in_a_form_leads_to_nothing_below_it(system, acme, form, title):
    path = f"{form}?customer={acme['customer']['id']}"
    assert f"<h1>{title} for" in page_of(system, path).text
    assert f"<h1>{title}</h1>" in page_of(system, f"{path}%2Fcontacts").text


@pytest.mark.parametrize("id", ["a%3Fb%23", "%2e%2e"])
def test_an_id_that_cannot_be_does_not_exist(system, id):
    assert system.person().get(f"/customers/{id}/overview").status_code == 404


def test_while_a_service_is_down_the_overview_says_which_parts_are_missing(system, acme):
    system.servers["orders"].shutdown()
    system.servers["orders"].server_close()
    overview = system.person().get(f"/customers/{acme['customer']['id']}/overview").json
    assert overview["complete"] is False
    assert overview["orders"] == {"status": "unavailable", "data": None}
    assert overview["balance"]["status"] == "unavailable"
    assert overview["customer"]["status"] == overview["cases"]["status"] == "ok"


def test_a_part_without_its_permission_is_denied_and_the_rest_is_there(system, acme):
    secret = system.person().post("/api-keys", {"name": "k", "permissions": ["customers:read"]}).json["secret"]
    overview = system.with_token(secret).get(f"/customers/{acme['customer']['id']}/overview").json
    assert (overview["complete"], overview["customer"]["status"], overview["orders"]["status"]) == (
        True,
        "ok",
        "denied",
    )


def test_an_overview_reaches_no_further_than_the_record_scope(system, acme, harness):
    system.add_user(roles=["agent"])
    harness.drain()
    customer = system.person().patch(
        f"/customers/{acme['customer']['id']}", {"owner_id": system.person().get("/me").json["id"]}
    )
    assert customer.status_code == 200, customer.text
    agent = system.person("bo@example.com", PASSWORD)
    assert agent.get(f"/customers/{acme['customer']['id']}/overview").status_code == 404
    found = agent.get("/search?q=Acme").json
    assert found["customers"]["data"]["data"] == []
