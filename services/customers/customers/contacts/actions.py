"""Create, update and delete contacts; an organization that has any has exactly one primary one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from customers.contacts import queries, rules
from customers.contacts.events import ContactAdded, ContactPersonal
from customers.directory.actions import create_customer, mark_customer_changed, update_customer
from customers.directory.models import Contact, Customer
from customers.directory.queries import get_customer, visible_customer_ids, with_email
from customers.directory.rules import CustomerKind, DuplicateCustomer
from customers.directory.search import refresh_search_text
from customers.timeline.actions import EntrySubject, NewEntry, add_entry
from servicekit.actor import Actor
from servicekit.addresses import UnreadableAddress, normal_email
from servicekit.database.locks import lock
from servicekit.ids import new_id
from servicekit.messaging.outbox import record

_OF_PERSON = ("name", "first_name", "last_name", "email", "phone")


def create_contact(session: Session, *, by: Actor, organization: Customer, details: Mapping[str, Any]) -> Contact:
    """Make a person a contact: the one named by `person_id`, else the one with that e-mail, else a new one."""
    organization.check_not_archived()
    rules.refuse_person(organization.kind)
    person = _person_for(session, organization, details, by=by)
    known = session.scalars(queries.between(organization.id, person.id)).one_or_none()
    if known is not None:
        raise rules.AlreadyContact(
            f"{person.name} is a contact of {organization.name} already.", existing={"id": known.id}
        )
    return affiliate_person(
        session,
        person,
        by=by,
        organization=organization,
        job_title=details.get("job_title"),
        department=details.get("department"),
        is_primary=details.get("is_primary", False),
    )


def affiliate_person(
    session: Session,
    person: Customer,
    *,
    by: Actor,
    organization: Customer,
    job_title: str | None = None,
    department: str | None = None,
    is_primary: bool = False,
) -> Contact:
    """Join the two; the first contact of an organization becomes its primary one."""
    _lock(session, organization)
    primary = session.scalars(queries.primary_of(organization.id)).one_or_none()
    if primary is not None and is_primary:
        _demote(session, primary, by)
    contact = Contact(
        id=new_id("con"),
        organization=organization,
        person=person,
        job_title=job_title,
        department=department,
        is_primary=is_primary or primary is None,
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(contact)
    refresh_search_text(session, organization)
    record(session, _added(contact), about=contact, at=by.now)
    _add_entry(session, contact, by, kind="contact.added")
    mark_customer_changed(session, organization, by=by, changed="contacts")
    return contact


def update_contact(session: Session, contact: Contact, *, by: Actor, details: Mapping[str, Any]) -> Contact:
    """Apply a merge patch: name, e-mail and phone are the person's own, the rest is the job there."""
    contact.organization.check_not_archived()
    of_person = {name: value for name, value in details.items() if name in _OF_PERSON}
    if of_person:
        if by.principal is not None:
            get_customer(session, by.principal, contact.person_id)
        update_customer(session, contact.person, by=by, details=of_person)
    for name in {"job_title", "department"} & set(details):
        setattr(contact, name, details[name])
    contact.updated_at = by.now
    if details.get("is_primary") and not contact.is_primary:
        set_primary_contact(session, contact, by=by)
    return contact


def set_primary_contact(session: Session, contact: Contact, *, by: Actor) -> Contact:
    """Make it the primary contact instead of the present one; the second time changes nothing."""
    contact.organization.check_not_archived()
    if contact.is_primary:
        return contact
    _lock(session, contact.organization)
    primary = session.scalars(queries.primary_of(contact.organization_id)).one_or_none()
    if primary is not None:
        _demote(session, primary, by)
    contact.is_primary, contact.updated_at = True, by.now
    _add_entry(session, contact, by, kind="contact.primary")
    mark_customer_changed(session, contact.organization, by=by, changed="primary_contact")
    return contact


def delete_contact(session: Session, contact: Contact, *, by: Actor) -> None:
    """End the affiliation; the person stays a customer. The oldest of the others takes over as primary."""
    contact.organization.check_not_archived()
    organization, was_primary = contact.organization, contact.is_primary
    _lock(session, organization)
    _add_entry(session, contact, by, kind="contact.removed")
    session.delete(contact)
    refresh_search_text(session, organization)
    heir = session.scalars(queries.oldest_of(organization.id)).one_or_none()
    if was_primary and heir is not None:
        heir.is_primary, heir.updated_at = True, by.now
    mark_customer_changed(session, organization, by=by, changed="contacts")


def _lock(session: Session, organization: Customer) -> None:
    """One after the other; it may have been archived while this one waited."""
    lock(session, organization)
    organization.check_not_archived()


def _person_for(session: Session, organization: Customer, details: Mapping[str, Any], *, by: Actor) -> Customer:
    if details.get("person_id"):
        assert by.principal is not None  # noqa: S101 - only a caller names a person
        person = get_customer(session, by.principal, details["person_id"])
        rules.refuse_organization(person.kind)
        return person
    known = _person_with(session, details.get("email"), by)
    if known is not None:
        return known
    new = {name: details[name] for name in _OF_PERSON if name in details}
    return create_customer(
        session,
        by=by,
        details={
            **new,
            "kind": CustomerKind.INDIVIDUAL,
            "language": organization.language,
            "owner_id": organization.owner_id,
            "team_id": organization.team_id,
            "source": "contact",
        },
    )


def _person_with(session: Session, email: str | None, by: Actor) -> Customer | None:
    try:
        email_norm = normal_email(email) if email else None
    except UnreadableAddress:
        return None  # adding the person will say what is wrong with it
    if email_norm is None:
        return None
    person = session.scalars(with_email(CustomerKind.INDIVIDUAL, email_norm).limit(1)).one_or_none()
    if person is not None and by.principal is not None:
        seen = visible_customer_ids(by.principal).where(Customer.id == person.id)
        if session.scalars(seen).one_or_none() is None:
            raise DuplicateCustomer("A customer that you may not see has this e-mail.")
    return person


def _demote(session: Session, primary: Contact, by: Actor) -> None:
    primary.is_primary, primary.updated_at = False, by.now
    session.flush()  # before the next one is primary: the index holds at every statement


def _added(contact: Contact) -> ContactAdded:
    person = contact.person
    return ContactAdded(
        id=contact.id,
        organization_id=contact.organization.id,
        person_id=person.id,
        is_primary=contact.is_primary,
        personal=ContactPersonal(name=person.name, email=person.email, phone=person.phone),
    )


def _add_entry(session: Session, contact: Contact, by: Actor, *, kind: str) -> None:
    new = NewEntry(
        kind=kind,
        subject=EntrySubject(type="contact", id=contact.id),
        customer_id=contact.organization.id,
        contact_id=contact.person.id,
        data={"name": contact.person.name},
    )
    add_entry(session, new, by=by)
