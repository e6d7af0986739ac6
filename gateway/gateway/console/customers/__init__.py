"""Customers: the list, the record with its tabs, adding, editing, blocking and archiving one."""

from pathlib import Path

from gateway.console.customers import edit, moves, new, record, writing
from gateway.console.customers import list as list_page
from gateway.console.customers.statuses import CUSTOMER, OUTCOME
from gateway.console.page.sections import Link, Section

SECTION = Section(
    name="customers",
    blueprints=(
        list_page.blueprint,
        new.blueprint,
        record.blueprint,
        writing.blueprint,
        edit.blueprint,
        moves.blueprint,
    ),
    templates=Path(__file__).with_name("templates"),
    group="Customers",
    navigation=Link("Customers", "/customers", "building", needs="customers:read"),
    new_links=(
        Link("Organization", "/customers/new?kind=organization", "building", needs="customers:write"),
        Link("Person", "/customers/new?kind=individual", "user", needs="customers:write"),
    ),
    statuses={"customer": CUSTOMER, "outcome": OUTCOME},
    number_prefix="CU",
    search_source=list_page.SEARCH,
)
