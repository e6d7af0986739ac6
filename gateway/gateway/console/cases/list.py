"""Cases: the list, and opening one by hand."""

from typing import Any

from flask import Blueprint, Response, request

from gateway.console.page import lists
from gateway.console.page import staff as people
from gateway.console.page.client import Question, ask_record, me, tell
from gateway.console.page.forms import Form
from gateway.console.page.rendering import allow, ask_page, go, page

blueprint = Blueprint("console_cases", __name__)

STATUSES = [
    ("new", "New"),
    ("working", "Working"),
    ("waiting", "Waiting"),
    ("resolved", "Resolved"),
    ("closed", "Closed"),
]
PRIORITIES = [("low", "Low"), ("normal", "Normal"), ("high", "High"), ("urgent", "Urgent")]
ORIGINS = [("phone", "by phone"), ("email", "by e-mail"), ("in_person", "in person"), ("web", "through the web")]
LABELS = {"status": "Status", "priority": "Priority", "owner": "Owner", "customer": "Customer"}
VIEWS = {
    "": ("Open", {}),
    "mine": ("My cases", {"owner": "me"}),
    "free": ("Without an owner", {"owner": "nobody"}),
    "all": ("All", {"scope": "all"}),
}


@blueprint.get("/cases")
def list_cases() -> Response:
    """Open ones unless told otherwise."""
    allow("cases:read", "cases")
    filters = lists.chosen("q", "status", "priority", "owner", "customer", "scope")
    answer = ask_page(cases=Question("cases", "/cases", _params(filters)))["cases"]
    words = {
        "status": dict(STATUSES),
        "priority": dict(PRIORITIES),
        "owner": {"me": "me", "nobody": "nobody", **people.names()},
        "customer": {
            row["customer_id"]: row.get("customer_name") or "this customer"
            for row in answer.rows
            if row.get("customer_id")
        },
    }
    return page(
        "cases/list.html",
        answer=answer,
        total=answer.total,
        filters=filters,
        is_filtered=any(filters[name] for name in ("q", *LABELS)),
        chips=lists.chips("/cases", filters, LABELS, words),
        view=_view(filters),
        views=[
            {"key": key, "label": label, "href": lists.address("/cases", query)}
            for key, (label, query) in VIEWS.items()
        ],
        form=Form(values=filters),
        statuses=STATUSES,
        priorities=PRIORITIES,
        owners=[("me", "Me"), ("nobody", "Nobody"), *people.pickable()],
        people=people.names(),
        next_href=lists.address("/cases", filters, after=answer.next),
        first_href=lists.address("/cases", filters, after=None),
    )


def _params(filters: dict[str, str]) -> dict[str, Any]:
    owner = {"me": me().id, "nobody": ""}.get(filters["owner"], filters["owner"])
    everything = filters["scope"] == "all" or filters["status"] or filters["customer"] or filters["q"]
    return {
        "q": filters["q"] or None,
        "status": filters["status"] or None,
        "priority": filters["priority"] or None,
        "owner_id": owner or None,
        "owner_id[null]": "true" if filters["owner"] == "nobody" else None,
        "customer_id": filters["customer"] or None,
        "is_open": None if everything else "true",
        "cursor": filters["after"] or None,
        "limit": lists.PAGE_ROWS,
        "include_total": "true",
    }


def _view(filters: dict[str, str]) -> str | None:
    given = {name: value for name, value in filters.items() if value and name not in {"after", "q"}}
    return next((key for key, (_, query) in VIEWS.items() if query == given), None)


@blueprint.get("/cases/new")
def ask_for_case() -> Response:
    """An empty form, for a customer when one is named."""
    allow("cases:write", "opening cases")
    values = {
        "priority": "normal",
        "origin": "phone",
        "owner_id": me().id,
        "customer_id": request.args.get("customer", ""),
    }
    return _new(Form(values=values))


@blueprint.post("/cases/new")
def open_case() -> Response:
    """Open it; its type may start a workflow."""
    allow("cases:write", "opening cases")
    form = Form.posted()
    form.require("subject", "Enter a subject.")
    if form.is_wrong:
        return _new(form, status=422)
    body: dict[str, Any] = form.filled(
        "subject", "description", "type", "priority", "origin", "owner_id", "customer_id"
    )
    answer = tell("POST", "cases", "/cases", body=body)
    if answer.ok:
        return go(f"/cases/{answer.data['id']}", f"{answer.data['number']} is open.")
    return _new(form.refused(answer), status=answer.status)


def _new(form: Form, *, status: int = 200) -> Response:
    customer_id = form.value("customer_id")
    may_name = customer_id and me().can("customers:read")
    named = ask_record("customers", "customers", customer_id) if may_name else None
    answers = ask_page(
        types=Question("cases", "/case-types", {"limit": 100}),
        choices=Question("customers", "/customers", {"sort": "-updated_at", "limit": 50}, needs="customers:read"),
    )
    return page(
        "cases/new.html",
        status=status,
        form=form,
        customer=named.data if named and named.ok else None,
        types=[(row["key"], row["name"]) for row in answers["types"].rows],
        priorities=PRIORITIES,
        origins=ORIGINS,
        owners=people.pickable(),
        choices=answers["choices"],
        customer_options=[(row["id"], f"{row['name']} · {row['number']}") for row in answers["choices"].rows],
    )
