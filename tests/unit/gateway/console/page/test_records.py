"""A record page from its declaration alone: a made-up resource with tabs, panels and actions."""

import pytest
from flask import Blueprint, request

from gateway import console
from gateway.console.page.actions import Action
from gateway.console.page.client import ApiRequest
from gateway.console.page.records import Fact, Notice, Panel, RecordPage, Tab
from gateway.console.page.sections import Section
from gateway.console.page.statuses import StatusStyle
from tests.unit.gateway.console.books import BookService
from tests.unit.gateway.console.system import ConsoleSystem

blueprint = Blueprint("console_book", __name__)
PAGE = RecordPage(
    section="books",
    path="/books/{id}",
    list_label="Books",
    noun="book",
    service="orders",
    resource="/books",
    needs="orders:read",
    title=lambda book: book["title"],
    chips=lambda book: [("book", book["condition"])],
    facts=(
        Fact(lambda book: book.get("author"), icon="user", href=lambda book: f"/authors/{book['author']}"),
        Fact("On loan", icon="clock"),
    ),
    notices=(Notice(tone="w", title="Fragile.", text="Wear gloves.", when=lambda book: book["condition"] == "worn"),),
    actions=(
        Action(label="Lend", href="/books/{id}/lend", icon="send", place="primary", post=True, values={"days": 14}),
        Action(label="Repair …", href="/books/{id}/repair", icon="edit", when=lambda book: book["condition"] == "worn"),
        Action(label="Remove …", href="/books/{id}/remove", icon="x", needs="orders:write", place="menu"),
    ),
    tabs=(Tab("about", "About"), Tab("loans", "Loans", count=lambda book: len(book.responses["others"].rows))),
    tabs_label="Parts of the book",
    panels=(
        Panel(title="Facts", facts=lambda book: [("Number", book["number"]), ("Author", book.get("author"))]),
        Panel(title="Reviews", response="reviews", service="notifications", facts=[("Stars", 5)]),
        Panel(title="Loans so far", facts=[("Loans", 3)], tabs=frozenset({"loans"})),
    ),
    requests=lambda _id, _tab: {
        "others": ApiRequest("orders", "/books"),
        "reviews": ApiRequest("notifications", "/reviews", needs="notifications:read"),
    },
)


@blueprint.get("/books/<id>")
@blueprint.get("/books/<id>/<any(loans):tab>")
def show_book(id, tab=""):
    """The whole view."""
    return PAGE.show(id, tab=tab)


@blueprint.post("/books/<id>/lend")
def lend_book(id):
    """Says what the form sent."""
    return dict(request.form)


SECTION = Section(
    name="books",
    blueprints=(blueprint,),
    statuses={"book": {"worn": StatusStyle("warn", "clock", "Worn")}},
    number_prefix="BK",
)
console.require_login(SECTION)


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    books = BookService()
    books.rows = [
        {"id": "b1", "number": "BK-000001", "title": "Emma & co", "condition": "worn", "author": "Jane"},
        {"id": "b2", "number": "BK-000002", "title": "Dune", "condition": "unheard_of"},
    ]
    system = ConsoleSystem(tmp_path_factory.mktemp("books"), urls={"orders": books.url}, sections=(SECTION,))
    yield system
    system.close()
    books.close()


def test_a_declared_record_shows_header_tabs_and_panels(console_page):
    page = console_page("/books/b1")
    assert (page.heading, page.title) == ("Emma & co", "Emma & co · Customer Manager")
    assert page.texts(".//nav[@aria-label='Breadcrumb']/*") == ["Books", "", "BK-000001"]
    assert page.links["Books"] == "/books"
    assert page.links["Jane"] == "/authors/Jane"
    assert "On loan" in page.text
    assert "Worn" in page.texts(".//main//span")
    assert page.texts(".//nav[@aria-label='Parts of the book']/a") == ["About", "Loans 2"]
    assert page.texts(".//aside//h2") == ["Facts", "Reviews"]
    assert page.texts(".//aside//dd")[:2] == ["BK-000001", "Jane"]


def test_a_tab_has_an_address_and_panels_of_its_own(console_page):
    page = console_page("/books/b1").follow("Loans 2")
    assert page.path == "/books/b1/loans"
    assert page.texts(".//nav[@aria-label='Parts of the book']/a[@aria-current='page']") == ["Loans 2"]
    assert page.texts(".//aside//h2") == ["Facts", "Reviews", "Loans so far"]
    assert page.links["About"] == "/books/b1"


def test_a_fact_without_a_text_and_an_action_whose_time_is_not_come_are_left_out(console_page):
    page = console_page("/books/b2")
    assert "Repair …" not in page.links
    assert page.texts(".//aside//dt")[:1] == ["Number"]
    assert "Author" not in page.texts(".//aside//dt")
    assert "Fragile." not in page.text
    assert "Fragile. Wear gloves." in console_page("/books/b1").text


def test_a_state_that_the_table_does_not_know_shows_its_own_word(console_page):
    assert "Unheard of" in console_page("/books/b2").texts(".//main//span")


def test_an_action_is_a_link_or_a_form_with_its_hidden_values(console_page, system):
    page = console_page("/books/b1")
    assert page.links["Repair …"] == "/books/b1/repair"
    assert page.texts(".//div[@id='more']/a") == ["Remove …"]
    form, _ = page.form_of("Lend")
    assert (form.get("action"), form.get("method")) == ("/books/b1/lend", "post")
    assert page.values["days"] == "14"
    assert "Remove …" not in console_page("/books/b1", permissions={"orders:read"}).links


def test_a_panel_whose_response_is_missing_says_why_and_the_rest_is_there(console_page):
    denied = console_page("/books/b1", permissions={"orders:read"})
    assert denied.status == 200
    assert denied.texts(".//aside//div[@class='part']//strong") == ["You may not see this."]
    missing = console_page("/books/b1")
    assert missing.texts(".//aside//div[@class='part']//strong") == ["This part cannot be shown."]


def test_what_is_not_there_and_what_may_not_be_seen_have_pages_of_their_own(console_page):
    assert console_page("/books/b9").heading == "There is no such book"
    assert console_page("/books/b1", permissions={"cases:read"}).heading == "You may not see books"


def test_a_number_leads_to_the_search(console_page):
    assert console_page("/books/bk-000001").path == "/search?q=bk-000001"
