"""Sections: what a noun's package contributes to the console, and the console that is made of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, current_app

from gateway.console.page.client import ApiRequest, ApiResponse
from gateway.console.page.formatters import humanize
from gateway.console.page.hits import SearchSource
from gateway.console.page.statuses import StatusStyle, StatusTable

NO_NUMBER: Final = re.compile(r"(?!)")


@dataclass(frozen=True)
class Link:
    """An entry of the sidebar or of the menu of new things, for users who have the permission `needs`."""

    label: str
    href: str
    icon: str
    needs: str = ""
    count: str = ""
    """The name of the number that stands beside it."""


@dataclass(frozen=True)
class Count:
    """A number in the frame around every page, and how it is read from the response."""

    request: ApiRequest
    read: Callable[[ApiResponse], int]


@dataclass(frozen=True)
class SearchBox:
    """The search in the top bar."""

    href: str
    label: str
    placeholder: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Section:
    """One noun's part of the console. Each is itself and equal to no other."""

    name: str
    blueprints: Sequence[Blueprint]
    templates: Path | None = None
    """The folder of its templates, which are named by the section: `customers/list.html`."""
    group: str = ""
    """The heading under which the sidebar shows it; without one it stands at the top."""
    navigation: Link | None = None
    new_links: Sequence[Link] = ()
    bell: Link | None = None
    search_box: SearchBox | None = None
    counts: Mapping[str, Count] = field(default_factory=dict)
    statuses: Mapping[str, StatusTable] = field(default_factory=dict)
    """How the states of its things look, by kind of thing."""
    number_prefix: str = ""
    """What the numbers of its records begin with: CU for CU-000123."""
    search_source: SearchSource | None = None
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """Template filters of its own."""
    tests: Mapping[str, Callable[..., bool]] = field(default_factory=dict)
    """Template tests of its own."""


class Console:
    """All sections of one application."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = tuple(sections)
        self.counts = {name: count for one in sections for name, count in one.counts.items()}
        self.search_box = next((one.search_box for one in sections if one.search_box), None)
        self.search_sources = [one.search_source for one in sections if one.search_source]
        self._statuses = {kind: table for one in sections for kind, table in one.statuses.items()}
        prefixes = "|".join(re.escape(one.number_prefix) for one in sections if one.number_prefix)
        self._number = re.compile(rf"^({prefixes})-\d{{1,9}}$", re.IGNORECASE) if prefixes else NO_NUMBER

    def groups(self) -> list[tuple[str, list[tuple[str, Link]]]]:
        """The sidebar: heading, then section name and link of each entry, in the order of the sections."""
        groups: dict[str, list[tuple[str, Link]]] = {}
        for one in self.sections:
            if one.navigation:
                groups.setdefault(one.group, []).append((one.name, one.navigation))
        return list(groups.items())

    def status_style(self, kind: str, key: str | None) -> StatusStyle:
        """How a state looks; one that the table does not know yet shows its own word."""
        return self._statuses[kind].get(key or "") or StatusStyle("neutral", "circle", humanize(key or "Unknown"))

    def is_number(self, text: str) -> bool:
        """Whether the text is the number of a record, as people and e-mails write it: C-000123."""
        return bool(self._number.match(text))


def current_console() -> Console:
    """The console of the application that serves this request."""
    console: Console = current_app.extensions["console"]
    return console
