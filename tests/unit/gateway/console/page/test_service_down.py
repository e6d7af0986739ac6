"""A service that is down takes its own panel and pages, and nothing else."""

import pytest

from servicekit.auth import Kind
from tests.unit.gateway.console.system import ConsoleSystem


@pytest.fixture
def system(tmp_path):
    """One for each test: what is taken down stays down."""
    system = ConsoleSystem(tmp_path)
    yield system
    system.close()


def test_a_dead_service_takes_its_panel_only(system):
    customer = system.add_customer("Nordwind Logistik GmbH")
    system.add_product()
    order = system.add_order(customer["id"])
    system.take_down("orders")
    browser = system.browser()
    page = browser.get(f"/customers/{customer['id']}")
    assert page.status == 200
    assert page.texts(".//div[@class='part']//strong") == ["Orders cannot be reached right now."]
    assert "Nordwind Logistik GmbH" in page.text
    page = browser.get("/orders")
    assert (page.status, page.texts(".//div[@class='part']//strong")) == (200, ["Orders cannot be reached right now."])
    page = browser.get(f"/orders/{order['id']}")
    assert (page.status, page.heading) == (503, "Orders cannot be reached right now")
    assert page.links["Try again"] == f"/orders/{order['id']}"
    page = browser.get("/search?q=nordwind")
    assert page.status == 200
    assert "Nordwind Logistik GmbH" in page.text
    assert "Orders cannot be reached right now" in browser.get("/search?q=nordwind", fragment="_suggest").text


def test_a_write_to_a_dead_service_keeps_the_typed_form(system):
    page = system.browser().get("/cases/new")
    system.take_down("cases")
    page = page.press("Open case", subject="Typed for long")
    assert page.status == 503
    assert page.values["subject"] == "Typed for long"
    assert page.all(".//*[@id='problems']")


def test_a_reply_written_while_mail_is_down_is_kept_and_goes_out_once_later(system):
    customer = system.add_customer("Katrin Behrens", email="k.behrens@nordwind.example")
    case = system.add_case("Scanner is dead", customer_id=customer["id"])
    page = system.browser().get(f"/cases/{case['id']}")
    notifications = system.running["notifications"]
    system.take_down("notifications")
    page = page.press("Send", body="Dear Katrin")
    assert "Dear Katrin" in page.texts(".//article[@class='msg ours']")[0]
    system.deliver_events()
    client = notifications.client("notifications:read", kind=Kind.USER)
    emails = client.get("/emails", query_string={"case_id": case["id"]}).json["data"]
    assert [one["to"] for one in emails if one["kind"] == "case_reply"] == ["k.behrens@nordwind.example"]
