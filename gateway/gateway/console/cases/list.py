"""The list of cases; the open ones unless a filter widens it."""

from typing import Any

from flask import Blueprint, Response
from markupsafe import Markup

from gateway.console.cases.statuses import CASE, PRESSING, PRIORITY
from gateway.console.page import cells, staff
from gateway.console.page.actions import Action
from gateway.console.page.current_user import current_user
from gateway.console.page.hits import Hit, SearchSource
from gateway.console.page.lists import EmptyState, Filter, ListPage, Values, View
from gateway.console.page.rows import Row
from gateway.console.page.statuses import choices
from gateway.console.page.tables import Column, Table

blueprint = Blueprint("console_cases", __name__)


def _priority(row: Row, key: str) -> str:
    """Only what presses stands out."""
    if row[key] in PRESSING:
        return cells.status("priority")(row, key)
    return Markup('<span class="muted">{}</span>').format(cells.humanized(row, key))


TABLE = Table(
    "Cases",
    (
        Column("subject", "Case", cells.title("/cases/{id}"), phone=1),
        Column("status", "Status", cells.status("case"), phone=2),
        Column("number", "Number", phone=3, muted=True),
        Column("priority", "Priority", _priority, phone=4),
        Column(
            "customer_name",
            "Customer",
            cells.link("/customers/{customer_id}", "cut d-block", without_id="not linked yet"),
            cut=True,
        ),
        Column("owner_id", "Owner", cells.staff_name, muted=True),
        Column("opened_at", "Opened", cells.time, muted=True),
    ),
)


def _owner(value: str) -> dict[str, str | None]:
    if value == "nobody":
        return {"owner_id[null]": "true"}
    return {"owner_id": current_user().id if value == "me" else value or None}


def _owner_words(_rows: list[dict[str, Any]]) -> dict[str, str]:
    return {"me": "me", "nobody": "nobody", **staff.names()}


def _customer_words(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["customer_id"]: row.get("customer_name") or "this customer" for row in rows if row.get("customer_id")}


def _open_only(values: Values) -> dict[str, str | None]:
    """Who looks for something looks among the closed ones too."""
    looks_for = any(values[name] for name in ("scope", "status", "customer", "q"))
    return {"is_open": None if looks_for else "true"}


NEW_CASE = Action(label="New case", href="/cases/new", icon="plus", needs="cases:write", place="primary")
PAGE = ListPage(
    section="cases",
    path="/cases",
    title="Cases",
    noun="case",
    service="cases",
    resource="/cases",
    needs="cases:read",
    table=TABLE,
    filters=(
        Filter("status", "Status", choices(CASE, "new", "working", "waiting", "resolved", "closed")),
        Filter("priority", "Priority", choices(PRIORITY)),
        Filter(
            "owner",
            "Owner",
            lambda: [("me", "Me"), ("nobody", "Nobody"), *staff.choices()],
            words=_owner_words,
            empty="Anyone",
            query=_owner,
        ),
        Filter("customer", "Customer", words=_customer_words, query=lambda value: {"customer_id": value or None}),
        Filter("scope", widens=True, query=lambda _value: {}),
    ),
    views=(
        View("", "Open"),
        View("mine", "My cases", {"owner": "me"}),
        View("free", "Without an owner", {"owner": "nobody"}),
        View("all", "All", {"scope": "all"}),
    ),
    search_label="Subject or number",
    actions=(NEW_CASE,),
    empty=EmptyState(
        icon="lifebuoy",
        title="No cases yet",
        text="Cases come from web forms, from programs, or from you.",
        action=NEW_CASE,
    ),
    query=_open_only,
)


def _hit(row: Row) -> Hit:
    text = " · ".join(part for part in (row["number"], row.get("customer_name")) if part)
    return Hit(id=row["id"], href=f"/cases/{row['id']}", title=row["subject"], text=text, status=row["status"])


SEARCH = SearchSource(
    service="cases",
    path="/cases",
    needs="cases:read",
    label="Cases",
    href="/cases",
    status_kind="case",
    icon="lifebuoy",
    hit=_hit,
)


@blueprint.get("/cases")
def list_cases() -> Response:
    """Cases that match the address."""
    return PAGE.show()
