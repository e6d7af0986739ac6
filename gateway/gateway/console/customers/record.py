"""One customer on one page: header, numbers, tabs, and beside them what waits, whom to talk to and what is owed."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from flask import Blueprint, Response, request

from gateway.console.cases.list import TABLE as CASES
from gateway.console.customers.contacts import CONTACTS, ORGANIZATIONS
from gateway.console.customers.interactions import KINDS
from gateway.console.customers.statuses import is_organization, shown_status
from gateway.console.customers.timeline import FILTERS, filter_of, timeline_context
from gateway.console.orders.list import TABLE as ORDERS
from gateway.console.page.actions import Action
from gateway.console.page.client import ApiRequest, send
from gateway.console.page.current_user import can
from gateway.console.page.formatters import humanize, money, web_name, web_url, when
from gateway.console.page.forms import Form
from gateway.console.page.records import Fact, Notice, Panel, Record, RecordPage, Tab
from gateway.console.page.rendering import redirect_to

blueprint = Blueprint("console_customer", __name__)

TALK: Final = frozenset({"overview", "timeline"})
"""The tabs with the timeline."""


def _requests(id: str, tab: str) -> dict[str, ApiRequest]:
    path = f"/customers/{id}"
    requests = {"balance": ApiRequest("orders", f"{path}/balance", needs="orders:read")}
    if tab in TALK:
        return requests | _talk_requests(id, tab)
    of_customer = {"customer_id": id, "limit": 50}
    return requests | {
        "contacts": {"contacts": ApiRequest("customers", f"{path}/contacts", {"limit": 100})},
        "cases": {"cases": ApiRequest("cases", "/cases", of_customer, needs="cases:read")},
        "orders": {"orders": ApiRequest("orders", "/orders", of_customer, needs="orders:read")},
        "notes": {"notes": ApiRequest("customers", "/notes", of_customer)},
    }.get(tab, {})


def _talk_requests(id: str, tab: str) -> dict[str, ApiRequest]:
    path = f"/customers/{id}"
    kinds = FILTERS[filter_of(request.args.get("show", "all"))][1]
    entries = {
        "limit": 20 if tab == "overview" else 50,
        "kind[in]": ",".join(kinds) or None,
        "cursor": request.args.get("after"),
    }
    waiting = {"customer_id": id, "state[in]": "open,claimed", "limit": 5}
    return {
        "timeline": ApiRequest("customers", f"{path}/timeline", entries),
        "notes": ApiRequest("customers", "/notes", {"customer_id": id, "is_pinned": "true", "limit": 5}),
        "contacts": ApiRequest("customers", f"{path}/contacts", {"limit": 5}),
        "work": ApiRequest("cases", "/work-items", waiting, needs="cases:read"),
    }


def _context(customer: Record, _tab: str) -> dict[str, Any]:
    balance = customer.responses["balance"]
    path = request.path.removesuffix("/log")
    shown = filter_of(request.args.get("show", "all"))
    return {
        "balance": balance.data if balance.ok else {},
        "kinds": KINDS,
        "is_editable": can("customers:write") and not customer.get("is_archived"),
        "contacts_table": CONTACTS if is_organization(customer) else ORGANIZATIONS,
        "cases_table": CASES.without("customer_name"),
        "orders_table": ORDERS.without("customer_name").changed("placed_at", phone=3),
        **timeline_context(customer.responses.get("timeline"), path, shown),
    }


def _kind(customer: Record) -> str:
    return "Organization" if is_organization(customer) else "Person"


def _place(customer: Record) -> str | None:
    found = (customer.get("address") or {}).get("city")
    return str(found) if found else None


def _actions(customer: Record) -> Iterable[Action]:
    if customer.get("is_archived"):
        return [
            Action(
                label="Restore",
                href="/customers/{id}/restore",
                icon="archive-off",
                needs="customers:write",
                place="primary",
                post=True,
            )
        ]
    return ACTIONS if can("customers:write") else []


def _compose_href(customer: Mapping[str, Any]) -> str:
    path = f"/customers/{customer['id']}"
    is_here = request.path.removesuffix("/log") in {path, f"{path}/timeline"}
    return "#compose" if is_here else f"{path}#compose"


def _step(label: str, verb: str, icon: str, when: Callable[[Any], bool] | None = None) -> Action:
    """A step that needs no words, in the menu."""
    return Action(label=label, href=f"/customers/{{id}}/{verb}", icon=icon, place="menu", post=True, when=when or True)


ACTIONS: Final = (
    Action(label="Log activity", href=_compose_href, icon="pencil", place="primary"),
    Action(label="New case", href="/cases/new?customer={id}", icon="lifebuoy", needs="cases:write"),
    Action(
        label="New order",
        href="/orders/new?customer={id}",
        icon="receipt",
        needs="orders:write",
        when=lambda customer: not customer.get("is_blocked"),
        hide_on_phone=True,
    ),
    Action(label="Edit", href="/customers/{id}/edit", icon="edit"),
    _step("Unblock", "unblock", "lock-open", lambda customer: customer.get("is_blocked")),
    _step("Set inactive", "deactivate", "player-pause", lambda customer: customer["status"] == "active"),
    _step("Set active", "activate", "circle-check", lambda customer: customer["status"] != "active"),
    Action(
        label="Block …",
        href="/customers/{id}/block",
        icon="ban",
        place="menu",
        when=lambda customer: not customer.get("is_blocked"),
    ),
    _step("Archive", "archive", "archive"),
)


def _known_facts(customer: Record) -> list[tuple[str, Any]]:
    address = customer.get("address") or {}
    town = " ".join(part for part in (address.get("postcode"), address.get("city")) if part)
    lines = ", ".join(part for part in (address.get("street"), town, address.get("country")) if part)
    external = [(humanize(system), value) for system, value in (customer.get("external_ids") or {}).items()]
    return [
        ("Number", customer.get("number")),
        ("Industry", customer.get("industry")),
        ("Address", lines),
        ("Language", customer.get("language")),
        ("Source", humanize(customer["source"]) if customer.get("source") else None),
        ("Added", when(customer.get("created_at"))),
        *external,
    ]


def _of_facts(name: str) -> Any:
    return lambda customer: (customer.get("facts") or {}).get(name)


def _as_of(customer: Record) -> str:
    balance = customer.responses["balance"]
    as_of = balance.data.get("as_of") if balance.ok else None
    return f"as of {when(as_of)}" if as_of else ""


def _edit_href(customer: Record) -> str:
    is_editable = can("customers:write") and not customer.get("is_archived")
    return f"/customers/{customer['id']}/edit" if is_editable else ""


PAGE = RecordPage(
    section="customers",
    path="/customers/{id}",
    list_label="Customers",
    noun="customer",
    service="customers",
    resource="/customers",
    needs="customers:read",
    title=lambda customer: customer["name"],
    avatar=lambda customer: customer["name"],
    avatar_is_square=is_organization,
    chips=lambda customer: [("customer", shown_status(customer))],
    facts=(
        Fact(lambda customer: f"{customer.get('industry') or _kind(customer)} · {customer['number']}"),
        Fact(_place, icon="map-pin"),
    ),
    contact_facts=(
        Fact(lambda c: c.get("email"), icon="mail", href=lambda c: f"mailto:{c['email']}"),
        Fact(lambda c: c.get("phone"), icon="phone", href=lambda c: f"tel:{c['phone'].replace(' ', '')}"),
        Fact(
            lambda c: web_name(c["website"]) if c.get("website") else None,
            icon="world",
            href=lambda c: web_url(c["website"]),
        ),
    ),
    notices=(
        Notice(
            icon="ban",
            title="Blocked.",
            text=lambda customer: (
                f"{customer.get('blocked_reason') or 'No reason was given.'} No new orders are taken; cases stay open."
            ),
            when=lambda customer: customer.get("is_blocked"),
        ),
        Notice(
            tone="n",
            icon="archive",
            title="Archived.",
            text="Left out of lists and searches, and read only until it is restored.",
            when=lambda customer: customer.get("is_archived"),
        ),
    ),
    actions=_actions,
    tabs=(
        Tab("overview", "Overview"),
        Tab("contacts", lambda customer: "Contacts" if is_organization(customer) else "Works for"),
        Tab("timeline", "Timeline"),
        Tab("cases", "Cases", count=_of_facts("open_cases")),
        Tab("orders", "Orders", count=_of_facts("orders")),
        Tab("notes", "Notes"),
    ),
    tabs_label="Customer sections",
    panels=(
        Panel(
            title="Waiting for people",
            template="customers/_waiting.html",
            response="work",
            service="cases",
            fills=True,
            tabs=TALK,
        ),
        Panel(
            title="Contacts",
            template="customers/_first_contacts.html",
            response="contacts",
            link=lambda customer: f"/customers/{customer['id']}/contacts",
            fills=True,
            tabs=TALK,
            when=is_organization,
        ),
        Panel(
            title="Balance",
            template="customers/_balance.html",
            response="balance",
            missing_is_ok=True,
            service="orders",
            note=_as_of,
            tabs=TALK,
        ),
        Panel(
            title="Key facts",
            template="customers/_key_facts.html",
            facts=_known_facts,
            link=_edit_href,
            link_label="Edit",
            link_icon="pencil",
            tabs=TALK,
        ),
        Panel(title="Relates to", template="customers/_relates_to.html", fills=True, tabs=TALK),
    ),
    requests=_requests,
    context=_context,
    templates={
        "overview": "customers/timeline.html",
        "timeline": "customers/timeline.html",
        "contacts": "customers/contacts.html",
        "cases": "customers/cases.html",
        "orders": "customers/orders.html",
        "notes": "customers/notes.html",
    },
)


@blueprint.get("/customers/<id>")
def show_customer(id: str) -> Response:
    """The overview."""
    return show(id)


@blueprint.get("/customers/<id>/<any(contacts, timeline, cases, orders, notes):tab>")
def show_tab(id: str, tab: str) -> Response:
    """One of the other tabs."""
    return show(id, tab)


def show(id: str, tab: str = "overview", *, form: Form | None = None, status: int = 200) -> Response:
    """The page with this tab; with a form that has errors, or an empty one."""
    return PAGE.show(id, tab=tab, status=status, form=form or Form())


@blueprint.post("/customers/<id>/balance")
def refresh_balance(id: str) -> Response:
    """Compute it from the ledger, now."""
    response = send("POST", "orders", f"/customers/{id}/balance:refresh")
    if response.ok:
        return redirect_to(
            f"/customers/{id}", f"The balance is {money(response.data['open_balance'])}, computed just now."
        )
    return redirect_to(f"/customers/{id}", f"!{response.detail}")
