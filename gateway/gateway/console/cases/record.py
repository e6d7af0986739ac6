"""One case: where its workflow stands, what I am asked, the conversation, and moving it on."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from gateway.console.cases.conversation import NEWEST, thread
from gateway.console.cases.decision import claim, decide, still_mine
from gateway.console.cases.reply import write
from gateway.console.cases.workflow_strip import strip
from gateway.console.page import formatters as wording
from gateway.console.page import staff as people
from gateway.console.page.client import Answered, Question, ask, me, tell
from gateway.console.page.forms import Form
from gateway.console.page.rendering import allow, ask_page, go, is_fragment, need, page
from gateway.console.search.search import NUMBER, go_to_number

blueprint = Blueprint("console_case", __name__)

MOVES = {
    "resolved": ("Resolve", "circle-check"),
    "waiting": ("Wait", "hourglass"),
    "working": ("Work on it", "player-play"),
    "closed": ("Close", "lock"),
}
CONSEQUENCES = {
    "waiting": "It comes back to working as soon as the customer answers.",
    "closed": "A workflow that is not finished keeps it open.",
}
ORIGINS = {
    "web": "through a web form",
    "phone": "by phone",
    "email": "by e-mail",
    "in_person": "in person",
    "api": "from a program",
}
CHANGED = "Somebody changed this case meanwhile."
CHANGED_STATUS = 412


@blueprint.get("/cases/<id>")
def show_case(id: str) -> Response:
    """The conversation, or one of the other tabs."""
    if NUMBER.match(id):
        return go_to_number(id)
    return _show(id)


@blueprint.post("/cases/<id>/items/<item_id>/decide")
def decide_here(id: str, item_id: str) -> Response:
    """Decide what this case asks of me."""
    form = Form.posted()
    said = decide(item_id, form)
    return go(f"/cases/{id}", said) if said else _show(id, ask_form=form, status=422)


@blueprint.post("/cases/<id>/items/<item_id>/claim")
def claim_here(id: str, item_id: str) -> Response:
    """Take what this case asks of me and others."""
    return go(f"/cases/{id}", claim(item_id, Form.posted()))


@blueprint.post("/cases/<id>/messages")
def write_message(id: str) -> Response:
    """A reply that the customer gets, or a note that only colleagues see: the button that was pressed says which."""
    allow("cases:write", "writing to cases")
    form = Form.posted()
    form.require("body", "Write something first.")
    if form.is_wrong:
        return _show(id, form=form, status=422)
    said = write(need(ask("cases", f"/cases/{id}"), "case"), form)
    if said is None:
        return _show(id, form=form, status=422)
    return _show(id, form=Form(values={"mode": form.value("mode")})) if is_fragment() else go(f"/cases/{id}", said)


@blueprint.route("/cases/<id>/move", methods=["GET", "POST"])
def move_case(id: str) -> Response:
    """To another status, with a note; refused when somebody changed the case since it was opened here."""
    allow("cases:write", "changing cases")
    case = need(ask("cases", f"/cases/{id}"), "case")
    form, wanted = Form.posted(), request.values.get("to", "working")
    if request.method == "GET":
        return _move(case, wanted, form)
    body = {"status": wanted, "note": form.value("note") or None, "outcome": form.value("outcome") or None}
    answer = tell("POST", "cases", f"/cases/{id}:transition", body=body, version=form.value("version"))
    if answer.ok:
        return go(
            f"/cases/{id}", f"{answer.data['number']} is {wording.look('case', answer.data['status']).word.lower()}."
        )
    if answer.status == CHANGED_STATUS:
        now = wording.look("case", case["status"]).word.lower()
        return _move(case, wanted, form, conflict=f"{CHANGED} It is {now} now.", status=CHANGED_STATUS)
    return _move(case, wanted, form.refused(answer), status=answer.status)


def _move(case: Mapping[str, Any], wanted: str, form: Form, *, conflict: str = "", status: int = 200) -> Response:
    verb = "Reopen" if wanted == "working" and not case.get("is_open", True) else MOVES.get(wanted, ("Move", ""))[0]
    return page(
        "cases/move.html",
        status=status,
        case=case,
        to=wanted,
        verb=verb,
        form=form,
        version=case["version"],
        conflict=conflict,
        consequence=CONSEQUENCES.get(wanted),
    )


@blueprint.route("/cases/<id>/assign", methods=["GET", "POST"])
def assign_case(id: str) -> Response:
    """Give it to somebody."""
    allow("cases:write", "assigning cases")
    case = need(ask("cases", f"/cases/{id}"), "case")
    owners = people.pickable()
    if request.method == "GET":
        form = Form(values={"owner_id": case.get("owner_id") or ""})
        return page("cases/assign.html", case=case, form=form, owners=owners, version=case["version"])
    form = Form.posted()
    answer = tell(
        "POST",
        "cases",
        f"/cases/{id}:assign",
        body={"owner_id": form.value("owner_id") or None},
        version=form.value("version"),
    )
    if answer.ok:
        return go(f"/cases/{id}", f"It belongs to {people.names().get(form.value('owner_id'), 'nobody')} now.")
    conflict = CHANGED if answer.status == CHANGED_STATUS else ""
    form = form if conflict else form.refused(answer)
    return page(
        "cases/assign.html",
        case=case,
        form=form,
        owners=owners,
        version=case["version"],
        conflict=conflict,
        status=answer.status,
    )


@blueprint.post("/cases/<id>/workflow")
def start_workflow(id: str) -> Response:
    """Start one on a case that has none."""
    answer = tell("POST", "cases", f"/cases/{id}/workflow", body={"workflow": request.form.get("workflow", "")})
    return go(f"/cases/{id}", f"«{answer.data['workflow_name']}» has started." if answer.ok else f"!{answer.detail}")


def _show(id: str, *, form: Form | None = None, ask_form: Form | None = None, status: int = 200) -> Response:
    allow("cases:read", "cases")
    tab = request.args.get("tab", "talk")
    newest = {"sort": "-created_at", "limit": NEWEST, "cursor": request.args.get("after")}
    asked = {"mine": "true", "case_id": id, "state[in]": "open,claimed", "limit": 10}
    answers = ask_page(
        case=Question("cases", f"/cases/{id}"),
        messages=Question("cases", f"/cases/{id}/messages", newest),
        emails=Question("notifications", "/emails", {"case_id": id, "limit": NEWEST}, needs="notifications:read"),
        items=Question("cases", "/work-items", asked),
        history=Question("cases", f"/cases/{id}/history", {"limit": 100 if tab == "history" else 1}),
    )
    case = need(answers["case"], "case")
    customer, contact = _customer(case), _contact(case)
    author = _author(case, contact, customer)
    mine = still_mine(answers["items"].rows)
    return page(
        "cases/show.html",
        status=status,
        case=case,
        version=case["version"],
        customer=customer.data if customer.ok else {"name": case.get("customer_name")},
        customer_state=customer.state,
        run=_run(case),
        asked=mine[0] if mine else None,
        ask_form=ask_form,
        author=author,
        can_reply=bool(case.get("customer_id")) and me().can("customers:write"),
        moves=[(way, *_label(way, case)) for way in MOVES if way in case.get("allowed_statuses", [])],
        tab=tab,
        tabs=_tabs(case, answers["messages"]),
        messages=answers["messages"],
        thread=thread(answers["messages"], answers["emails"], people.names(), author),
        history=answers["history"],
        origin_text=ORIGINS.get(case["origin"], ""),
        reply_to=_author(case, contact, customer).split(" ")[0]
        if contact.ok
        else case.get("customer_name") or "the customer",
        form=form or Form(),
        facts=_facts(case),
        people=people.names(),
        **_workflows(case),
    )


def _label(way: str, case: Mapping[str, Any]) -> tuple[str, str]:
    return ("Reopen", "arrow-back-up") if way == "working" and not case.get("is_open", True) else MOVES[way]


def _customer(case: Mapping[str, Any]) -> Answered:
    if not case.get("customer_id") or not me().can("customers:read"):
        return Answered(service="customers", status=403)
    return ask("customers", f"/customers/{case['customer_id']}")


def _contact(case: Mapping[str, Any]) -> Answered:
    """The person who wrote, where the customer is an organization."""
    if not case.get("contact_id") or case["contact_id"] == case.get("customer_id") or not me().can("customers:read"):
        return Answered(service="customers", status=404)
    return ask("customers", f"/customers/{case['contact_id']}")


def _author(case: Mapping[str, Any], contact: Answered, customer: Answered) -> str:
    if contact.ok:
        return str(contact.data["name"])
    return str(customer.data["name"]) if customer.ok else case.get("customer_name") or "The customer"


def _run(case: Mapping[str, Any]) -> dict[str, Any] | None:
    run = case.get("run")
    if not run:
        return None
    published = (
        ask("cases", f"/workflows/{run['workflow_key']}/versions", {"limit": 50}).rows
        if run["status"] == "running"
        else []
    )
    steps: list[dict[str, Any]] = next(
        (version["steps"] for version in published if version["number"] == run["workflow_version"]), []
    )
    return strip(run, steps, people.names())


def _tabs(case: Mapping[str, Any], messages: Answered) -> list[dict[str, Any]]:
    path = f"/cases/{case['id']}"
    tabs = [
        {
            "key": "talk",
            "label": "Conversation",
            "href": path,
            "count": len(messages.rows) + bool(case.get("description")),
        }
    ]
    if case.get("answers"):
        tabs.append(
            {"key": "answers", "label": "Form answers", "href": f"{path}?tab=answers", "count": len(case["answers"])}
        )
    return [*tabs, {"key": "history", "label": "History", "href": f"{path}?tab=history", "count": None}]


def _facts(case: Mapping[str, Any]) -> list[tuple[str, Any]]:
    custom = [(wording.sentence(key), value) for key, value in (case.get("custom") or {}).items()]
    return [
        ("Type", wording.sentence(case["type"])),
        ("It came", ORIGINS.get(case["origin"])),
        ("Priority", wording.look("priority", case["priority"]).word),
        ("Outcome", case.get("outcome")),
        ("Form", case.get("form_key")),
        *custom,
    ]


def _workflows(case: Mapping[str, Any]) -> dict[str, Any]:
    if case.get("run") or not me().can("cases:write") or not case.get("is_open", True):
        return {"workflows": Answered(service="cases", status=200), "workflow_options": []}
    answer = ask("cases", "/workflows", {"status": "published", "limit": 50})
    return {"workflows": answer, "workflow_options": [(row["key"], row["name"]) for row in answer.rows]}
