"""One case: where its workflow stands, what it asks of me, the conversation, and the facts beside it."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from gateway.console.cases.conversation import NEWEST, conversation
from gateway.console.cases.decision import claim, decide, waiting_for_me
from gateway.console.cases.move import MOVES, move_label
from gateway.console.cases.reply import add_message
from gateway.console.cases.statuses import ORIGINS, PRESSING
from gateway.console.cases.workflow_strip import workflow_strip
from gateway.console.page import cells, staff
from gateway.console.page.actions import Action
from gateway.console.page.client import ApiRequest, fetch, send
from gateway.console.page.current_user import can, current_user
from gateway.console.page.environment import macro
from gateway.console.page.formatters import humanize, money
from gateway.console.page.forms import Form
from gateway.console.page.htmx import is_fragment
from gateway.console.page.records import Fact, Panel, Record, RecordPage, Tab
from gateway.console.page.rendering import redirect_to, require, require_permission
from gateway.console.page.sections import current_console

blueprint = Blueprint("console_case", __name__)

BUTTONS = 2
"""Moves that have a button of their own; the others are in the menu."""


def _requests(id: str, tab: str) -> dict[str, ApiRequest]:
    newest = {"sort": "-created_at", "limit": NEWEST, "cursor": request.args.get("after")}
    mine = {"mine": "true", "case_id": id, "state[in]": "open,claimed", "limit": 10}
    return {
        "messages": ApiRequest("cases", f"/cases/{id}/messages", newest),
        "emails": ApiRequest("notifications", "/emails", {"case_id": id, "limit": NEWEST}, needs="notifications:read"),
        "items": ApiRequest("cases", "/work-items", mine),
        "history": ApiRequest("cases", f"/cases/{id}/history", {"limit": 100 if tab == "history" else 1}),
    }


def _follow_up(case: Record, _tab: str) -> dict[str, ApiRequest]:
    wanted = {}
    customer_id, contact_id, run = case.get("customer_id"), case.get("contact_id"), case.get("run")
    if customer_id:
        wanted["customer"] = ApiRequest("customers", f"/customers/{customer_id}", needs="customers:read")
    if contact_id and contact_id != customer_id:
        wanted["contact"] = ApiRequest("customers", f"/customers/{contact_id}", needs="customers:read")
    if run and run["status"] == "running":
        wanted["versions"] = ApiRequest("cases", f"/workflows/{run['workflow_key']}/versions", {"limit": 50})
    if _may_start_workflow(case):
        wanted["workflows"] = ApiRequest("cases", "/workflows", {"status": "published", "limit": 50})
    return wanted


def _may_start_workflow(case: Mapping[str, Any]) -> bool:
    return not case.get("run") and can("cases:write") and case.get("is_open", True)


def _context(case: Record, _tab: str) -> dict[str, Any]:
    responses = case.responses
    author = _author(case)
    has_contact = "contact" in responses and responses["contact"].ok
    asked = waiting_for_me(responses["items"].rows)
    return {
        "customer": _customer(case),
        "run": _run(case),
        "asked": asked[0] if asked else None,
        "author": author,
        "can_reply": bool(case.get("customer_id")) and can("customers:write"),
        "conversation": conversation(responses["messages"], responses["emails"], staff.names(), author),
        "origin_text": ORIGINS.get(case["origin"], ""),
        "reply_to": author.split(" ")[0] if has_contact else case.get("customer_name") or "the customer",
        "workflow_options": [(row["key"], row["name"]) for row in _rows(case, "workflows")],
    }


def _rows(case: Record, name: str) -> list[dict[str, Any]]:
    return case.responses[name].rows if name in case.responses else []


def _customer(case: Record) -> Mapping[str, Any]:
    response = case.responses.get("customer")
    return response.data if response and response.ok else {"name": case.get("customer_name")}


def _author(case: Record) -> str:
    """Who wrote for the customer: the contact, where the customer is an organization and has one."""
    for name in ("contact", "customer"):
        response = case.responses.get(name)
        if response and response.ok:
            return str(response.data["name"])
    return case.get("customer_name") or "The customer"


def _run(case: Record) -> dict[str, Any] | None:
    run = case.get("run")
    if not run:
        return None
    number = run["workflow_version"]
    steps: list[dict[str, Any]] = next(
        (version["steps"] for version in _rows(case, "versions") if version["number"] == number), []
    )
    return workflow_strip(run, steps, staff.names())


def _actions(case: Record) -> Iterable[Action]:
    allowed = [move for move in MOVES if move in case.get("allowed_statuses", [])]
    for index, move in enumerate(allowed):
        label, icon = move_label(move, case)
        yield Action(
            label=f"{label} …",
            href=f"/cases/{{id}}/move?to={move}",
            icon=icon,
            needs="cases:write",
            place="plain" if index < BUTTONS else "menu",
        )
    yield Action(
        label="Take it",
        href="/cases/{id}/assign",
        icon="user-check",
        needs="cases:write",
        when=lambda case: case.get("owner_id") != current_user().id,
        post=True,
        values=lambda case: {"owner_id": current_user().id, "version": case["version"]},
    )
    yield Action(label="Assign …", href="/cases/{id}/assign", icon="users", needs="cases:write", place="menu")


def _owner(case: Record) -> Markup:
    owner_id = case.get("owner_id")
    if not owner_id:
        return Markup('<span>Owner <span class="faint">nobody yet</span></span>')
    person = macro(cells.UI, "person", staff.name_of(owner_id) or "A colleague", owner_id)
    return Markup("<span>Owner {}</span>").format(person)


def _facts(case: Record) -> list[tuple[str, Any]]:
    custom = [(humanize(key), value) for key, value in (case.get("custom") or {}).items() if value]
    opened = cells.time(case, "opened_at" if case.get("opened_at") else "created_at")
    return [
        ("Type", humanize(case["type"])),
        ("It came", ORIGINS.get(case["origin"])),
        ("Priority", current_console().status_style("priority", case["priority"]).word),
        ("Outcome", case.get("outcome")),
        ("Form", case.get("form_key")),
        *custom,
        ("Opened", opened),
        ("Closed", cells.time(case, "closed_at") if case.get("closed_at") else None),
    ]


def _customer_facts(case: Record) -> list[tuple[str, Any]]:
    customer = _customer(case)
    facts = customer.get("facts") or {}
    state = "blocked" if customer.get("is_blocked") else customer.get("status")
    return [
        ("Status", macro(cells.UI, "status", "customer", state)),
        ("E-mail", cells.email(customer, "email") if customer.get("email") else None),
        ("Phone", cells.phone(customer, "phone") if customer.get("phone") else None),
        ("Open cases", facts.get("open_cases") or 0),
        ("Balance", money(facts.get("open_balance"))),
    ]


PAGE = RecordPage(
    section="cases",
    path="/cases/{id}",
    list_label="Cases",
    noun="case",
    service="cases",
    resource="/cases",
    needs="cases:read",
    title=lambda case: case["subject"],
    facts=(
        Fact(lambda case: Markup('<span class="strong">{}</span>').format(case["number"])),
        Fact(lambda case: cells.status("case")(case, "status")),
        Fact(lambda case: cells.status("priority")(case, "priority") if case["priority"] in PRESSING else None),
        Fact(
            lambda case: (_customer(case).get("name") or "Customer") if case.get("customer_id") else None,
            icon="building",
            href=lambda case: f"/customers/{case['customer_id']}",
        ),
        Fact(_owner),
    ),
    actions=_actions,
    tabs=(
        Tab(
            "talk",
            "Conversation",
            count=lambda case: len(case.responses["messages"].rows) + bool(case.get("description")),
        ),
        Tab(
            "answers",
            "Form answers",
            count=lambda case: len(case["answers"]),
            when=lambda case: bool(case.get("answers")),
        ),
        Tab("history", "History"),
    ),
    tab_parameter="tab",
    tabs_label="Case sections",
    panels=(
        Panel(title="Case", facts=_facts),
        Panel(
            title=lambda case: _customer(case).get("name") or "Customer",
            facts=_customer_facts,
            response="customer",
            service="customers",
            link=lambda case: f"/customers/{case['customer_id']}",
            link_label="Open",
            when=lambda case: bool(case.get("customer_id")),
        ),
        Panel(
            title="Workflow",
            template="cases/_workflow.html",
            response="workflows",
            when=lambda case: not case.get("run") and can("cases:write"),
        ),
    ),
    requests=_requests,
    follow_up=_follow_up,
    context=_context,
    templates={"": "cases/record.html"},
)


@blueprint.get("/cases/<id>")
def show_case(id: str) -> Response:
    """The conversation, or one of the other tabs."""
    return _show(id)


def _show(id: str, *, form: Form | None = None, decision_form: Form | None = None, status: int = 200) -> Response:
    tab = request.args.get("tab", "talk")
    return PAGE.show(id, tab=tab, status=status, form=form or Form(), decision_form=decision_form)


@blueprint.post("/cases/<id>/items/<item_id>/decide")
def decide_item_of_case(id: str, item_id: str) -> Response:
    """Decide what this case asks of me."""
    form = Form.posted()
    message = decide(item_id, form)
    return redirect_to(f"/cases/{id}", message) if message else _show(id, decision_form=form, status=422)


@blueprint.post("/cases/<id>/items/<item_id>/claim")
def claim_item_of_case(id: str, item_id: str) -> Response:
    """Claim what this case asks of me and others."""
    return redirect_to(f"/cases/{id}", claim(item_id, Form.posted()))


@blueprint.post("/cases/<id>/messages")
def write_message(id: str) -> Response:
    """A reply that the customer gets, or a note for colleagues: the button that was pressed decides."""
    require_permission("cases:write", "writing to cases")
    form = Form.posted()
    form.require("body", "Write something first.")
    if form.is_wrong:
        return _show(id, form=form, status=422)
    message = add_message(require(fetch("cases", f"/cases/{id}"), "case"), form)
    if message is None:
        return _show(id, form=form, status=422)
    if is_fragment():
        return _show(id, form=Form(values={"mode": form.value("mode")}))
    return redirect_to(f"/cases/{id}", message)


@blueprint.post("/cases/<id>/workflow")
def start_workflow(id: str) -> Response:
    """Start a workflow on a case that has none."""
    response = send("POST", "cases", f"/cases/{id}/workflow", body={"workflow": request.form.get("workflow", "")})
    message = f"«{response.data['workflow_name']}» has started." if response.ok else f"!{response.detail}"
    return redirect_to(f"/cases/{id}", message)
