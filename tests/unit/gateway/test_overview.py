"""The compositions over the real services, each at its own port: everything about a customer, and one search."""

import threading
from importlib import import_module

import pytest
from werkzeug.serving import make_server

from gateway.identity.login.password_check import start_session
from tests.servers.tools import free_port
from tests.unit.gateway.conftest import ADMIN, PASSWORD

SERVICES = ("customers", "cases", "orders", "notifications")


@pytest.fixture
def whole(bench, start_gateway, tmp_path):
    """The gateway and the four services; `whole.servers[name].shutdown()` takes one down."""
    ports = {name: free_port() for name in SERVICES}
    mail = {"CRM_MAIL_URL": f"file://{tmp_path}/mail", "CRM_MAIL_FROM": "crm@example.com"}
    gateway = start_gateway(**{f"CRM_{name.upper()}_URL": f"http://127.0.0.1:{ports[name]}" for name in SERVICES})
    gateway.servers = {}
    for name in SERVICES:
        app = bench.start(import_module(f"{name}.app").create_app, settings_of(name), **mail).app
        server = make_server("127.0.0.1", ports[name], app, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        gateway.servers[name] = server
    gateway.log_in()
    bench.drain()
    yield gateway
    for server in gateway.servers.values():
        server.shutdown()
        server.server_close()


def settings_of(name):
    """The settings class that a service's own app uses."""
    module = import_module(f"{name}.settings")
    found = [one for key, one in vars(module).items() if key.endswith("Settings") and one.__module__ == module.__name__]
    return found[0]


@pytest.fixture
def acme(whole, bench):
    """A customer with a contact, a case and an order."""
    admin = whole.person()
    customer = admin.post(
        "/customers", {"kind": "organization", "name": "Acme Quarries", "email": "office@acme.example"}
    )
    assert customer.status_code == 201, customer.text
    customer = customer.json
    bench.drain()
    contact = admin.post(
        f"/customers/{customer['id']}/contacts",
        {"name": "Rita Stone", "email": "rita@stone.example", "is_primary": True},
    )
    assert contact.status_code == 201, contact.text
    note = admin.post("/notes", {"customer_id": customer["id"], "body": "Prefers calls before noon."})
    assert note.status_code == 201, note.text
    case = admin.post("/cases", {"subject": "Acme crusher stopped", "customer_id": customer["id"]})
    assert case.status_code == 201, case.text
    price = {"amount": "12.50", "currency": "EUR"}
    product = {"sku": "BOLT", "name": "Bolt", "unit_price": price, "tax_rate": "0.19"}
    assert admin.post("/products", product).status_code == 201
    lines = [{"sku": "BOLT", "quantity": 2}]
    order = admin.post("/orders", {"customer_id": customer["id"], "currency": "EUR", "lines": lines})
    assert order.status_code == 201, order.text
    bench.drain()
    return {"customer": customer, "case": case.json, "order": order.json}


def page_of(whole, path):
    """A page of the console, as the administrator's browser gets it."""
    cookie = start_session(whole.service.database, email=ADMIN, password=PASSWORD, now=whole.clock(), ip="192.0.2.1")
    return whole.http.get(path, headers={"Cookie": f"crm_session={cookie}"})


@pytest.mark.proves("F104", "F159")
def test_the_overview_has_every_part_of_a_customer(whole, acme):
    overview = whole.person().get(f"/customers/{acme['customer']['id']}/overview").json
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


def test_the_overview_of_nobody_does_not_exist(whole):
    assert whole.person().get("/customers/cus_nobody/overview").status_code == 404


@pytest.mark.parametrize("tail", ["%3Fb", "%23", "%3Fb%23", "%2523"])
def test_an_id_does_not_end_where_a_query_would_begin(whole, acme, tail):
    id = acme["customer"]["id"]
    assert whole.person().get(f"/customers/{id}{tail}/overview").status_code == 404
    assert page_of(whole, f"/customers/{id}").status_code == 200
    assert page_of(whole, f"/customers/{id}{tail}").status_code == 404


@pytest.mark.parametrize(("form", "title"), [("/cases/new", "New case"), ("/orders/new", "New order")])
def test_an_id_in_a_form_leads_to_nothing_below_it(whole, acme, form, title):
    path = f"{form}?customer={acme['customer']['id']}"
    assert f"<h1>{title} for" in page_of(whole, path).text
    assert f"<h1>{title}</h1>" in page_of(whole, f"{path}%2Fcontacts").text


@pytest.mark.parametrize("id", ["a%3Fb%23", "%2e%2e"])
def test_an_id_that_cannot_be_does_not_exist(whole, id):
    assert whole.person().get(f"/customers/{id}/overview").status_code == 404


def test_while_a_service_is_down_the_overview_says_which_parts_are_missing(whole, acme):
    whole.servers["orders"].shutdown()
    whole.servers["orders"].server_close()
    overview = whole.person().get(f"/customers/{acme['customer']['id']}/overview").json
    assert overview["complete"] is False
    assert overview["orders"] == {"status": "unavailable", "data": None}
    assert overview["balance"]["status"] == "unavailable"
    assert overview["customer"]["status"] == overview["cases"]["status"] == "ok"


def test_a_part_without_its_permission_is_denied_and_the_rest_is_there(whole, acme):
    secret = whole.person().post("/api-keys", {"name": "k", "permissions": ["customers:read"]}).json["secret"]
    overview = whole.with_token(secret).get(f"/customers/{acme['customer']['id']}/overview").json
    assert (overview["complete"], overview["customer"]["status"], overview["orders"]["status"]) == (
        True,
        "ok",
        "denied",
    )


def test_an_overview_reaches_no_further_than_the_record_scope(whole, acme, bench):
    whole.add_user(roles=["agent"])
    bench.drain()
    customer = whole.person().patch(
        f"/customers/{acme['customer']['id']}", {"owner_id": whole.person().get("/me").json["id"]}
    )
    assert customer.status_code == 200, customer.text
    agent = whole.person("bo@example.com", PASSWORD)
    assert agent.get(f"/customers/{acme['customer']['id']}/overview").status_code == 404
    found = agent.get("/search?q=Acme").json
    assert found["customers"]["data"]["data"] == []


@pytest.mark.proves("F057")
def test_one_search_finds_customers_cases_and_orders(whole, acme):
    admin = whole.person()
    found = admin.get("/search?q=Acme").json
    assert found["complete"] is True
    assert [row["id"] for row in found["customers"]["data"]["data"]] == [acme["customer"]["id"]]
    assert [row["id"] for row in found["cases"]["data"]["data"]] == [acme["case"]["id"]]
    by_number = admin.get(f"/search?q={acme['order']['number']}").json
    assert [row["id"] for row in by_number["orders"]["data"]["data"]] == [acme["order"]["id"]]
    assert admin.get("/search").status_code == 422
