"""Record pages, declared: header facts, status chips, tabs, panels and actions of one thing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response
from markupsafe import Markup

from gateway.console.page.actions import Action, Of, buttons, resolve
from gateway.console.page.client import ApiRequest, ApiResponse, fetch_all
from gateway.console.page.rendering import redirect_to, render, require, require_permission
from gateway.console.page.rows import Row
from gateway.console.page.sections import current_console
from gateway.console.page.shell import fetch_page
from gateway.console.page.urls import url_with

NO_TABS: frozenset[str] = frozenset()


class Record(dict[str, Any]):
    """What the API answered about one thing, and beside it whatever else the page fetched."""

    def __init__(self, data: Row, responses: Mapping[str, ApiResponse]) -> None:
        super().__init__(data)
        self.responses = dict(responses)


@dataclass(frozen=True)
class Fact:
    """One of the short facts below the title, with an icon; a link where it leads somewhere. Empty, it is left out."""

    text: Of[str | Markup | None]
    icon: str = ""
    href: Of[str] = ""


@dataclass(frozen=True)
class Tab:
    """One part of the record, at an address of its own."""

    key: str
    label: Of[str]
    count: Of[int | None] = None
    when: Of[bool] = True


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A band below the header: what everybody must know before they do anything here."""

    tone: str = ""
    icon: str = "alert-circle"
    title: str
    text: Of[str] = ""
    when: Of[bool] = True


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A box beside the work: pairs of facts, or a template of its own."""

    title: Of[str]
    facts: Of[Iterable[tuple[str, Any]]] = ()
    template: str = ""
    response: str = ""
    """The response that it shows; where there is none, the panel says why."""
    missing_is_ok: bool = False
    """A response that is not found means that there is nothing yet."""
    service: str = ""
    link: Of[str] = ""
    link_label: str = "All"
    link_icon: str = ""
    note: Of[str] = ""
    fills: bool = False
    """Its rows reach its edges."""
    tabs: frozenset[str] = NO_TABS
    """The tabs beside which it stands; beside all where none is named."""
    when: Of[bool] = True


@dataclass(frozen=True, kw_only=True)
class RecordPage:
    """The page of one thing. `show()` answers it, at the tab that was asked for."""

    section: str
    path: str
    """Its address, `/customers/{id}`."""
    list_label: str
    """Its list, as the breadcrumb names it."""
    noun: str
    nouns: str = ""
    service: str
    resource: str
    needs: str
    title: Of[str]
    number: Of[str] = lambda record: record["number"]
    avatar: Of[str] = ""
    """What the initials stand for; without it there is no avatar."""
    avatar_is_square: Of[bool] = False
    chips: Of[Sequence[tuple[str, str]]] = ()
    """Kind and key of the states that stand beside the title."""
    facts: Sequence[Fact] = ()
    contact_facts: Sequence[Fact] = ()
    notices: Sequence[Notice] = ()
    actions: Of[Iterable[Action]] = ()
    tabs: Sequence[Tab] = ()
    tab_parameter: str = ""
    """The parameter that names the tab; without it each tab has a path of its own below the record's."""
    tabs_label: str = ""
    panels: Sequence[Panel] = ()
    requests: Callable[[str, str], Mapping[str, ApiRequest]] = lambda _id, _tab: {}
    """What the page fetches beside the record, by id and tab."""
    follow_up: Callable[[Record, str], Mapping[str, ApiRequest]] = lambda _record, _tab: {}
    """What it can fetch only when it knows the record."""
    context: Callable[[Record, str], Mapping[str, Any]] = lambda _record, _tab: {}
    """What the templates of the noun need besides."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """The template of each tab; "" for all others."""

    @property
    def plural_noun(self) -> str:
        return self.nouns or f"{self.noun}s"

    def show(self, id: str, *, tab: str = "", status: int = 200, **context: Any) -> Response:
        """Answer the request for this record; a number leads to the search, which opens what has it."""
        console = current_console()
        if console.search_box and console.is_number(id):
            return redirect_to(url_with(console.search_box.href, {"q": id}))
        require_permission(self.needs, self.plural_noun)
        tab = tab or (self.tabs[0].key if self.tabs else "")
        record_request = ApiRequest(self.service, f"{self.resource}/{id}")
        responses = fetch_page(record=record_request, **self.requests(id, tab))
        record = Record(require(responses.pop("record"), self.noun), responses)
        record.responses |= fetch_all(**self.follow_up(record, tab))
        return self._render(record, tab, status, context)

    def _render(self, record: Record, tab: str, status: int, context: Mapping[str, Any]) -> Response:
        template = self.templates.get(tab) or self.templates.get("", "page/record.html")
        view = RecordView(self, record, tab)
        known = {**record.responses, self.noun: record, **self.context(record, tab), **context}
        return render(template, status=status, page=self, view=view, section=self.section, tab=tab, **known)

    def href(self, record: Row, tab: str = "") -> str:
        """The address of the record, or of one of its tabs."""
        path = self.path.format_map(record)
        if not tab or tab == self.tabs[0].key:
            return path
        return url_with(path, {self.tab_parameter: tab}) if self.tab_parameter else f"{path}/{tab}"


@dataclass(frozen=True)
class RecordView:
    """A record page as it reads for this record and this user: what the frame of the template shows."""

    page: RecordPage
    record: Record
    tab: str

    @property
    def title(self) -> str:
        return resolve(self.page.title, self.record)

    @property
    def number(self) -> str:
        return resolve(self.page.number, self.record)

    @property
    def list_href(self) -> str:
        return self.page.path.partition("/{")[0]

    @property
    def avatar(self) -> str:
        return resolve(self.page.avatar, self.record)

    @property
    def avatar_is_square(self) -> bool:
        return resolve(self.page.avatar_is_square, self.record)

    @property
    def chips(self) -> Sequence[tuple[str, str]]:
        return resolve(self.page.chips, self.record)

    @property
    def facts(self) -> list[dict[str, Any]]:
        return self._shown(self.page.facts)

    @property
    def contact_facts(self) -> list[dict[str, Any]]:
        return self._shown(self.page.contact_facts)

    def _shown(self, facts: Iterable[Fact]) -> list[dict[str, Any]]:
        read = ((one, resolve(one.text, self.record)) for one in facts)
        return [
            {"text": text, "icon": one.icon, "href": resolve(one.href, self.record) if one.href else ""}
            for one, text in read
            if text
        ]

    @property
    def notices(self) -> list[dict[str, str]]:
        return [
            {"tone": one.tone, "icon": one.icon, "title": one.title, "text": resolve(one.text, self.record)}
            for one in self.page.notices
            if resolve(one.when, self.record)
        ]

    @property
    def buttons(self) -> list[Any]:
        return buttons(self.page.actions, self.record)

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return [
            {
                "key": one.key,
                "label": resolve(one.label, self.record),
                "href": self.page.href(self.record, one.key),
                "count": resolve(one.count, self.record),
            }
            for one in self.page.tabs
            if resolve(one.when, self.record)
        ]

    @property
    def panels(self) -> list[dict[str, Any]]:
        """The panels beside this tab."""
        return [
            self._panel(one)
            for one in self.page.panels
            if (not one.tabs or self.tab in one.tabs) and resolve(one.when, self.record)
        ]

    def _panel(self, one: Panel) -> dict[str, Any]:
        response = self.record.responses.get(one.response)
        state = response.state if response else "ok"
        return {
            "title": resolve(one.title, self.record),
            "facts": list(resolve(one.facts, self.record)),
            "template": one.template,
            "state": "ok" if state == "missing" and one.missing_is_ok else state,
            "service": one.service or self.page.service,
            "link": resolve(one.link, self.record),
            "link_label": one.link_label,
            "link_icon": one.link_icon,
            "note": resolve(one.note, self.record),
            "fills": one.fills,
        }
