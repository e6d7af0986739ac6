"""List pages, declared: columns, filters, views, sorting and search; the address of a list is its state."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Response, request

from gateway.console.page.actions import Action, Button, buttons
from gateway.console.page.client import ApiRequest, ApiResponse
from gateway.console.page.forms import Form
from gateway.console.page.rendering import render, require_permission
from gateway.console.page.shell import fetch_page
from gateway.console.page.tables import Table, sort_links
from gateway.console.page.urls import url_with

PAGE_ROWS: Final = 50
VALUE_LENGTH: Final = 200
Values = dict[str, str]
Choices = Sequence[tuple[str, str]]


def _given_name(name: str) -> Callable[[str], dict[str, str | None]]:
    return lambda value: {name: value or None}


@dataclass(frozen=True)
class Filter:
    """One parameter of the address that narrows the list.

    With `choices` it has a select box, with a `label` a chip while it is set; `query` turns its value into what the
    service is sent, by default its own name and value.
    """

    name: str
    label: str = ""
    choices: Choices | Callable[[], Choices] = ()
    words: Mapping[str, str] | Callable[[list[dict[str, Any]]], Mapping[str, str]] = field(default_factory=dict)
    """How values read on the chip that are not among the choices; may be taken from the rows."""
    empty: str = "Any"
    widens: bool = False
    """It shows more rows than the list without it: no row is missing because of it."""
    query: Callable[[str], Mapping[str, str | None]] | None = None

    def options(self) -> Choices:
        """What its select box offers."""
        return self.choices() if callable(self.choices) else self.choices

    def word(self, value: str, rows: list[dict[str, Any]]) -> str:
        """How the value reads on its chip."""
        words = self.words(rows) if callable(self.words) else self.words
        return words.get(value) or dict(self.options()).get(value, value)

    def sent(self, value: str) -> Mapping[str, str | None]:
        """What the service is sent for this value."""
        return (self.query or _given_name(self.name))(value)


@dataclass(frozen=True)
class View:
    """A named choice of filters: a tab over the list."""

    key: str
    label: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class EmptyState:
    """What stands where no row is: what comes here, and how the first one is made."""

    icon: str
    title: str
    text: str
    action: Action | None = None


@dataclass(frozen=True)
class Chip:
    """One filter that is set, and the address without it."""

    label: str
    value: str
    without: str
    name: str = ""


@dataclass(frozen=True)
class Sort:
    """One order of the list."""

    label: str
    href: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One list. `show()` answers the whole page, or with htmx the table alone."""

    section: str
    path: str
    title: str
    noun: str
    nouns: str = ""
    what: str = ""
    """What one may not see without the permission, where that is not the noun."""
    service: str
    resource: str
    needs: str = ""
    table: Table | None = None
    filters: Sequence[Filter] = ()
    views: Sequence[View] = ()
    views_keep: Sequence[str] = ()
    """Filters that stay when another view is chosen."""
    views_label: str = "Views"
    sorts: Sequence[tuple[str, str]] = ()
    """Sort key of the API and words; the first is the service's own order."""
    search_label: str = ""
    """The name of the search field; without it there is none."""
    actions: Sequence[Action] = ()
    empty: EmptyState
    no_match_title: str = ""
    no_match_text: str = "Check the spelling, or take a filter away."
    query: Callable[[Values], Mapping[str, Any]] = lambda _values: {}
    """What the service is sent beside the filters."""
    requests: Callable[[], Mapping[str, ApiRequest]] = dict
    """What the page fetches beside the rows, for a template of its own."""
    template: str = "page/list.html"
    rows_of: Callable[[ApiResponse, Values], list[dict[str, Any]]] = lambda response, _values: response.rows

    @property
    def fragment(self) -> str:
        """The id of the element that holds the rows."""
        return f"_{self.path.strip('/').replace('/', '-')}"

    @property
    def plural_noun(self) -> str:
        return self.nouns or f"{self.noun}s"

    def show(self, *, status: int = 200, **context: Any) -> Response:
        """Answer the request for this list."""
        require_permission(self.needs, self.what or self.plural_noun)
        values = self._values()
        responses = fetch_page(rows=ApiRequest(self.service, self.resource, self._query(values)), **self.requests())
        response = responses.pop("rows")
        state = ListState(self, values, response, self.rows_of(response, values))
        blocks = {self.fragment: "_rows"}
        return render(
            self.template,
            status=status,
            blocks=blocks,
            page=self,
            list=state,
            section=self.section,
            **responses,
            **context,
        )

    def _values(self) -> Values:
        """The parameters of the address, empty where absent; `after` is the place in the list, and is taken whole."""
        names = ("q", *(one.name for one in self.filters), "sort")
        given = {name: request.args.get(name, "").strip()[:VALUE_LENGTH] for name in names}
        return {**given, "after": request.args.get("after", "").strip()}

    def _query(self, values: Values) -> dict[str, Any]:
        """What the service is sent."""
        query: dict[str, Any] = {
            "q": values["q"] or None,
            "sort": values["sort"] or None,
            "cursor": values["after"] or None,
            "limit": PAGE_ROWS,
            "include_total": "true",
        }
        for one in self.filters:
            query |= one.sent(values[one.name])
        return {**query, **self.query(values)}


@dataclass(frozen=True)
class ListState:
    """A list as the address asks for it, with the rows that came: what the template shows."""

    page: ListPage
    values: Values
    response: ApiResponse
    rows: list[dict[str, Any]]

    @property
    def total(self) -> int | None:
        return self.response.total

    @property
    def is_filtered(self) -> bool:
        """Whether a row may be missing because of a filter: then an empty list is not the first one."""
        return any(self.values[name] for name in ("q", *(one.name for one in self.page.filters if not one.widens)))

    @property
    def no_match_title(self) -> str:
        """What stands there when the filters leave no row."""
        wanted = f"«{self.values['q']}»" if self.values["q"] else "these filters"
        return self.page.no_match_title or f"No {self.page.noun} matches {wanted}."

    @property
    def chips(self) -> list[Chip]:
        """The filters that are set, as words."""
        return [
            Chip(one.label, one.word(value, self.response.rows), self._url(**{one.name: None, "after": None}), one.name)
            for one in self.page.filters
            if one.label and (value := self.values[one.name])
        ]

    @property
    def controls(self) -> list[Filter]:
        """The filters that have a select box."""
        return [one for one in self.page.filters if one.choices]

    @property
    def form(self) -> Form:
        """The select boxes as they stand."""
        return Form(values=self.values)

    @property
    def kept_by_filters(self) -> list[tuple[str, str]]:
        """What the form of the filters carries along: the search, and filters without a box of their own."""
        names = ["q", *(one.name for one in self.page.filters if not one.choices)]
        return [(name, self.values[name]) for name in names if self.values[name]]

    @property
    def kept_by_search(self) -> list[tuple[str, str]]:
        """What the search form carries along: everything else that is set, but not the place in the list."""
        return [(name, value) for name, value in self.values.items() if value and name not in {"q", "after"}]

    @property
    def views(self) -> list[dict[str, Any]]:
        """The tabs over the list."""
        kept = {name: self.values[name] for name in self.page.views_keep}
        return [
            {"key": one.key, "label": one.label, "href": url_with(self.page.path, {**one.values, **kept})}
            for one in self.page.views
        ]

    @property
    def view(self) -> str | None:
        """The view that the filters are; None where they are none of them."""
        ignored = {"q", "sort", "after", *self.page.views_keep}
        given = {name: value for name, value in self.values.items() if value and name not in ignored}
        return next((one.key for one in self.page.views if one.values == given), None)

    @property
    def sorts(self) -> list[Sort]:
        """The ways to sort; the first is the one when the address names none."""
        current = self.values["sort"] or (self.page.sorts[0][0] if self.page.sorts else "")
        return [Sort(label, self._url(sort=key, after=None), key == current) for key, label in self.page.sorts]

    @property
    def sort_label(self) -> str:
        labels = [one.label for one in self.sorts if one.is_current]
        return labels[0] if labels else self.sorts[0].label

    @property
    def column_links(self) -> dict[str, str]:
        """Where the heads of the sortable columns lead."""
        if self.page.table is None:
            return {}
        keys: Iterable[str] = (key for one in self.page.table.columns if one.sort for key in (one.sort, f"-{one.sort}"))
        hrefs = {key: self._url(sort=key, after=None) for key in keys}
        return sort_links(self.page.table, self.values["sort"], hrefs)

    @property
    def buttons(self) -> list[Button]:
        """What can be done here, for this user."""
        return buttons(self.page.actions, self.values)

    @property
    def empty_button(self) -> Button | None:
        """How the first row is made, for users who may."""
        action = self.page.empty.action
        return next(iter(buttons([action] if action else [], self.values)), None)

    @property
    def next_href(self) -> str:
        return self._url(after=self.response.next_cursor)

    @property
    def first_href(self) -> str:
        return self._url(after=None)

    def _url(self, **changes: str | None) -> str:
        return url_with(self.page.path, self.values, **changes)
