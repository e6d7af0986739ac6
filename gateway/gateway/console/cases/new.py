"""Opening a case by hand, for a customer when one is named."""

from flask import Blueprint, Response, request

from gateway.console.cases.statuses import PRIORITY
from gateway.console.page import staff
from gateway.console.page.client import ApiRequest, fetch_record, send
from gateway.console.page.current_user import current_user
from gateway.console.page.forms import Form
from gateway.console.page.rendering import redirect_to, render, require_permission
from gateway.console.page.shell import fetch_page
from gateway.console.page.statuses import choices

blueprint = Blueprint("console_case_new", __name__)

ORIGINS = [("phone", "by phone"), ("email", "by e-mail"), ("in_person", "in person"), ("web", "through the web")]
FIELDS = ("subject", "description", "type", "priority", "origin", "owner_id", "customer_id")


@blueprint.get("/cases/new")
def show_new_case() -> Response:
    """An empty form."""
    require_permission("cases:write", "opening cases")
    values = {
        "priority": "normal",
        "origin": "phone",
        "owner_id": current_user().id,
        "customer_id": request.args.get("customer", ""),
    }
    return _form(Form(values=values))


@blueprint.post("/cases/new")
def open_case() -> Response:
    """Open it; its type may start a workflow."""
    require_permission("cases:write", "opening cases")
    form = Form.posted()
    form.require("subject", "Enter a subject.")
    if form.is_wrong:
        return _form(form, status=422)
    response = send("POST", "cases", "/cases", body=form.filled(*FIELDS))
    if response.ok:
        return redirect_to(f"/cases/{response.data['id']}", f"{response.data['number']} is open.")
    return _form(form.refused(response), status=response.status)


def _form(form: Form, *, status: int = 200) -> Response:
    customer_id = form.value("customer_id")
    may_name = customer_id and current_user().can("customers:read")
    customer = fetch_record("customers", "customers", customer_id) if may_name else None
    responses = fetch_page(
        types=ApiRequest("cases", "/case-types", {"limit": 100}),
        customers=ApiRequest("customers", "/customers", {"sort": "-updated_at", "limit": 50}, needs="customers:read"),
    )
    return render(
        "cases/new.html",
        status=status,
        form=form,
        customer=customer.data if customer and customer.ok else None,
        types=[(row["key"], row["name"]) for row in responses["types"].rows],
        priorities=choices(PRIORITY),
        origins=ORIGINS,
        owners=staff.choices(),
        customers=[(row["id"], f"{row['name']} · {row['number']}") for row in responses["customers"].rows],
    )
