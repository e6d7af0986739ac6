"""Customers: the list with its views and filters, adding one (search first), editing, archiving, blocking."""

import re
from typing import Any

from flask import Blueprint, Response, request

from gateway.console.page import lists
from gateway.console.page import staff as people
from gateway.console.page.client import Question, ask, me, tell
from gateway.console.page.forms import Form, Merge, changed, merge, opened, pack
from gateway.console.page.rendering import allow, ask_page, go, need, page

blueprint = Blueprint("console_customers", __name__)

STATUSES = [("prospect", "Prospect"), ("active", "Active"), ("inactive", "Inactive"), ("churned", "Churned")]
KINDS = [("organization", "Organization"), ("individual", "Person")]
SORTS = [("-created_at", "Newest first"), ("name", "Name"), ("-updated_at", "Last changed"), ("number", "Number")]
LABELS = {"status": "Status", "kind": "Kind", "owner": "Owner", "state": "Only"}
FIELDS = {
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "phone": "Phone",
    "website": "Website",
    "industry": "Industry",
    "description": "Description",
    "owner_id": "Owner",
}
ADDRESS = {"street": "Street", "city": "City", "postcode": "Postcode", "country": "Country"}
VIEWS = {
    "all": ("All customers", {}),
    "mine": ("My customers", {"owner": "me"}),
    "organizations": ("Organizations", {"kind": "organization"}),
    "people": ("People", {"kind": "individual"}),
    "prospects": ("Prospects", {"status": "prospect"}),
    "blocked": ("Blocked", {"state": "blocked"}),
    "archived": ("Archived", {"state": "archived"}),
}
PHONE = re.compile(r"[+(]?[\d\s()./+-]{4,}\Z")
NAMES_OF = {"organization": ("name",), "individual": ("first_name", "last_name")}
MOVES = {
    "restore": "is restored",
    "archive": "is archived",
    "unblock": "may order again",
    "activate": "is active",
    "deactivate": "is inactive",
}


@blueprint.get("/customers")
def list_customers() -> Response:
    """The list; address, filters and sort are one."""
    allow("customers:read", "customers")
    filters = lists.chosen("q", "status", "kind", "owner", "state", "sort")
    params = {
        "q": filters["q"] or None,
        "status": filters["status"] or None,
        "kind": filters["kind"] or None,
        "owner_id": me().id if filters["owner"] == "me" else filters["owner"] or None,
        "is_archived": "true" if filters["state"] == "archived" else None,
        "is_blocked": "true" if filters["state"] == "blocked" else None,
        "sort": filters["sort"] or None,
        "cursor": filters["after"] or None,
        "limit": lists.PAGE_ROWS,
        "include_total": "true",
    }
    answer = ask_page(customers=Question("customers", "/customers", params))["customers"]
    sorts = lists.sorts("/customers", filters, SORTS)
    owners = {"me": "me", **people.names()}
    words = {
        "status": dict(STATUSES),
        "kind": dict(KINDS),
        "owner": owners,
        "state": {"blocked": "blocked", "archived": "archived"},
    }
    return page(
        "customers/list.html",
        answer=answer,
        total=answer.total,
        filters=filters,
        is_filtered=any(filters[name] for name in ("q", *LABELS)),
        chips=lists.chips("/customers", filters, LABELS, words),
        sorts=sorts,
        sort_label=next((option.label for option in sorts if option.current), SORTS[0][1]),
        view=_view(filters),
        views=[
            {"key": key, "label": label, "href": lists.address("/customers", query)}
            for key, (label, query) in VIEWS.items()
        ],
        form=Form(values=filters),
        statuses=STATUSES,
        kinds=KINDS,
        owners=[("me", "Me"), *people.pickable()],
        people=people.names(),
        next_href=lists.address("/customers", filters, after=answer.next),
        first_href=lists.address("/customers", filters, after=None),
    )


def _view(filters: dict[str, str]) -> str | None:
    given = {name: value for name, value in filters.items() if value and name not in {"sort", "after", "q"}}
    return next((key for key, (_, query) in VIEWS.items() if query == given), None)


@blueprint.get("/customers/new")
def look_first() -> Response:
    """Before adding: is it here already?"""
    allow("customers:write", "adding customers")
    query, kind = request.args.get("q", "").strip(), request.args.get("kind", "organization")
    form = Form(values={"q": query, "kind": kind if kind in NAMES_OF else "organization"})
    if not query:
        return page("customers/new.html", form=form, searched=False)
    form.values |= _prefilled(query, form.value("kind"))
    return _new(form, 200)


def _prefilled(query: str, kind: str) -> dict[str, str]:
    if "@" in query:
        return {"email": query}
    if PHONE.match(query):
        return {"phone": query}
    first, _, last = query.rpartition(" ")
    return {"first_name": first, "last_name": last} if kind == "individual" else {"name": query}


def _new(form: Form, status: int, *, existing: dict[str, str] | None = None) -> Response:
    looked = form.value("q") or form.value("email") or form.value("name") or form.value("last_name")
    alike = (
        ask("customers", "/customers", {"q": looked, "limit": 8})
        if looked
        else ask("customers", "/customers", {"limit": 1, "q": "-"})
    )
    return page(
        "customers/new.html",
        form=form,
        searched=True,
        alike=alike,
        owners=people.pickable(),
        is_new=True,
        existing=existing,
        status=status,
    )


@blueprint.post("/customers/new")
def add_customer() -> Response:
    """Add it; what the service refuses comes back at its field, with everything typed."""
    allow("customers:write", "adding customers")
    form = Form.posted()
    kind = form.value("kind") if form.value("kind") in NAMES_OF else "organization"
    _check(form, kind)
    if form.is_wrong:
        return _new(form, 422)
    body: dict[str, Any] = {"kind": kind, **form.filled(*NAMES_OF[kind], *_common(), "source")}
    if any(form.value(name) for name in ADDRESS):
        body["address"] = _address(form)
    if request.form.get("allow_duplicate"):
        body["allow_duplicate"] = True
    answer = tell("POST", "customers", "/customers", body=body)
    if answer.ok:
        return go(
            f"/customers/{answer.data['id']}", f"{answer.data['name']} is a customer now: {answer.data['number']}."
        )
    existing = answer.data.get("existing") if isinstance(answer.data, dict) else None
    if existing:
        form.errors["email"] = f"{form.value('email')} belongs to {existing['name']}. Open it, or use another e-mail."
        return _new(form, answer.status, existing=existing)
    return _new(form.refused(answer), answer.status)


def _common() -> list[str]:
    return [name for name in FIELDS if name not in {"name", "first_name", "last_name"}]


def _address(form: Form) -> dict[str, str | None]:
    return {name: (form.value(name).upper() if name == "country" else form.value(name)) or None for name in ADDRESS}


def _check(form: Form, kind: str) -> None:
    form.require(NAMES_OF[kind][-1], "Enter a name.")
    if not form.value("email") and not form.value("phone"):
        form.errors["email"] = "Enter an e-mail or a phone number."


@blueprint.route("/customers/<id>/edit", methods=["GET", "POST"])
def edit_customer(id: str) -> Response:
    """Change fields; what somebody else changed meanwhile is kept or asked about, never overwritten in silence."""
    allow("customers:write", "editing customers")
    customer = need(ask("customers", f"/customers/{id}"), "customer")
    if request.method == "GET":
        return _edit(customer, Form(values=_flat(customer)))
    form, was = Form.posted(), opened()
    form.values = {**was, **form.values}
    _check(form, customer["kind"])
    if form.is_wrong:
        return _edit(customer, form, was=was, version=request.form.get("_version"), status=422)
    mine = changed(form.values, was)
    if not mine:
        return go(f"/customers/{id}", "Nothing was changed.")
    return _save(customer, form, mine, was)


def _save(customer: dict[str, Any], form: Form, mine: dict[str, str], was: dict[str, str]) -> Response:
    path, version = f"/customers/{customer['id']}", request.form.get("_version")
    answer = tell("PATCH", "customers", path, body=_body(mine, form), version=version)
    if answer.status == 412:  # noqa: PLR2004 - somebody was faster
        customer = need(ask("customers", path), "customer")
        merged = merge(mine, was, _flat(customer), FIELDS | ADDRESS)
        if merged.clashes:
            return _edit(
                customer, form, was=_flat(customer), version=str(customer["version"]), merged=merged, status=412
            )
        form.values = {**_flat(customer), **mine}
        answer = tell("PATCH", "customers", path, body=_body(mine, form), version=str(customer["version"]))
    if answer.ok:
        return go(path, f"{answer.data['name']} is saved.")
    return _edit(customer, form.refused(answer), was=was, version=version, status=answer.status)


def _body(mine: dict[str, str], form: Form) -> dict[str, Any]:
    body: dict[str, Any] = {name: value or None for name, value in mine.items() if name in FIELDS}
    if any(name in ADDRESS for name in mine):
        body["address"] = _address(form)
    return body


def _flat(customer: dict[str, Any]) -> dict[str, str]:
    address = customer.get("address") or {}
    names = [*NAMES_OF[customer["kind"]], *_common()]
    return {name: customer.get(name) or "" for name in names} | {name: address.get(name) or "" for name in ADDRESS}


def _edit(
    customer: dict[str, Any],
    form: Form,
    *,
    was: dict[str, str] | None = None,
    version: str | None = None,
    merged: Merge | None = None,
    status: int = 200,
) -> Response:
    form.values["kind"] = customer["kind"]
    return page(
        "customers/edit.html",
        status=status,
        customer=customer,
        form=form,
        changes=merged.changes if merged else {},
        clashes=merged.clashes if merged else [],
        was=pack(was if was is not None else _flat(customer)),
        version=version or str(customer["version"]),
        owners=people.pickable(),
        people=people.names(),
    )


@blueprint.route("/customers/<id>/block", methods=["GET", "POST"])
def block_customer(id: str) -> Response:
    """Ask for the reason, then block."""
    allow("customers:write", "blocking customers")
    customer = need(ask("customers", f"/customers/{id}"), "customer")
    form = Form.posted()
    if request.method == "GET":
        return page("customers/block.html", customer=customer, form=form)
    form.require("reason", "Say why: colleagues will ask.")
    if not form.is_wrong:
        answer = tell("POST", "customers", f"/customers/{id}:block", body={"reason": form.value("reason")})
        if answer.ok:
            return go(f"/customers/{id}", f"{customer['name']} is blocked.")
        form.refused(answer)
    return page("customers/block.html", customer=customer, form=form, status=422)


@blueprint.post("/customers/<id>/<any(restore, archive, unblock, activate, deactivate):move>")
def move_customer(id: str, move: str) -> Response:
    """The steps that need no words."""
    answer = tell("POST", "customers", f"/customers/{id}:{move}")
    return go(f"/customers/{id}", f"{answer.data['name']} {MOVES[move]}." if answer.ok else f"!{answer.detail}")
