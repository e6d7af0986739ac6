"""Adding a customer: first a search for one that is here already, then the form with what was typed."""

import re
from typing import Any, Final

from flask import Blueprint, Response, request

from gateway.console.customers.fields import ADDRESS, COMMON, NAMES_OF, address_of, check
from gateway.console.page import staff
from gateway.console.page.client import fetch, send
from gateway.console.page.forms import Form
from gateway.console.page.rendering import redirect_to, render, require_permission

blueprint = Blueprint("console_customer_new", __name__)

PHONE: Final = re.compile(r"[+(]?[\d\s()./+-]{4,}\Z")
MOST_ALIKE: Final = 8


@blueprint.get("/customers/new")
def show_new_customer() -> Response:
    """The search; or, with something to search for, what it found beside the form."""
    require_permission("customers:write", "adding customers")
    query, kind = request.args.get("q", "").strip(), request.args.get("kind", "organization")
    form = Form(values={"q": query, "kind": kind if kind in NAMES_OF else "organization"})
    if not query:
        return render("customers/new.html", form=form, searched=False)
    form.values |= _prefilled(query, form.value("kind"))
    return _form(form)


def _prefilled(query: str, kind: str) -> dict[str, str]:
    if "@" in query:
        return {"email": query}
    if PHONE.match(query):
        return {"phone": query}
    first, _, last = query.rpartition(" ")
    return {"first_name": first, "last_name": last} if kind == "individual" else {"name": query}


def _form(form: Form, *, status: int = 200, existing: dict[str, str] | None = None) -> Response:
    query = form.value("q") or form.value("email") or form.value("name") or form.value("last_name")
    alike = fetch("customers", "/customers", {"q": query or "-", "limit": MOST_ALIKE if query else 1})
    return render(
        "customers/new.html",
        status=status,
        form=form,
        searched=True,
        alike=alike,
        owners=staff.choices(),
        is_new=True,
        existing=existing,
    )


@blueprint.post("/customers/new")
def create_customer() -> Response:
    """Add it; an address that another customer has is refused, unless the user insists."""
    require_permission("customers:write", "adding customers")
    form = Form.posted()
    kind = form.value("kind") if form.value("kind") in NAMES_OF else "organization"
    check(form, kind)
    if form.is_wrong:
        return _form(form, status=422)
    response = send("POST", "customers", "/customers", body=_body(form, kind))
    if response.ok:
        customer = response.data
        return redirect_to(
            f"/customers/{customer['id']}", f"{customer['name']} is a customer now: {customer['number']}."
        )
    existing = response.data.get("existing") if isinstance(response.data, dict) else None
    if existing:
        form.errors["email"] = f"{form.value('email')} belongs to {existing['name']}. Open it, or use another e-mail."
        return _form(form, status=response.status, existing=existing)
    return _form(form.refused(response), status=response.status)


def _body(form: Form, kind: str) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": kind, **form.filled(*NAMES_OF[kind], *COMMON, "source")}
    if any(form.value(name) for name in ADDRESS):
        body["address"] = address_of(form)
    if request.form.get("allow_duplicate"):
        body["allow_duplicate"] = True
    return body
