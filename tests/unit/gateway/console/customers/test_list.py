"""The list of customers: views, filters, search, and what a row shows."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def people(system):
    """Two organizations, one of them blocked, a person, and one that is archived."""
    nordwind = system.add_customer("Nordwind Logistik GmbH", status="active", industry="Logistics")
    blocked = system.add_customer("Brightwater Clinics")
    system.api.act(f"/customers/{blocked['id']}", "block", {"reason": "Unpaid since August."})
    system.add_person("Marisol", "Vega")
    gone = system.add_customer("Gone Ltd")
    system.api.act(f"/customers/{gone['id']}", "archive")
    system.deliver_events()
    return {"nordwind": nordwind}


def names(page):
    return {row["Customer"].split(" ", 1)[1] for row in page.rows}


@pytest.mark.proves("F092")
@pytest.mark.proves("F154")
@pytest.mark.proves("F005")
@pytest.mark.proves("F093")
def test_people_organizations_and_archived_ones_have_their_own_way_in(console_page):
    page = console_page("/").follow("Customers")
    assert names(page) == {"Nordwind Logistik GmbH", "Brightwater Clinics", "Marisol Vega"}
    assert names(page.follow("People")) == {"Marisol Vega"}
    assert names(page.follow("Organizations")) == {"Nordwind Logistik GmbH", "Brightwater Clinics"}
    assert names(page.follow("Archived")) == {"Gone Ltd"}
    assert names(page.follow("Blocked")) == {"Brightwater Clinics"}
    assert page.follow("Person").texts(".//h2")[-2] == "First, look whether it is here already"


def test_a_row_shows_who_it_is_and_how_it_stands(console_page, people):
    row = next(row for row in console_page("/customers").rows if "Nordwind" in row["Customer"])
    assert row["Status"] == "Active"
    assert row["Number"] == people["nordwind"]["number"]
    assert row["E-mail"] == "nordwind-logistik-gmbh@example.com"
    assert row["Open cases"] == "0"
    blocked = next(row for row in console_page("/customers").rows if "Brightwater" in row["Customer"])
    assert blocked["Status"] == "Blocked"


def test_filters_are_chips_that_can_be_taken_away(console_page):
    page = console_page("/customers").press("Show", kind="individual")
    assert page.path == "/customers?status=&kind=individual&owner="
    assert names(page) == {"Marisol Vega"}
    assert "1 customer matches" in page.text
    assert len(names(page.follow("Remove filter Kind"))) == 3


def test_the_filter_form_keeps_the_search(console_page):
    page = console_page("/customers?q=mar").press("Show", kind="organization")
    assert "q=mar" in page.path
    assert "No customer matches «mar»." in page.texts(".//h2")


def test_mine_are_those_that_i_own(console_page, system):
    me = system.api.get("/me")["id"]
    system.add_customer("Owned by Ada", owner_id=me)
    page = console_page("/customers").follow("My customers")
    assert names(page) == {"Owned by Ada"}
    assert page.texts(".//nav[@aria-label='Views']/a[@aria-current='page']") == ["My customers"]
    assert page.links["Remove filter Owner"] == "/customers"


def test_another_order_is_chosen_in_the_menu(console_page):
    page = console_page("/customers").follow("Name")
    assert page.rows[0]["Customer"].split(" ", 1)[1] == "Brightwater Clinics"
    assert page.texts(".//div[@id='sorts']/a[@aria-current='true']") == ["Name"]


def test_more_than_fifty_are_on_the_next_page(console_page, system):
    for number in range(52):
        system.api.post(
            "/customers", {"kind": "organization", "name": f"Many {number}", "email": f"many{number}@example.com"}
        )
    page = console_page("/customers?q=many")
    assert "50 customers shown of 52" in page.text
    second = page.follow("Next 50")
    assert len(second.rows) == 2
    assert second.links["Back to the start"] == "/customers?q=many"


def test_a_search_that_finds_nothing_carries_its_words_into_a_new_customer(console_page):
    page = console_page("/customers?q=no such name")
    assert "Check the spelling, or take a filter away." in page.text
    assert page.links["Add customer"] == "/customers/new?q=no+such+name"


def test_whoever_may_only_read_gets_no_button(console_page):
    page = console_page("/customers", permissions={"customers:read"})
    assert "Add customer" not in page.links
    assert "New" not in page.buttons


def test_the_same_address_gives_the_page_or_the_block_that_was_asked_for(console_page):
    assert console_page("/customers").html.startswith("<!doctype html>")
    fragment = console_page("/customers", fragment="_customers")
    assert fragment.html.lstrip().startswith('<div id="_customers">')
    assert "<html" not in fragment.html
