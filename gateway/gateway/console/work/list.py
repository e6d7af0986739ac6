"""My work: what workflows ask of me, what is due first on top; claimed and decided in place."""

from typing import Any, Final

from flask import Blueprint, Response

from gateway.console.cases.decision import claim, decide, waiting_for_me
from gateway.console.page.client import ApiResponse
from gateway.console.page.current_user import current_user
from gateway.console.page.forms import Form
from gateway.console.page.lists import EmptyState, Filter, ListPage, Values, View
from gateway.console.page.rendering import redirect_to

blueprint = Blueprint("console_work", __name__)

OPEN: Final = {"mine": "true", "state[in]": "open,claimed", "limit": 100, "include_total": None}
DECIDED: Final = {
    "mine": "true",
    "state": "decided",
    "sort": "-created_at",
    "limit": 50,
    "include_total": None,
}


def _query(values: Values) -> dict[str, Any]:
    return DECIDED if values["view"] == "done" else OPEN


def _rows(response: ApiResponse, values: Values) -> list[dict[str, Any]]:
    if values["view"] == "done":
        return [item for item in response.rows if item.get("decided_by") == current_user().id]
    return waiting_for_me(response.rows)


PAGE = ListPage(
    section="work",
    path="/work",
    title="My work",
    noun="item",
    what="work",
    service="cases",
    resource="/work-items",
    needs="cases:read",
    filters=(Filter("view", query=lambda _value: {}),),
    views=(View("open", "Waiting for me"), View("done", "Decided by me", {"view": "done"})),
    views_label="Which work",
    empty=EmptyState(
        icon="mood-smile",
        title="Nothing waits for you",
        text="When a workflow asks you to do or decide something, it stands here, the most urgent first.",
    ),
    query=_query,
    rows_of=_rows,
    template="work/list.html",
)


@blueprint.get("/work")
def list_work() -> Response:
    """Everything I am asked to do, or what I decided."""
    return PAGE.show(forms_by_item={})


@blueprint.post("/work/<id>/claim")
def claim_item(id: str) -> Response:
    """Claim it, so that the others know."""
    return redirect_to("/work", claim(id, Form.posted()))


@blueprint.post("/work/<id>/decide")
def decide_item(id: str) -> Response:
    """Complete or decide it; a refusal needs a reason."""
    form = Form.posted()
    message = decide(id, form)
    return redirect_to("/work", message) if message else PAGE.show(forms_by_item={id: form}, status=422)
