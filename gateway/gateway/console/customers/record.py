"""One customer on one page: header, numbers, tabs, what happened, and a composer for what happens now."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from gateway.console.page import formatters as wording
from gateway.console.page import lists
from gateway.console.page import staff as people
from gateway.console.page.client import Answered, Question, tell
from gateway.console.page.forms import Form
from gateway.console.page.rendering import allow, ask_page, go, is_fragment, need, page
from gateway.console.search.search import NUMBER, go_to_number

blueprint = Blueprint("console_customer", __name__)

KINDS = [
    ("note", "note", "Note"),
    ("call", "phone", "Call"),
    ("email", "mail", "E-mail"),
    ("meeting", "calendar-event", "Meeting"),
]
NO_ORDERS_YET = 404
LASTING = frozenset({"call", "meeting"})
TITLE_LENGTH = 120
FILTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "all": ("All", ()),
    "talks": ("Conversations", ("note", "activity", "email.sent", "email.failed")),
    "sales": (
        "Sales",
        ("order.placed", "order.confirmed", "order.fulfilled", "order.cancelled", "payment.received"),
    ),
    "service": (
        "Service",
        (
            *("form.submitted", "case.opened", "case.linked", "case.transitioned", "case.closed", "case.reopened"),
            *("workflow.started", "workflow.completed", "workflow.failed"),
            *("step.activated", "step.decided", "step.escalated"),
        ),
    ),
    "fields": (
        "Field changes",
        tuple(f"customer.{what}" for what in ("created", "updated", "archived", "restored", "blocked", "unblocked")),
    ),
}
TABS = {
    "overview": "Overview",
    "contacts": "Contacts",
    "timeline": "Timeline",
    "cases": "Cases",
    "orders": "Orders",
    "notes": "Notes",
}


@blueprint.get("/customers/<id>")
def show_customer(id: str) -> Response:
    """The overview."""
    if NUMBER.match(id):
        return go_to_number(id)
    return _show(id, "overview")


@blueprint.get("/customers/<id>/<any(contacts, timeline, cases, orders, notes):tab>")
def show_tab(id: str, tab: str) -> Response:
    """One of the other tabs."""
    return _show(id, tab)


@blueprint.post("/customers/<id>/log")
def log_interaction(id: str) -> Response:
    """Keep a note, or log a call, an e-mail or a meeting."""
    allow("customers:write", "logging activities")
    form = Form.posted()
    form.require("text", "Write what happened.")
    if form.is_wrong:
        return _show(id, "overview", form=form, status=422)
    answer = _write_note(id, form) if form.value("kind") in {"", "note"} else _log(id, form)
    if not answer.ok:
        return _show(id, "overview", form=form.refused(answer), status=answer.status)
    if is_fragment():
        return _show(id, "overview")
    return go(f"/customers/{id}", "It is on the timeline.")


def _write_note(id: str, form: Form) -> Answered:
    answer = tell("POST", "customers", "/notes", body={"customer_id": id, "body": form.value("text")})
    if answer.ok and form.value("pin"):
        return tell("POST", "customers", f"/notes/{answer.data['id']}:pin")
    return answer


def _log(id: str, form: Form) -> Answered:
    kind, (first, _, rest) = form.value("kind"), form.value("text").partition("\n")
    is_short = len(first) <= TITLE_LENGTH
    body: dict[str, Any] = {
        "customer_id": id,
        "kind": kind,
        "title": first.strip() if is_short else f"{first[:TITLE_LENGTH].rpartition(' ')[0]} …",
        "body": (rest.strip() if is_short else form.value("text")) or None,
        "outcome": form.value("outcome") or None,
    }
    if form.value("duration_minutes") and kind in LASTING:
        body["duration_minutes"] = form.value("duration_minutes")
    return tell("POST", "customers", "/activities", body=body)


@blueprint.post("/customers/<id>/contacts")
def add_contact(id: str) -> Response:
    """Add somebody we talk to there."""
    allow("customers:write", "adding contacts")
    form = Form.posted()
    form.require("name", "Enter a name.")
    if not form.value("email") and not form.value("phone"):
        form.errors["email"] = "Enter an e-mail or a phone number."
    if form.is_wrong:
        return _show(id, "contacts", form=form, status=422)
    body: dict[str, Any] = form.filled("name", "email", "phone", "job_title", "department")
    if form.value("is_primary"):
        body["is_primary"] = True
    answer = tell("POST", "customers", f"/customers/{id}/contacts", body=body)
    if answer.ok:
        return go(f"/customers/{id}/contacts", f"{answer.data['name']} is a contact now.")
    return _show(id, "contacts", form=form.refused(answer), status=answer.status)


@blueprint.post("/customers/<id>/notes/<note_id>/<any(pin, unpin):move>")
def pin_note(id: str, note_id: str, move: str) -> Response:
    """Keep a note on top, or let it go down."""
    answer = tell("POST", "customers", f"/notes/{note_id}:{move}")
    back = f"/customers/{id}/notes" if request.referrer and request.referrer.endswith("/notes") else f"/customers/{id}"
    said = "The note stands on top now." if move == "pin" else "The note is among the others."
    return go(back, said if answer.ok else f"!{answer.detail}")


@blueprint.post("/customers/<id>/balance")
def refresh_balance(id: str) -> Response:
    """Recompute it from the ledger, now."""
    answer = tell("POST", "orders", f"/customers/{id}/balance:refresh")
    said = f"The balance is {wording.money(answer.data['open_balance'])}, computed just now." if answer.ok else ""
    return go(f"/customers/{id}", said or f"!{answer.detail}")


def _show(id: str, tab: str, *, form: Form | None = None, status: int = 200) -> Response:
    allow("customers:read", "customers")
    shown = request.args.get("show", "all")
    shown = shown if shown in FILTERS else "all"
    answers = ask_page(**_questions(id, tab, shown))
    customer = need(answers.pop("customer"), "customer")
    template = "overview" if tab == "timeline" else tab
    return page(
        f"customers/{template}.html",
        status=status,
        customer=customer,
        tab=tab,
        tabs=_tabs(customer),
        moves=_moves(customer),
        form=form or Form(),
        kinds=KINDS,
        people=people.names(),
        facts=_facts(customer),
        **_balance(answers.pop("balance", None)),
        **_timeline(answers.get("timeline"), request.path.removesuffix("/log"), shown),
        **answers,
    )


def _questions(id: str, tab: str, shown: str) -> dict[str, Question]:
    path = f"/customers/{id}"
    kinds = FILTERS[shown][1]
    questions = {
        "customer": Question("customers", path),
        "balance": Question("orders", f"{path}/balance", needs="orders:read"),
    }
    if tab in {"overview", "timeline"}:
        asked = {
            "limit": 20 if tab == "overview" else 50,
            "kind[in]": ",".join(kinds) or None,
            "cursor": request.args.get("after"),
        }
        questions |= {
            "timeline": Question("customers", f"{path}/timeline", asked),
            "notes": Question("customers", "/notes", {"customer_id": id, "is_pinned": "true", "limit": 5}),
            "contacts": Question("customers", f"{path}/contacts", {"limit": 5}),
            "work": Question(
                "cases", "/work-items", {"customer_id": id, "state[in]": "open,claimed", "limit": 5}, needs="cases:read"
            ),
        }
    questions |= {
        "contacts": {"contacts": Question("customers", f"{path}/contacts", {"limit": 100})},
        "cases": {"cases": Question("cases", "/cases", {"customer_id": id, "limit": 50}, needs="cases:read")},
        "orders": {"orders": Question("orders", "/orders", {"customer_id": id, "limit": 50}, needs="orders:read")},
        "notes": {"notes": Question("customers", "/notes", {"customer_id": id, "limit": 50})},
    }.get(tab, {})
    return questions


def _tabs(customer: Mapping[str, Any]) -> list[dict[str, Any]]:
    path, facts = f"/customers/{customer['id']}", customer.get("facts") or {}
    counts = {"cases": facts.get("open_cases"), "orders": facts.get("orders")}
    labels = {**TABS, "contacts": "Contacts" if customer["kind"] == "organization" else "Works for"}
    return [
        {"key": key, "label": label, "href": path if key == "overview" else f"{path}/{key}", "count": counts.get(key)}
        for key, label in labels.items()
    ]


def _moves(customer: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    moves = (
        [("deactivate", "Set inactive", "player-pause")]
        if customer["status"] == "active"
        else [("activate", "Set active", "circle-check")]
    )
    return [("unblock", "Unblock", "lock-open"), *moves] if customer.get("is_blocked") else moves


def _facts(customer: Mapping[str, Any]) -> list[tuple[str, Any]]:
    address = customer.get("address") or {}
    town = " ".join(part for part in (address.get("postcode"), address.get("city")) if part)
    lines = ", ".join(part for part in (address.get("street"), town, address.get("country")) if part)
    known = [(wording.sentence(system), value) for system, value in (customer.get("external_ids") or {}).items()]
    return [
        ("Number", customer.get("number")),
        ("Industry", customer.get("industry")),
        ("Address", lines),
        ("Language", customer.get("language")),
        ("Source", wording.sentence(customer["source"]) if customer.get("source") else None),
        ("Added", wording.when(customer.get("created_at"))),
        *known,
    ]


def _balance(answer: Answered | None) -> dict[str, Any]:
    if answer is None:
        return {"balance": {}, "balance_state": "missing"}
    return {
        "balance": answer.data if answer.ok else {},
        "balance_state": "ok" if answer.status == NO_ORDERS_YET else answer.state,
    }


def _timeline(answer: Answered | None, path: str, shown: str) -> dict[str, Any]:
    if answer is None:
        return {}
    entries = [{**entry, "day": _day(entry), "data": entry.get("data") or {}} for entry in answer.rows]
    chosen = {"show": shown if shown != "all" else ""}
    return {
        "entries": entries,
        "shown": shown,
        "filters": [
            (key, label, lists.address(path, {}, show=key if key != "all" else None))
            for key, (label, _) in FILTERS.items()
        ],
        "older_href": lists.address(path, chosen, after=answer.next),
    }


def _day(entry: Mapping[str, Any]) -> str:
    at = wording.instant(entry.get("at"))
    return f"{at:%Y-%m-%d}" if at else ""
