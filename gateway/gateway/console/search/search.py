"""One search over customers, cases and orders; an exact number opens at once."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from gateway.console.page.client import Answered, Question
from gateway.console.page.rendering import ask_page, go, is_fragment, page

blueprint = Blueprint("console_search", __name__)

NUMBER: Final = re.compile(r"^(CU|C|O)-\d{1,9}$", re.IGNORECASE)
HITS: Final = 20


@dataclass(frozen=True)
class Hit:
    """One thing that matches."""

    id: str
    href: str
    title: str
    text: str
    state: str
    person: bool = False
    square: bool = False


@dataclass(frozen=True)
class Group:
    """What one service found."""

    label: str
    kind: str
    icon: str
    service: str
    answer: Answered
    rows: list[Hit]
    all: str


@blueprint.get("/search")
def search() -> Response:
    """The results, or while typing the five best of each kind."""
    query = request.args.get("q", "").strip()[:200]
    if not query:
        return page("search/search.html", query="", groups=[], found=0)
    params = {"q": query, "limit": 5 if is_fragment() else HITS}
    answers = ask_page(
        customers=Question("customers", "/customers", params, needs="customers:read"),
        cases=Question("cases", "/cases", params, needs="cases:read"),
        orders=Question("orders", "/orders", params, needs="orders:read"),
    )
    groups = [_group(found, answers[found.service], query) for found in KINDS]
    shown = [group for group in groups if group.answer.state != "denied"]
    hits = [hit for group in shown for hit in group.rows]
    exact = [
        hit
        for hit in hits
        if NUMBER.match(query) and query.upper() in {hit.title.upper(), hit.text.split(" ")[0].upper()}
    ]
    if len(exact) == 1 and not is_fragment():
        return go(exact[0].href)
    return page("search/search.html", query=query, groups=shown, found=len(hits))


def go_to_number(number: str) -> Response:
    """People and e-mails name things by their numbers; the search knows what each is."""
    return go(f"/search?{urlencode({'q': number})}")


def _customer(row: dict[str, Any]) -> Hit:
    text = " · ".join(part for part in (row["number"], row.get("email") or row.get("phone")) if part)
    state = "archived" if row.get("is_archived") else "blocked" if row.get("is_blocked") else row["status"]
    return Hit(
        row["id"],
        f"/customers/{row['id']}",
        row["name"],
        text,
        state,
        person=True,
        square=row["kind"] == "organization",
    )


def _case(row: dict[str, Any]) -> Hit:
    text = " · ".join(part for part in (row["number"], row.get("customer_name")) if part)
    return Hit(row["id"], f"/cases/{row['id']}", row["subject"], text, row["status"])


def _order(row: dict[str, Any]) -> Hit:
    return Hit(row["id"], f"/orders/{row['id']}", row["number"], row.get("customer_name") or "", row["status"])


@dataclass(frozen=True)
class Kind:
    """What one service is asked for, and how its rows read as hits."""

    service: str
    label: str
    kind: str
    icon: str
    read: Callable[[dict[str, Any]], Hit]


KINDS: Final = (
    Kind("customers", "Customers", "customer", "building", _customer),
    Kind("cases", "Cases", "case", "lifebuoy", _case),
    Kind("orders", "Orders", "order", "receipt", _order),
)


def _group(found: Kind, answer: Answered, query: str) -> Group:
    everything = f"/{found.service}?{urlencode({'q': query})}"
    rows = [found.read(row) for row in answer.rows]
    return Group(found.label, found.kind, found.icon, answer.service, answer, rows, everything)
