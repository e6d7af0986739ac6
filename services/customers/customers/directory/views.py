"""The directory over HTTP, and the timeline of each customer: who may see the customer may see it."""

from typing import Any

from sqlalchemy import Select

from customers.directory import actions, queries
from customers.directory.listing import CUSTOMERS, leave_out_archived
from customers.directory.models import Customer
from customers.directory.rules import CustomerStatus
from customers.directory.schemas import Block, CustomerCreate, CustomerRead, CustomerUpdate, ExternalKey
from customers.timeline.listing import TIMELINE
from customers.timeline.queries import entries_of
from customers.timeline.schemas import EntryRead
from servicekit.auth import Principal, Scope
from servicekit.http.call import Call
from servicekit.http.routes import Routes
from servicekit.http.schemas import load

routes = Routes("directory")
timeline = Routes("timeline")


@routes.page("/customers", needs="customers:read", listing=CUSTOMERS, returns=CustomerRead)
def list_customers(call: Call) -> Select[Any]:
    """List customers.

    Archived ones are left out unless `is_archived=true` asks for them. `q` looks into name, e-mail, phone number in any
    format, customer number and the names of contacts; accents and case do not matter.
    """
    return leave_out_archived(queries.customers_to_show(call.principal), call.query)


@routes.post(
    "/customers", needs="customers:write", body=CustomerCreate, returns=CustomerRead, location="/api/v1/customers/{id}"
)
def create_customer(call: Call) -> Customer:
    """Create a customer."""
    details = _with_owner(call.body, call.principal)
    allows_duplicate = details.pop("allow_duplicate")
    return actions.create_customer(call.session, by=call.by, details=details, allows_duplicate=allows_duplicate)


@routes.get("/customers/<id>", needs="customers:read", returns=CustomerRead, is_live=True)
def get_customer(call: Call, id: str) -> Customer:
    """Show a customer."""
    return queries.get_customer(call.session, call.principal, id)


@routes.patch("/customers/<id>", needs="customers:write", body=CustomerUpdate, returns=CustomerRead)
def update_customer(call: Call, id: str) -> Customer:
    """Update a customer."""
    return actions.update_customer(call.session, _checked(call, id), by=call.by, details=call.body)


@routes.put(
    "/customers/by-external-id/<system>/<external_id>",
    needs="customers:write",
    body=CustomerCreate,
    returns=CustomerRead,
    location="/api/v1/customers/{id}",
)
def put_customer_by_external_id(call: Call, system: str, external_id: str) -> tuple[Customer, int]:
    """Create or update the customer that another system knows by this id.

    201 where it is new, else 200; only the fields given are changed, and the kind of a customer never is.
    """
    load(ExternalKey(), {"system": system, "external_id": external_id})
    details = {**call.body, "external_ids": {**call.body.get("external_ids", {}), system: external_id}}
    allows_duplicate = details.pop("allow_duplicate")
    known = queries.find_customer_id(call.session, system, external_id)
    if known is None:
        owned = _with_owner(details, call.principal)
        created = actions.create_customer(call.session, by=call.by, details=owned, allows_duplicate=allows_duplicate)
        return created, 201
    details.pop("kind")
    details.pop("source", None)
    return actions.update_customer(call.session, _checked(call, known), by=call.by, details=details), 200


@routes.action("/customers/<id>:archive", needs="customers:write", returns=CustomerRead)
def archive_customer(call: Call, id: str) -> Customer:
    """Archive a customer: out of the lists, and read-only."""
    return actions.archive_customer(call.session, _checked(call, id), by=call.by)


@routes.action("/customers/<id>:restore", needs="customers:write", returns=CustomerRead)
def restore_customer(call: Call, id: str) -> Customer:
    """Restore an archived customer."""
    return actions.restore_customer(call.session, _checked(call, id), by=call.by)


@routes.action("/customers/<id>:block", needs="customers:write", body=Block, returns=CustomerRead)
def block_customer(call: Call, id: str) -> Customer:
    """Block a customer: no new orders, no portal login."""
    return actions.block_customer(call.session, _checked(call, id), by=call.by, reason=call.body["reason"].strip())


@routes.action("/customers/<id>:unblock", needs="customers:write", returns=CustomerRead)
def unblock_customer(call: Call, id: str) -> Customer:
    """Unblock a customer."""
    return actions.unblock_customer(call.session, _checked(call, id), by=call.by)


@routes.action("/customers/<id>:activate", needs="customers:write", returns=CustomerRead)
def activate_customer(call: Call, id: str) -> Customer:
    """Set a customer active."""
    return actions.update_customer(
        call.session, _checked(call, id), by=call.by, details={"status": CustomerStatus.ACTIVE}
    )


@routes.action("/customers/<id>:deactivate", needs="customers:write", returns=CustomerRead)
def deactivate_customer(call: Call, id: str) -> Customer:
    """Set a customer inactive."""
    return actions.update_customer(
        call.session, _checked(call, id), by=call.by, details={"status": CustomerStatus.INACTIVE}
    )


@timeline.page("/customers/<id>/timeline", needs="customers:read", listing=TIMELINE, returns=EntryRead)
def list_customer_timeline(call: Call, id: str) -> Select[Any]:
    """List everything that happened with a customer, the newest first."""
    customer = queries.get_customer(call.session, call.principal, id)
    visible_ids = queries.visible_customer_ids(call.principal)
    return entries_of(customer.id, call.principal, visible_ids=visible_ids)


def _checked(call: Call, customer_id: str) -> Customer:
    customer = queries.get_customer(call.session, call.principal, customer_id)
    call.check_version(customer)
    return customer


def _with_owner(details: dict[str, Any], principal: Principal) -> dict[str, Any]:
    """Who sees only own records owns what they add; else it would vanish from their sight."""
    return {"owner_id": principal.id, **details} if principal.scope is Scope.OWN else dict(details)
