"""Contacts over HTTP."""

from typing import Any

from sqlalchemy import Select, or_

from customers.contacts import actions, queries
from customers.contacts.schemas import ContactCreate, ContactRead, ContactUpdate
from customers.directory.actions import By
from customers.directory.models import Contact
from customers.directory.queries import find_customer
from servicekit.errors import one_field
from servicekit.http.call import Call
from servicekit.http.filters import flag, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("contacts")

CONTACTS = Listing(
    id=Contact.id,
    filters={
        "organization_id": text(Contact.organization_id),
        "person_id": text(Contact.person_id),
        "is_primary": flag(Contact.is_primary),
    },
    sorts={"is_primary": Contact.is_primary, "created_at": Contact.created_at},
    default_sort="-is_primary,created_at",
)


@routes.page("/contacts", needs="customers:read", listing=CONTACTS, returns=ContactRead)
def list_contacts(call: Call) -> Select[Any]:
    """List the contacts of all organizations."""
    return queries.visible_contacts(call.principal)


@routes.page("/customers/<id>/contacts", needs="customers:read", listing=CONTACTS, returns=ContactRead)
def list_contacts_of(call: Call, id: str) -> Select[Any]:
    """List the contacts of an organization, the primary one first.

    For an individual: the organizations that it is a contact of.
    """
    customer = find_customer(call.session, call.principal, id)
    is_theirs = or_(Contact.organization_id == customer.id, Contact.person_id == customer.id)
    return queries.visible_contacts(call.principal).where(is_theirs)


@routes.post(
    "/customers/<id>/contacts",
    needs="customers:write",
    body=ContactCreate,
    returns=ContactRead,
    location="/api/v1/contacts/{id}",
)
def add_contact(call: Call, id: str) -> Contact:
    """Add a contact to an organization."""
    organization = find_customer(call.session, call.principal, id)
    return actions.add_contact(call.session, organization, details=call.body, by=_by(call))


@routes.get("/contacts/<id>", needs="customers:read", returns=ContactRead)
def show_contact(call: Call, id: str) -> Contact:
    """Show a contact."""
    return queries.find_contact(call.session, call.principal, id)


@routes.patch("/contacts/<id>", needs="customers:write", body=ContactUpdate, returns=ContactRead)
def edit_contact(call: Call, id: str) -> Contact:
    """Edit a contact."""
    contact = _checked(call, id)
    if call.body.get("is_primary") is False and contact.is_primary:
        detail = "An organization always has a primary contact: make another one primary instead."
        raise one_field("/is_primary", "primary_needed", detail)
    return actions.update_contact(call.session, contact, details=call.body, by=_by(call))


@routes.action("/contacts/<id>:set-primary", needs="customers:write", returns=ContactRead)
def set_primary_contact(call: Call, id: str) -> Contact:
    """Make it the primary contact of its organization."""
    return actions.set_primary(call.session, _checked(call, id), by=_by(call))


@routes.delete("/contacts/<id>", needs="customers:write")
def remove_contact(call: Call, id: str) -> None:
    """Remove a contact from its organization; the person stays in the directory."""
    actions.remove_contact(call.session, _checked(call, id), by=_by(call))


def _by(call: Call) -> By:
    return By(now=call.now, principal=call.principal)


def _checked(call: Call, contact_id: str) -> Contact:
    contact = queries.find_contact(call.session, call.principal, contact_id)
    call.check_version(contact)
    return contact
