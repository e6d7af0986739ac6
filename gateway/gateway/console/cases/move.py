"""Moving a case to another status, with a note; refused when somebody changed the case since the form was opened."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, request

from gateway.console.page.client import fetch, send
from gateway.console.page.forms import Form
from gateway.console.page.rendering import redirect_to, render, require, require_permission
from gateway.console.page.sections import current_console

blueprint = Blueprint("console_case_move", __name__)

# Label and icon by the status that the case comes to.
MOVES: Final = {
    "resolved": ("Resolve", "circle-check"),
    "waiting": ("Wait", "hourglass"),
    "working": ("Work on it", "player-play"),
    "closed": ("Close", "lock"),
}
CONSEQUENCES: Final = {
    "waiting": "It comes back to working as soon as the customer answers.",
    "closed": "A workflow that is not finished keeps it open.",
}
CHANGED: Final = "Somebody changed this case meanwhile."
CHANGED_STATUS: Final = 412


def move_label(status: str, case: Mapping[str, Any]) -> tuple[str, str]:
    """Label and icon of a move: what is work on an open case, reopens a closed one."""
    if status == "working" and not case.get("is_open", True):
        return "Reopen", "arrow-back-up"
    return MOVES.get(status, ("Move", ""))


@blueprint.route("/cases/<id>/move", methods=["GET", "POST"])
def move_case(id: str) -> Response:
    """Ask for a note, then move it."""
    require_permission("cases:write", "changing cases")
    case = require(fetch("cases", f"/cases/{id}"), "case")
    form, status = Form.posted(), request.values.get("to", "working")
    if request.method == "GET":
        return _form(case, status, form)
    body = {"status": status, "note": form.value("note") or None, "outcome": form.value("outcome") or None}
    response = send("POST", "cases", f"/cases/{id}:transition", body=body, version=form.value("version"))
    if response.ok:
        return redirect_to(f"/cases/{id}", f"{response.data['number']} is {_word(response.data['status'])}.")
    if response.status == CHANGED_STATUS:
        conflict = f"{CHANGED} It is {_word(case['status'])} now."
        return _form(case, status, form, conflict=conflict, code=CHANGED_STATUS)
    return _form(case, status, form.refused(response), code=response.status)


def _word(status: str) -> str:
    return current_console().status_style("case", status).word.lower()


def _form(case: Mapping[str, Any], status: str, form: Form, *, conflict: str = "", code: int = 200) -> Response:
    return render(
        "cases/move.html",
        status=code,
        case=case,
        to=status,
        verb=move_label(status, case)[0],
        form=form,
        version=case["version"],
        conflict=conflict,
        consequence=CONSEQUENCES.get(status),
    )
