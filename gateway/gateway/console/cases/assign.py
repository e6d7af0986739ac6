"""Giving a case to a colleague."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from gateway.console.cases.move import CHANGED, CHANGED_STATUS
from gateway.console.page import staff
from gateway.console.page.client import fetch, send
from gateway.console.page.forms import Form
from gateway.console.page.rendering import redirect_to, render, require, require_permission

blueprint = Blueprint("console_case_assign", __name__)


@blueprint.route("/cases/<id>/assign", methods=["GET", "POST"])
def assign_case(id: str) -> Response:
    """Ask to whom, then assign it; refused when somebody changed the case since the form was opened."""
    require_permission("cases:write", "assigning cases")
    case = require(fetch("cases", f"/cases/{id}"), "case")
    if request.method == "GET":
        return _form(case, Form(values={"owner_id": case.get("owner_id") or ""}))
    form = Form.posted()
    body = {"owner_id": form.value("owner_id") or None}
    response = send("POST", "cases", f"/cases/{id}:assign", body=body, version=form.value("version"))
    if response.ok:
        return redirect_to(f"/cases/{id}", f"It belongs to {staff.name_of(form.value('owner_id')) or 'nobody'} now.")
    if response.status == CHANGED_STATUS:
        return _form(case, form, conflict=CHANGED, status=CHANGED_STATUS)
    return _form(case, form.refused(response), status=response.status)


def _form(case: Mapping[str, Any], form: Form, *, conflict: str = "", status: int = 200) -> Response:
    return render(
        "cases/assign.html",
        status=status,
        case=case,
        form=form,
        owners=staff.choices(),
        version=case["version"],
        conflict=conflict,
    )
