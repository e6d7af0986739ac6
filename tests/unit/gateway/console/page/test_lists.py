"""A list page from its declaration alone: a made-up resource in about twenty lines, without a template of its own."""

import pytest
from flask import Blueprint

from gateway import console
from gateway.console.page import cells
from gateway.console.page.actions import Action
from gateway.console.page.lists import EmptyState, Filter, ListPage, View
from gateway.console.page.sections import Link, Section
from gateway.console.page.statuses import StatusStyle, choices
from gateway.console.page.tables import Column, Table
from tests.unit.gateway.console.books import BookService
from tests.unit.gateway.console.pages import text_of
from tests.unit.gateway.console.system import ConsoleSystem

CONDITION = {"new": StatusStyle("good", "circle-check", "New"), "worn": StatusStyle("warn", "clock", "Worn")}
blueprint = Blueprint("console_books", __name__)
ADD_BOOK = Action(label="Add book", href="/books/new", icon="plus", needs="orders:write", place="primary")
PAGE = ListPage(
    section="books",
    path="/books",
    title="Books",
    noun="book",
    service="orders",
    resource="/books",
    needs="orders:read",
    table=Table(
        "Books",
        (
            Column("title", "Title", cells.title("/books/{id}"), phone=1, sort="title"),
            Column("condition", "Condition", cells.status("book"), phone=2),
            Column("price", "Price", cells.money, numeric=True),
            Column("shelf.room", "Room", muted=True),
        ),
    ),
    filters=(Filter("condition", "Condition", choices(CONDITION)),),
    views=(View("all", "All books"), View("worn", "Worn", {"condition": "worn"})),
    search_label="Title",
    actions=(ADD_BOOK,),
    empty=EmptyState(icon="note", title="No books yet", text="They come by post.", action=ADD_BOOK),
)


@blueprint.get("/books")
def list_books():
    """The whole view."""
    return PAGE.show()


SECTION = console.require_login(
    Section(
        name="books",
        blueprints=(blueprint,),
        group="Library",
        navigation=Link("Books", "/books", "note", needs="orders:read"),
        statuses={"book": CONDITION},
    )
)


@pytest.fixture(scope="module")
def books():
    """A service that lends books, in the place of the orders service."""
    service = BookService()
    yield service
    service.close()


@pytest.fixture(scope="module")
def system(tmp_path_factory, books):
    system = ConsoleSystem(tmp_path_factory.mktemp("books"), urls={"orders": books.url}, sections=(SECTION,))
    yield system
    system.close()


@pytest.fixture(autouse=True)
def _shelf(books):
    books.rows = [
        {"id": "b1", "title": "Dune", "condition": "new", "price": {"amount": "9.50", "currency": "EUR"}},
        {"id": "b2", "title": "<Emma>", "condition": "worn", "price": None, "shelf": {"room": "North"}},
    ]
    books.requests.clear()


def test_a_declared_list_shows_its_columns(console_page):
    page = console_page("/books")
    assert (page.status, page.heading) == (200, "Books")
    assert page.rows == [
        {"Title": "Dune", "Condition": "New", "Price": "€9.50", "Room": "–"},
        {"Title": "<Emma>", "Condition": "Worn", "Price": "–", "Room": "North"},
    ]
    assert page.links["Dune"] == "/books/b1"
    assert "2 books shown" in page.text


def test_it_stands_in_the_sidebar_under_its_heading(console_page):
    page = console_page("/books")
    assert "Library" in page.texts(".//nav[@aria-label='Main']/h2")
    assert page.texts(".//nav[@aria-label='Main']/a[@aria-current='page']") == ["Books"]


def test_a_filter_goes_to_the_service_and_becomes_a_chip_that_can_be_taken_away(console_page, books):
    page = console_page("/books").press("Show", condition="worn")
    assert books.asked("/books")["condition"] == "worn"
    assert text_of(page.with_class("chip")[0]).startswith("Condition")
    assert page.links["Remove filter Condition"] == "/books"
    assert page.texts(".//nav[@aria-label='Views']/a[@aria-current='page']") == ["Worn"]


def test_a_view_is_a_named_choice_of_filters(console_page):
    links = console_page("/books?q=du").links
    assert (links["All books"], links["Worn"]) == ("/books", "/books?condition=worn")


def test_the_head_of_a_sortable_column_sorts_by_it_and_back(console_page, books):
    page = console_page("/books").follow("Title")
    assert books.asked("/books")["sort"] == "title"
    assert page.one(".//th[@aria-sort]").get("aria-sort") == "ascending"
    page.follow("Title")
    assert books.asked("/books")["sort"] == "-title"


def test_the_search_keeps_the_filters_but_not_the_place_in_the_list(console_page, books):
    page = console_page("/books?condition=worn&after=x1")
    form = page.one(".//form[@aria-label='Search this list']")
    assert {one.get("name"): one.get("value") for one in form.iter("input")} == {"condition": "worn", "q": ""}
    assert books.asked("/books")["cursor"] == "x1"


def test_the_next_page_is_a_link_and_the_way_back_to_the_start_too(console_page, books):
    books.next_cursor = "x2"
    try:
        page = console_page("/books?condition=worn&after=x1")
    finally:
        books.next_cursor = None
    assert page.links["Next 50"] == "/books?condition=worn&after=x2"
    assert page.links["Back to the start"] == "/books?condition=worn"


def test_an_empty_list_says_what_comes_here_and_offers_the_first_one(console_page, books):
    books.rows = []
    page = console_page("/books")
    assert page.texts(".//h2")[-1] == "No books yet"
    assert page.links["Add book"] == "/books/new"
    may_read = console_page("/books", permissions={"orders:read"})
    assert "Add book" not in may_read.links


def test_an_empty_list_behind_a_filter_says_so_and_leads_to_all(console_page, books):
    books.rows = []
    page = console_page("/books?condition=worn")
    assert "No book matches these filters." in page.texts(".//h2")
    assert page.links["Show all books"] == "/books"
    assert "No book matches «zen»." in console_page("/books?q=zen").texts(".//h2")


def test_htmx_gets_the_rows_and_the_chips_alone(console_page):
    fragment = console_page("/books?condition=worn", fragment="_books")
    assert fragment.html.lstrip().startswith('<div id="_books">')
    assert fragment.one(".//*[@id='_chips']").get("hx-swap-oob") == "true"
    assert not fragment.all(".//h1")


def test_without_the_permission_there_is_a_page_that_says_so(console_page, books):
    page = console_page("/books", permissions={"cases:read"})
    assert (page.status, page.heading) == (403, "You may not see books")
    assert not [path for path, _ in books.requests if path.endswith("/books")]
    assert "Books" not in page.texts(".//nav[@aria-label='Main']/a")


def test_a_row_never_becomes_markup(console_page):
    assert "&lt;Emma&gt;" in console_page("/books").html
