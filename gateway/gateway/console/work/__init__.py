"""My work: what the workflows ask of the current user."""

from pathlib import Path

from gateway.console.page.client import ApiRequest
from gateway.console.page.sections import Count, Link, Section
from gateway.console.work import list as list_page

WAITING = ApiRequest(
    "cases",
    "/work-items",
    {"mine": "true", "state[in]": "open,claimed", "limit": 1, "include_total": "true"},
    needs="cases:read",
)
SECTION = Section(
    name="work",
    blueprints=(list_page.blueprint,),
    templates=Path(__file__).with_name("templates"),
    navigation=Link("My work", "/work", "inbox", needs="cases:read", count="work"),
    counts={"work": Count(WAITING, lambda response: response.total or 0)},
)
