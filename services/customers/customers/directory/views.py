"""The directory over HTTP."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select

from customers.directory import actions, queries
from customers.directory.actions import By
from customers.directory.models import Customer
from customers.directory.rules import CustomerKind, CustomerStatus
from customers.directory.schemas import Block, CustomerCreate, CustomerRead, CustomerUpdate, ExternalKey
from servicekit.auth import Principal, Scope
from servicekit.http.call import Call
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes
from servicekit.http.schemas import load

routes = Routes("directory")

CUSTOMERS = Listing(
    id=Customer.id,
    filters={
        "status": text(Customer.status, choices=CustomerStatus),
        "kind": text(Customer.kind, choices=CustomerKind),
        "owner_id": text(Customer.owner_id, nullable=True),
        "team_id": text(Customer.team_id, nullable=True),
        "industry": text(Customer.industry, nullable=True),
        "name": text(Customer.name, prefix=True),
        "email": text(Customer.email_norm),
        "source": text(Customer.source),
        "created_at": instant(Customer.created_at),
        "updated_at": instant(Customer.updated_at),
        "is_archived": flag(Customer.is_archived),
        "is_blocked": flag(Customer.is_blocked),
    },
    sorts={
        "created_at": Customer.created_at,
        "updated_at": Customer.updated_at,
        "name": Customer.name_search,
        "number": Customer.number,
        "status": Customer.status,
        "customer_since": Customer.customer_since,
    },
    default_sort="-created_at",
    search=queries.matching,
    records=queries.SHOWN,
)


@routes.page("/customers", needs="customers:read", listing=CUSTOMERS, returns=CustomerRead)
def list_customers(call: Call) -> Select[Any]:
    """List customers.

    Archived ones are left out unless `is_archived=true` asks for them. `q` looks into name, e-mail, phone number in any
    format, customer number and the names of contacts; accents and case do not matter.
    """
    return unless_asked(queries.customers_to_show(call.principal), call.query)


@routes.post(
    "/customers", needs="customers:write", body=CustomerCreate, returns=CustomerRead, location="/api/v1/customers/{id}"
)
def add_customer(call: Call) -> Customer:
    """Add a customer."""
    details = _with_owner(call.body, call.principal)
    allows_duplicate = details.pop("allow_duplicate")
    return actions.add_customer(call.session, details=details, by=_by(call), allows_duplicate=allows_duplicate)


@routes.get("/customers/<id>", needs="customers:read", returns=CustomerRead, is_live=True)
def show_customer(call: Call, id: str) -> Customer:
    """Show a customer."""
    return queries.find_customer(call.session, call.principal, id)


@routes.patch("/customers/<id>", needs="customers:write", body=CustomerUpdate, returns=CustomerRead)
def edit_customer(call: Call, id: str) -> Customer:
    """Edit a customer."""
    return actions.update_customer(call.session, _checked(call, id), details=call.body, by=_by(call))


@routes.put(
    "/customers/by-external-id/<system>/<external_id>",
    needs="customers:write",
    body=CustomerCreate,
    returns=CustomerRead,
    location="/api/v1/customers/{id}",
)
def put_customer(call: Call, system: str, external_id: str) -> tuple[Customer, int]:
    """Add or edit the customer that another system knows by this id.

    201 where it is new, else 200; only the fields given are changed, and the kind of a customer never is.
    """
    load(ExternalKey(), {"system": system, "external_id": external_id})
    details = {**call.body, "external_ids": {**call.body.get("external_ids", {}), system: external_id}}
    allows_duplicate = details.pop("allow_duplicate")
    known = queries.by_external_id(call.session, system, external_id)
    if known is None:
        details = _with_owner(details, call.principal)
        return actions.add_customer(call.session, details=details, by=_by(call), allows_duplicate=allows_duplicate), 201
    details.pop("kind")
    details.pop("source", None)
    return actions.update_customer(call.session, _checked(call, known), details=details, by=_by(call)), 200


@routes.action("/customers/<id>:archive", needs="customers:write", returns=CustomerRead)
def archive_customer(call: Call, id: str) -> Customer:
    """Archive a customer: out of the lists, and read-only."""
    return actions.archive_customer(call.session, _checked(call, id), by=_by(call))


@routes.action("/customers/<id>:restore", needs="customers:write", returns=CustomerRead)
def restore_customer(call: Call, id: str) -> Customer:
    """Restore an archived customer."""
    return actions.restore_customer(call.session, _checked(call, id), by=_by(call))


@routes.action("/customers/<id>:block", needs="customers:write", body=Block, returns=CustomerRead)
def block_customer(call: Call, id: str) -> Customer:
    """Block a customer: no new orders, no portal login."""
    return actions.block_customer(call.session, _checked(call, id), reason=call.body["reason"].strip(), by=_by(call))


@routes.action("/customers/<id>:unblock", needs="customers:write", returns=CustomerRead)
def unblock_customer(call: Call, id: str) -> Customer:
    """Unblock a customer."""
    return actions.unblock_customer(call.session, _checked(call, id), by=_by(call))


@routes.action("/customers/<id>:activate", needs="customers:write", returns=CustomerRead)
def activate_customer(call: Call, id: str) -> Customer:
    """Set a customer active."""
    return actions.update_customer(
        call.session, _checked(call, id), details={"status": CustomerStatus.ACTIVE}, by=_by(call)
    )


@routes.action("/customers/<id>:deactivate", needs="customers:write", returns=CustomerRead)
def deactivate_customer(call: Call, id: str) -> Customer:
    """Set a customer inactive."""
    return actions.update_customer(
        call.session, _checked(call, id), details={"status": CustomerStatus.INACTIVE}, by=_by(call)
    )


def unless_asked(customers: Select[Customer], query: Mapping[str, Any]) -> Select[Customer]:
    """Without the archived ones, unless the query says which of them it wants."""
    return customers if query.get("is_archived") is not None else customers.where(Customer.is_archived.is_(False))


def _by(call: Call) -> By:
    """The caller, now."""
    return By(now=call.now, principal=call.principal)


def _checked(call: Call, customer_id: str) -> Customer:
    customer = queries.find_customer(call.session, call.principal, customer_id)
    call.check_version(customer)
    return customer


def _with_owner(details: dict[str, Any], principal: Principal) -> dict[str, Any]:
    """Who sees only own records owns what they add; else it would vanish from their sight."""
    return {"owner_id": principal.id, **details} if principal.scope is Scope.OWN else dict(details)
