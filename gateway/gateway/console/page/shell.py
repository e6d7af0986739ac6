"""The shell: the frame around every page, with the sidebar, the top bar and the numbers in them."""

from dataclasses import dataclass
from typing import Final

from flask import g

from gateway.console.page.client import ApiRequest, ApiResponse, fetch_all
from gateway.console.page.current_user import can, is_signed_in
from gateway.console.page.htmx import is_fragment
from gateway.console.page.sections import Link, SearchBox, current_console

PREFIX: Final = "shell_"


@dataclass(frozen=True, kw_only=True)
class Shell:
    """What the frame shows to the current user."""

    groups: list[tuple[str, list[tuple[str, Link]]]]
    new_links: list[Link]
    bells: list[tuple[str, Link]]
    search_box: SearchBox | None
    counts: dict[str, int]

    @property
    def unread(self) -> int:
        """The number in the window's title."""
        return sum(self.counts.get(bell.count, 0) for _, bell in self.bells)


def shell() -> Shell:
    """The frame of this page, without what the user may not see."""
    console = current_console()
    return Shell(
        groups=[
            (heading, shown)
            for heading, links in console.groups()
            if (shown := [(name, link) for name, link in links if can(link.needs)])
        ],
        new_links=[link for one in console.sections for link in one.new_links if can(link.needs)],
        bells=[(one.name, one.bell) for one in console.sections if one.bell],
        search_box=console.search_box,
        counts=_counts() if is_signed_in() else {},
    )


def _counts() -> dict[str, int]:
    counts = current_console().counts
    if "shell_responses" not in g:
        g.shell_responses = fetch_all(**{name: one.request for name, one in counts.items()})
    return {name: one.read(g.shell_responses[name]) for name, one in counts.items()}


def fetch_page(**requests: ApiRequest) -> dict[str, ApiResponse]:
    """GET what a page shows together with the numbers of the frame around it, all at the same time."""
    if is_fragment():
        return fetch_all(**requests)
    counts = current_console().counts
    responses = fetch_all(**requests, **{f"{PREFIX}{name}": one.request for name, one in counts.items()})
    g.shell_responses = {name: responses.pop(f"{PREFIX}{name}") for name in counts}
    return responses
