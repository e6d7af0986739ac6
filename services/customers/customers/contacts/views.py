"""Contacts over HTTP."""

from typing import Any

from sqlalchemy import Select, or_

from customers.contacts import actions, queries
from customers.contacts.listing import CONTACTS
from customers.contacts.schemas import ContactCreate, ContactRead, ContactUpdate
from customers.directory.models import Contact
from customers.directory.queries import get_customer
from servicekit.errors import one_field
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("contacts")


@routes.page("/contacts", needs="customers:read", listing=CONTACTS, returns=ContactRead)
def list_contacts(call: Call) -> Select[Any]:
    """List the contacts of all organizations."""
    return queries.visible_contacts(call.principal)


@routes.page("/customers/<id>/contacts", needs="customers:read", listing=CONTACTS, returns=ContactRead)
def list_customer_contacts(call: Call, id: str) -> Select[Any]:
    """List the contacts of an organization, the primary one first.

    For an individual: the organizations that it is a contact of.
    """
    customer = get_customer(call.session, call.principal, id)
    is_theirs = or_(Contact.organization_id == customer.id, Contact.person_id == customer.id)
    return queries.visible_contacts(call.principal).where(is_theirs)


@routes.post(
    "/customers/<id>/contacts",
    needs="customers:write",
    body=ContactCreate,
    returns=ContactRead,
    location="/api/v1/contacts/{id}",
)
def create_contact(call: Call, id: str) -> Contact:
    """Add a contact to an organization."""
    organization = get_customer(call.session, call.principal, id)
    return actions.create_contact(call.session, by=call.by, organization=organization, details=call.body)


@routes.get("/contacts/<id>", needs="customers:read", returns=ContactRead)
def get_contact(call: Call, id: str) -> Contact:
    """Show a contact."""
    return queries.get_contact(call.session, call.principal, id)


@routes.patch("/contacts/<id>", needs="customers:write", body=ContactUpdate, returns=ContactRead)
def update_contact(call: Call, id: str) -> Contact:
    """Update a contact."""
    contact = _checked(call, id)
    if call.body.get("is_primary") is False and contact.is_primary:
        detail = "An organization always has a primary contact: make another one primary instead."
        raise one_field("/is_primary", "primary_needed", detail)
    return actions.update_contact(call.session, contact, by=call.by, details=call.body)


@routes.action("/contacts/<id>:set-primary", needs="customers:write", returns=ContactRead)
def set_primary_contact(call: Call, id: str) -> Contact:
    """Make it the primary contact of its organization."""
    return actions.set_primary_contact(call.session, _checked(call, id), by=call.by)


@routes.delete("/contacts/<id>", needs="customers:write")
def delete_contact(call: Call, id: str) -> None:
    """Remove a contact from its organization; the person stays in the directory."""
    actions.delete_contact(call.session, _checked(call, id), by=call.by)


def _checked(call: Call, contact_id: str) -> Contact:
    contact = queries.get_contact(call.session, call.principal, contact_id)
    call.check_version(contact)
    return contact
