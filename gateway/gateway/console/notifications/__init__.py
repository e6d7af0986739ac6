"""Notifications: the list, opening one, marking as read."""

from pathlib import Path

from gateway.console.notifications import list as list_page
from gateway.console.page.client import ApiResponse
from gateway.console.page.sections import Count, Link, Section


def _unread(response: ApiResponse) -> int:
    return int(response.data.get("unread", 0)) if response.ok else 0


SECTION = Section(
    name="notifications",
    blueprints=(list_page.blueprint,),
    templates=Path(__file__).with_name("templates"),
    bell=Link("Notifications", "/notifications", "bell", count="unread"),
    counts={"unread": Count(list_page.UNREAD, _unread)},
)
