"""The page that staff start from."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def case(system):
    """A customer, and a case of mine under a workflow."""
    system.add_workflow()
    system.add_customer("Nordwind Logistik GmbH")
    return system.add_case("Mine to solve", type="complaint", owner_id=system.api.get("/me")["id"])


def test_home_shows_what_waits_whom_i_dealt_with_and_what_is_new(console_page, case):
    page = console_page("/")
    assert page.heading.endswith(", Administrator")
    assert "nothing is late" in page.text
    assert page.texts(".//section/header/h2") == ["My work", "My open cases", "Recent customers", "Unread"]
    assert page.links["Intake"] == f"/cases/{case['id']}"
    assert page.rows[0]["Case"] == "Mine to solve"
    assert any("Nordwind Logistik GmbH" in name for name in page.links)
    assert page.with_class("todo")


def test_the_sidebar_has_what_the_reader_may_see(console_page):
    links = console_page("/", permissions={"cases:read"}).texts(".//nav[@aria-label='Main']/a")
    assert [name.rstrip("0123456789") for name in links] == ["Home", "My work", "Cases"]
    everything = console_page("/")
    assert everything.texts(".//nav[@aria-label='Main']/h2") == ["Customers", "Service", "Sales"]
    assert everything.texts(".//div[@id='new-menu']/a") == ["Organization", "Person", "Case", "Order"]


def test_what_the_reader_may_not_see_is_a_panel_that_says_so(console_page):
    page = console_page("/", permissions={"customers:read"})
    assert (page.status, page.texts(".//div[@class='part']//strong")) == (200, ["You may not see this."] * 2)


def test_a_page_that_does_not_exist_says_so_to_people_and_to_programs(console_page, system):
    page = console_page("/nowhere")
    assert (page.status, page.heading) == (404, "There is no such page")
    assert system.browser().client.get("/nowhere", headers={"Accept": "application/json"}).mimetype != "text/html"
