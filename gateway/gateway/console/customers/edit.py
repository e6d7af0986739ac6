"""Editing a customer: what somebody else changed meanwhile is kept or asked about, never overwritten in silence."""

from typing import Any, Final

from flask import Blueprint, Response, request

from gateway.console.customers.fields import ADDRESS, FIELDS, address_of, check, values_of
from gateway.console.page import staff
from gateway.console.page.client import fetch, send
from gateway.console.page.forms import Form, Merge, changed, merge, opened_values, packed
from gateway.console.page.rendering import redirect_to, render, require, require_permission

blueprint = Blueprint("console_customer_edit", __name__)

CHANGED_SINCE: Final = 412


@blueprint.route("/customers/<id>/edit", methods=["GET", "POST"])
def edit_customer(id: str) -> Response:
    """Change fields."""
    require_permission("customers:write", "editing customers")
    customer = require(fetch("customers", f"/customers/{id}"), "customer")
    if request.method == "GET":
        return _form(customer, Form(values=values_of(customer)))
    form, was = Form.posted(), opened_values()
    form.values = {**was, **form.values}
    check(form, customer["kind"])
    if form.is_wrong:
        return _form(customer, form, was=was, version=request.form.get("_version"), status=422)
    mine = changed(form.values, was)
    if not mine:
        return redirect_to(f"/customers/{id}", "Nothing was changed.")
    return _save(customer, form, mine, was)


def _save(customer: dict[str, Any], form: Form, mine: dict[str, str], was: dict[str, str]) -> Response:
    path, version = f"/customers/{customer['id']}", request.form.get("_version")
    response = send("PATCH", "customers", path, body=_body(mine, form), version=version)
    if response.status == CHANGED_SINCE:
        customer = require(fetch("customers", path), "customer")
        version = str(customer["version"])
        merged = merge(mine, was, values_of(customer), FIELDS | ADDRESS)
        if merged.clashes:
            return _form(customer, form, version=version, merged=merged, status=CHANGED_SINCE)
        form.values = {**values_of(customer), **mine}
        response = send("PATCH", "customers", path, body=_body(mine, form), version=version)
    if response.ok:
        return redirect_to(path, f"{response.data['name']} is saved.")
    return _form(customer, form.refused(response), was=was, version=version, status=response.status)


def _body(mine: dict[str, str], form: Form) -> dict[str, Any]:
    body: dict[str, Any] = {name: value or None for name, value in mine.items() if name in FIELDS}
    if any(name in ADDRESS for name in mine):
        body["address"] = address_of(form)
    return body


def _form(
    customer: dict[str, Any],
    form: Form,
    *,
    was: dict[str, str] | None = None,
    version: str | None = None,
    merged: Merge | None = None,
    status: int = 200,
) -> Response:
    form.values["kind"] = customer["kind"]
    return render(
        "customers/edit.html",
        status=status,
        customer=customer,
        form=form,
        changes=merged.changes if merged else {},
        clashes=merged.clashes if merged else [],
        was=packed(was if was is not None else values_of(customer)),
        version=version or str(customer["version"]),
        owners=staff.choices(),
    )
