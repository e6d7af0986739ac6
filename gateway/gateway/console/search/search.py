"""One search over everything that the sections can find; an exact number opens at once."""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, request

from gateway.console.page.client import ApiRequest, ApiResponse
from gateway.console.page.hits import Hit, SearchSource
from gateway.console.page.htmx import is_fragment
from gateway.console.page.rendering import redirect_to, render
from gateway.console.page.sections import current_console
from gateway.console.page.shell import fetch_page
from gateway.console.page.urls import url_with

blueprint = Blueprint("console_search", __name__)

HITS: Final = 20
SUGGESTIONS: Final = 5
QUERY_LENGTH: Final = 200


@dataclass(frozen=True)
class Group:
    """What one source found."""

    source: SearchSource
    response: ApiResponse
    hits: list[Hit]
    all_href: str


@blueprint.get("/search")
def search() -> Response:
    """The results, or while typing the best of each kind."""
    query = request.args.get("q", "").strip()[:QUERY_LENGTH]
    if not query:
        return render("search/search.html", query="", groups=[], found=0)
    groups = [group for group in _groups(query) if group.response.state != "denied"]
    hits = [hit for group in groups for hit in group.hits]
    exact = [hit for hit in hits if _has_number(hit, query)] if current_console().is_number(query) else []
    if len(exact) == 1 and not is_fragment():
        return redirect_to(exact[0].href)
    return render("search/search.html", query=query, groups=groups, found=len(hits))


def _groups(query: str) -> list[Group]:
    sources = current_console().search_sources
    wanted = {"q": query, "limit": SUGGESTIONS if is_fragment() else HITS}
    responses = fetch_page(**{one.label: ApiRequest(one.service, one.path, wanted, needs=one.needs) for one in sources})
    return [
        Group(
            source=one,
            response=responses[one.label],
            hits=[one.hit(row) for row in responses[one.label].rows],
            all_href=url_with(one.href, {"q": query}),
        )
        for one in sources
    ]


def _has_number(hit: Hit, number: str) -> bool:
    return number.upper() in {hit.title.upper(), hit.text.split(" ")[0].upper()}
