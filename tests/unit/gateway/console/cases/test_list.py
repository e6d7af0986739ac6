"""The list of cases: the open ones, and how it is widened and narrowed."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def cases(system):
    """Open ones with and without an owner, a resolved one, and one of a customer."""
    customer = system.add_customer("Nordwind Logistik GmbH")
    me = system.api.get("/me")["id"]
    found = {
        "mine": system.add_case("Scanner is dead", owner_id=me, priority="urgent"),
        "free": system.add_case("Label is torn"),
        "linked": system.add_case("Pallet is lost", customer_id=customer["id"]),
        "closed": system.add_case("Invoice is wrong"),
    }
    system.api.act(f"/cases/{found['closed']['id']}", "transition", {"status": "resolved", "outcome": "explained"})
    system.deliver_events()
    return {**found, "customer": customer}


def subjects(page):
    return {row["Case"] for row in page.rows}


def test_open_ones_are_listed_unless_a_view_or_a_filter_says_otherwise(console_page):
    page = console_page("/").follow("Cases")
    assert page.texts(".//nav[@aria-label='Views']/a[@aria-current='page']") == ["Open"]
    assert subjects(page) == {"Scanner is dead", "Label is torn", "Pallet is lost"}
    assert "Invoice is wrong" in subjects(page.follow("All"))
    assert subjects(page.follow("My cases")) == {"Scanner is dead"}
    assert subjects(page.follow("Without an owner")) == {"Label is torn", "Pallet is lost"}
    assert subjects(page.press("Show", status="resolved")) == {"Invoice is wrong"}


def test_whoever_searches_searches_the_closed_ones_too(console_page, cases):
    assert subjects(console_page("/cases?q=invoice")) == {"Invoice is wrong"}
    assert subjects(console_page(f"/cases?q={cases['closed']['number']}")) == {"Invoice is wrong"}


def test_filters_stay_when_another_is_added(console_page, cases):
    page = console_page(f"/cases?customer={cases['customer']['id']}&scope=all")
    assert page.links["Remove filter Customer"] == "/cases?scope=all"
    page = page.press("Show", priority="urgent")
    assert f"customer={cases['customer']['id']}" in page.path
    assert "scope=all" in page.path
    assert "No case matches these filters." in page.texts(".//h2")


def test_a_row_leads_to_the_case_and_to_its_customer(console_page, cases):
    page = console_page("/cases")
    row = next(row for row in page.rows if row["Case"] == "Pallet is lost")
    assert row["Customer"] == "Nordwind Logistik GmbH"
    assert page.links["Nordwind Logistik GmbH"] == f"/customers/{cases['customer']['id']}"
    assert page.links["Scanner is dead"] == f"/cases/{cases['mine']['id']}"
    urgent, normal = (
        next(row for row in page.rows if row["Case"] == name) for name in ("Scanner is dead", "Label is torn")
    )
    assert (urgent["Priority"], normal["Priority"]) == ("Urgent", "Normal")
    assert (urgent["Owner"], normal["Owner"]) == ("Administrator", "–")
    assert normal["Customer"] == "not linked yet"


def test_htmx_gets_the_rows_and_the_chips_alone(console_page):
    fragment = console_page("/cases?q=scanner", fragment="_cases")
    assert fragment.html.lstrip().startswith('<div id="_cases">')
    assert fragment.one(".//*[@id='_chips']").get("hx-swap-oob") == "true"
    assert subjects(fragment) == {"Scanner is dead"}


def test_whoever_may_not_see_cases_is_refused(console_page):
    page = console_page("/cases", permissions={"customers:read"})
    assert (page.status, page.heading) == (403, "You may not see cases")
    assert "Cases" not in page.links
