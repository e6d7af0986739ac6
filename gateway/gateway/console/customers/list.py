"""The list of customers, with its views and filters."""

from typing import Any

from flask import Blueprint, Response

from gateway.console.customers.statuses import CUSTOMER, KINDS, is_organization, shown_status
from gateway.console.page import cells, staff
from gateway.console.page.actions import Action
from gateway.console.page.current_user import current_user
from gateway.console.page.hits import Hit, SearchSource
from gateway.console.page.lists import EmptyState, Filter, ListPage, View
from gateway.console.page.rows import Row
from gateway.console.page.statuses import choices
from gateway.console.page.tables import Column, Table
from gateway.console.page.urls import url_with

blueprint = Blueprint("console_customers", __name__)


def _address(row: Row, _key: str) -> str:
    return cells.cut(row, "email" if row.get("email") else "phone")


TABLE = Table(
    "Customers",
    (
        Column("name", "Customer", cells.from_template("customers/cells.html", "name"), phone=1, sticky=True),
        Column("status", "Status", cells.status("customer", shown_status), phone=2),
        Column("number", "Number", phone=3, muted=True),
        Column("owner_id", "Owner", cells.staff_name, muted=True),
        Column("email", "E-mail", _address, cut=True),
        Column("facts.open_cases", "Open cases", cells.count, numeric=True),
        Column("facts.open_balance", "Balance", cells.open_money, phone=4, numeric=True),
        Column("facts.total_value", "Lifetime", cells.whole_money, numeric=True),
        Column("facts.last_interaction_at", "Last contact", cells.time, muted=True),
    ),
    style="",
)


def _owner(value: str) -> dict[str, str | None]:
    return {"owner_id": current_user().id if value == "me" else value or None}


def _owner_words(_rows: list[dict[str, Any]]) -> dict[str, str]:
    return {"me": "me", **staff.names()}


def _state(value: str) -> dict[str, str | None]:
    return {f"is_{state}": "true" if value == state else None for state in ("archived", "blocked")}


ADD_CUSTOMER = Action(
    label="Add customer",
    href=lambda values: url_with("/customers/new", {"q": values.get("q")}),
    icon="plus",
    needs="customers:write",
    place="primary",
)
PAGE = ListPage(
    section="customers",
    path="/customers",
    title="Customers",
    noun="customer",
    service="customers",
    resource="/customers",
    needs="customers:read",
    table=TABLE,
    filters=(
        Filter("status", "Status", choices(CUSTOMER, "prospect", "active", "inactive", "churned")),
        Filter("kind", "Kind", KINDS),
        Filter(
            "owner",
            "Owner",
            lambda: [("me", "Me"), *staff.choices()],
            words=_owner_words,
            empty="Anyone",
            query=_owner,
        ),
        Filter("state", "Only", words={"blocked": "blocked", "archived": "archived"}, query=_state),
    ),
    views=(
        View("all", "All customers"),
        View("mine", "My customers", {"owner": "me"}),
        View("organizations", "Organizations", {"kind": "organization"}),
        View("people", "People", {"kind": "individual"}),
        View("prospects", "Prospects", {"status": "prospect"}),
        View("blocked", "Blocked", {"state": "blocked"}),
        View("archived", "Archived", {"state": "archived"}),
    ),
    sorts=(
        ("-created_at", "Newest first"),
        ("name", "Name"),
        ("-updated_at", "Last changed"),
        ("number", "Number"),
    ),
    search_label="Name, e-mail, phone or number",
    actions=(ADD_CUSTOMER,),
    empty=EmptyState(
        icon="building",
        title="No customers yet",
        text="A customer is a company or a person that you sell to or serve. They come from web forms, from programs, "
        "or from you.",
        action=ADD_CUSTOMER,
    ),
    no_match_text="Check the spelling, or take a filter away. Archived customers are shown by their own view.",
)


def _hit(row: Row) -> Hit:
    text = " · ".join(part for part in (row["number"], row.get("email") or row.get("phone")) if part)
    return Hit(
        id=row["id"],
        href=f"/customers/{row['id']}",
        title=row["name"],
        text=text,
        status=shown_status(row),
        is_square=is_organization(row),
    )


SEARCH = SearchSource(
    service="customers",
    path="/customers",
    needs="customers:read",
    label="Customers",
    href="/customers",
    status_kind="customer",
    icon="building",
    has_avatar=True,
    hit=_hit,
)


@blueprint.get("/customers")
def list_customers() -> Response:
    """Customers that match the address."""
    return PAGE.show()
