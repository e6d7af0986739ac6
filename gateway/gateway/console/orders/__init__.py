"""Orders: the list, the record with its next steps, and taking one by hand."""

from pathlib import Path

from gateway.console.orders import list as list_page
from gateway.console.orders import new, record
from gateway.console.orders.statuses import ORDER
from gateway.console.page.sections import Link, Section

SECTION = Section(
    name="orders",
    blueprints=(list_page.blueprint, new.blueprint, record.blueprint),
    templates=Path(__file__).with_name("templates"),
    group="Sales",
    navigation=Link("Orders", "/orders", "receipt", needs="orders:read"),
    new_links=(Link("Order", "/orders/new", "receipt", needs="orders:write"),),
    statuses={"order": ORDER},
    number_prefix="O",
    search_source=list_page.SEARCH,
)
