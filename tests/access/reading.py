"""Every list that a caller can read without knowing an id, page by page, searched for what belongs to others."""

from collections.abc import Iterator, Mapping
from typing import Final

from tests.access.callers import Caller
from tests.access.operations import Operation, document, operations, path_of
from tests.access.resources import TeamResources
from tests.access.scenario import Scenario

# The forms are everybody's, what was submitted through them is not.
SUBMISSIONS: Final = "/api/v1/forms/{key}/submissions"
# Kinds of which the team finds something in its lists; the bell is the owner's alone.
LISTED: Final = frozenset(
    {"activity", "case", "contact", "contract", "customer", "email", "invoice", "note", "order", "payment", "person"}
    | {"run", "submission", "submitted_case", "work_item"}
)


def lists() -> list[Operation]:
    """Every read that needs no id."""
    reads = [one for one in operations() if one.method == "GET"]
    return [one for one in reads if "{" not in one.path or one.path == SUBMISSIONS]


def parameters_of(operation: Operation) -> set[str]:
    """The names of its query parameters."""
    named = document()["paths"][operation.path]["get"].get("parameters", [])
    return {one["name"] for one in named if one["in"] == "query"}


def pages(caller: Caller, path: str, query: Mapping[str, str]) -> Iterator[str]:
    """The text of each page; an answer that is no list has one, and what the caller may not read has none."""
    cursor: dict[str, str] = {}
    while True:
        answer = caller.ask("GET", path, params={**query, **cursor})
        if answer.status_code == 403:
            return
        assert answer.status_code == 200, f"{path} {query}: {answer.text}"
        yield answer.text
        is_json = "json" in answer.headers["Content-Type"]
        following = answer.json().get("next_cursor") if is_json else None
        if following is None:
            return
        cursor = {"cursor": following}


def readable(scenario: Scenario, actor: str, resources: TeamResources) -> dict[str, list[str]]:
    """By list: what this actor reads there of these resources, without and with a search for their marker."""
    found = {}
    for operation in lists():
        path = path_of(operation, scenario.shared)
        takes = parameters_of(operation)
        searches = [{"q": resources.marker}] if "q" in takes else []
        if operation.path != "/api/v1/search":
            searches.append({})
        limit = {"limit": "20"} if "limit" in takes else {}
        kinds = {
            kind
            for query in searches
            for text in pages(scenario.caller(actor), path, {**query, **limit})
            for kind in resources.found_in(text)
        }
        if kinds:
            found[operation.name] = sorted(kinds)
    return found
