"""My work: what workflows ask of me, with claim and decision in place."""

from flask import Blueprint, Response, request

from gateway.console.cases.decision import claim, decide, still_mine
from gateway.console.page import staff as people
from gateway.console.page.client import Question, me
from gateway.console.page.forms import Form
from gateway.console.page.rendering import allow, ask_page, go, page

blueprint = Blueprint("console_work", __name__)

VIEWS = [
    {"key": "open", "label": "Waiting for me", "href": "/work"},
    {"key": "done", "label": "Decided by me", "href": "/work?view=done"},
]
ASKED = {
    "open": {"mine": "true", "state[in]": "open,claimed", "limit": 100},
    "done": {"mine": "true", "state": "decided", "sort": "-created_at", "limit": 50},
}


@blueprint.get("/work")
def list_work() -> Response:
    """Everything I am asked to do, what is due first on top."""
    return _list(view="done" if request.args.get("view") == "done" else "open")


@blueprint.post("/work/<id>/claim")
def claim_item(id: str) -> Response:
    """Take it, so that the others know."""
    return go("/work", claim(id, Form.posted()))


@blueprint.post("/work/<id>/decide")
def decide_item(id: str) -> Response:
    """Complete or decide it; a refusal needs a reason."""
    form = Form.posted()
    said = decide(id, form)
    return go("/work", said) if said else _list(view="open", forms={id: form}, status=422)


def _list(*, view: str, forms: dict[str, Form] | None = None, status: int = 200) -> Response:
    allow("cases:read", "work")
    answer = ask_page(work=Question("cases", "/work-items", {**ASKED[view], "cursor": request.args.get("after")}))[
        "work"
    ]
    items = (
        still_mine(answer.rows) if view == "open" else [row for row in answer.rows if row.get("decided_by") == me().id]
    )
    return page(
        "work/list.html",
        status=status,
        work=answer,
        items=items,
        late=sum(1 for item in items if view == "open" and item.get("is_overdue")),
        view=view,
        views=VIEWS,
        people=people.names(),
        forms_by_item=forms or {},
    )
