"""One search over everything."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def found(system):
    """A customer, a case and an order that have a word in common."""
    customer = system.add_customer("Nordwind Logistik GmbH")
    case = system.add_case("Nordwind scanner", customer_id=customer["id"])
    system.add_product()
    return {"customers": customer, "cases": case, "orders": system.add_order(customer["id"])}


@pytest.mark.parametrize("kind", ["customers", "cases", "orders"])
def test_an_exact_number_opens_at_once(console_page, found, kind):
    page = console_page("/").press_search(found[kind]["number"])
    assert page.path == f"/{kind}/{found[kind]['id']}"


def test_a_word_finds_things_of_every_kind(console_page, found):
    page = console_page("/").press_search("nordwind")
    assert (
        page.texts(".//section[@class='panel']/header/h2")
        == ["Customers", "Cases", "Orders"][: len(page.all(".//section[@class='panel']"))]
    )
    assert f"/customers/{found['customers']['id']}" in page.links.values()
    assert f"/cases/{found['cases']['id']}" in page.links.values()


def test_while_typing_htmx_gets_the_suggestions(console_page, found):
    part = console_page("/search?q=nordwind", fragment="_suggest")
    assert part.html.lstrip().startswith('<div id="_suggest"')
    assert f"/cases/{found['cases']['id']}" in part.links.values()
    assert part.links["All results"] == "/search?q=nordwind"
    assert "Nothing matches" in console_page("/search?q=zzzz", fragment="_suggest").text
    assert console_page("/search?q=", fragment="_suggest").text == ""


def test_a_number_is_not_opened_while_it_is_typed(console_page, found):
    part = console_page(f"/search?q={found['cases']['number']}", fragment="_suggest")
    assert part.path.startswith("/search")


def test_nothing_found_says_what_to_do(console_page):
    page = console_page("/search?q=no-such-name")
    assert page.texts(".//h2")[-1] == "Nothing matches «no-such-name»."
    assert console_page("/search").texts(".//main//h2") == ["What are you looking for?"]


def test_what_one_may_not_see_is_not_searched(console_page):
    page = console_page("/search?q=nordwind", permissions={"cases:read"})
    assert page.texts(".//section[@class='panel']/header/h2") == ["Cases"]
