"""The gateway over the four real services, each at its own port."""

import threading
from importlib import import_module

import pytest
from werkzeug.serving import make_server

from tests.servers.tools import free_port

SERVICES = ("customers", "cases", "orders", "notifications")


@pytest.fixture
def system(harness, start_gateway, tmp_path):
    """The gateway and the four services; `system.servers[name].shutdown()` takes one down."""
    ports = {name: free_port() for name in SERVICES}
    mail = {"CRM_MAIL_URL": f"file://{tmp_path}/mail", "CRM_MAIL_FROM": "crm@example.com"}
    gateway = start_gateway(**{f"CRM_{name.upper()}_URL": f"http://127.0.0.1:{ports[name]}" for name in SERVICES})
    gateway.servers = {}
    for name in SERVICES:
        app = harness.start(import_module(f"{name}.app").create_app, settings_of(name), **mail).app
        server = make_server("127.0.0.1", ports[name], app, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        gateway.servers[name] = server
    gateway.log_in()
    harness.drain()
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
def acme(system, harness):
    """A customer with a contact, a case and an order."""
    admin = system.person()
    customer = admin.post(
        "/customers", {"kind": "organization", "name": "Acme Quarries", "email": "office@acme.example"}
    )
    assert customer.status_code == 201, customer.text
    customer = customer.json
    harness.drain()
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
    harness.drain()
    return {"customer": customer, "case": case.json, "order": order.json}
