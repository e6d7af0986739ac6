"""One search over everything that can be found."""

from pathlib import Path

from gateway.console.page.sections import SearchBox, Section
from gateway.console.search import search

SECTION = Section(
    name="search",
    blueprints=(search.blueprint,),
    templates=Path(__file__).with_name("templates"),
    search_box=SearchBox(
        href="/search",
        label="Search customers, cases and orders",
        placeholder="Search name, e-mail, phone, C-000123 …",
    ),
)
