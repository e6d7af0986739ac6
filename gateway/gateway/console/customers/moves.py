"""What changes the standing of a customer: blocking with a reason, and the steps that need no words."""

from typing import Final

from flask import Blueprint, Response, request

from gateway.console.page.client import fetch, send
from gateway.console.page.forms import Form
from gateway.console.page.rendering import redirect_to, render, require, require_permission

blueprint = Blueprint("console_customer_moves", __name__)

DONE: Final = {
    "restore": "is restored",
    "archive": "is archived",
    "unblock": "may order again",
    "activate": "is active",
    "deactivate": "is inactive",
}


@blueprint.route("/customers/<id>/block", methods=["GET", "POST"])
def block_customer(id: str) -> Response:
    """Ask for the reason, then block."""
    require_permission("customers:write", "blocking customers")
    customer = require(fetch("customers", f"/customers/{id}"), "customer")
    form = Form.posted()
    if request.method == "GET":
        return render("customers/block.html", customer=customer, form=form)
    form.require("reason", "Say why: colleagues will ask.")
    if not form.is_wrong:
        body = {"reason": form.value("reason")}
        response = send("POST", "customers", f"/customers/{id}:block", body=body)
        if response.ok:
            return redirect_to(f"/customers/{id}", f"{customer['name']} is blocked.")
        form.refused(response)
    return render("customers/block.html", customer=customer, form=form, status=422)


@blueprint.post("/customers/<id>/<any(restore, archive, unblock, activate, deactivate):move>")
def move_customer(id: str, move: str) -> Response:
    """The service decides whether the customer may be moved."""
    response = send("POST", "customers", f"/customers/{id}:{move}")
    message = f"{response.data['name']} {DONE[move]}." if response.ok else f"!{response.detail}"
    return redirect_to(f"/customers/{id}", message)
