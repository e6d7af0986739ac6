"""Add, edit and remove contacts; an organization that has any has exactly one primary one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from customers.contacts import queries, rules
from customers.directory.actions import (
    By,
    add_customer,
    mark_changed,
    refresh_search,
    refuse_archived,
    update_customer,
)
from customers.directory.models import Contact, Customer
from customers.directory.queries import find_customer, visible_customer_ids, with_email
from customers.directory.rules import CustomerKind, DuplicateCustomer
from customers.events import ContactAdded, ContactPersonal
from customers.timeline.actions import Story, Subject, tell
from servicekit.addresses import UnreadableAddress, normal_email
from servicekit.database.locks import lock
from servicekit.ids import new_id
from servicekit.messaging.outbox import record

_OF_PERSON = ("name", "first_name", "last_name", "email", "phone")


def add_contact(session: Session, organization: Customer, *, details: Mapping[str, Any], by: By) -> Contact:
    """Make a person a contact: the one named by `person_id`, else the one with that e-mail, else a new one."""
    refuse_archived(organization)
    rules.refuse_person(organization.kind)
    person = _person_for(session, organization, details, by=by)
    known = session.scalars(queries.between(organization.id, person.id)).one_or_none()
    if known is not None:
        raise rules.AlreadyContact(
            f"{person.name} is a contact of {organization.name} already.", existing={"id": known.id}
        )
    return affiliate(
        session,
        organization,
        person,
        by=by,
        job_title=details.get("job_title"),
        department=details.get("department"),
        is_primary=details.get("is_primary", False),
    )


def affiliate(
    session: Session,
    organization: Customer,
    person: Customer,
    *,
    by: By,
    job_title: str | None = None,
    department: str | None = None,
    is_primary: bool = False,
) -> Contact:
    """Join the two; the first contact of an organization becomes its primary one."""
    _hold(session, organization)
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
    refresh_search(session, organization)
    record(session, _added(contact), about=contact, at=by.now)
    _tell(session, contact, by, kind="contact.added", sentence=f"New contact: {person.name}")
    mark_changed(session, organization, changed="contacts", by=by)
    return contact


def update_contact(session: Session, contact: Contact, *, details: Mapping[str, Any], by: By) -> Contact:
    """Apply a merge patch: name, e-mail and phone are the person's own, the rest is the job there."""
    refuse_archived(contact.organization)
    of_person = {name: value for name, value in details.items() if name in _OF_PERSON}
    if of_person:
        if by.principal is not None:
            find_customer(session, by.principal, contact.person_id)
        update_customer(session, contact.person, details=of_person, by=by)
    for name in {"job_title", "department"} & set(details):
        setattr(contact, name, details[name])
    contact.updated_at = by.now
    if details.get("is_primary") and not contact.is_primary:
        set_primary(session, contact, by=by)
    return contact


def set_primary(session: Session, contact: Contact, *, by: By) -> Contact:
    """Make it the primary contact instead of the present one; the second time changes nothing."""
    refuse_archived(contact.organization)
    if contact.is_primary:
        return contact
    _hold(session, contact.organization)
    primary = session.scalars(queries.primary_of(contact.organization_id)).one_or_none()
    if primary is not None:
        _demote(session, primary, by)
    contact.is_primary, contact.updated_at = True, by.now
    _tell(session, contact, by, kind="contact.primary", sentence=f"Primary contact is now {contact.person.name}")
    mark_changed(session, contact.organization, changed="primary_contact", by=by)
    return contact


def remove_contact(session: Session, contact: Contact, *, by: By) -> None:
    """End the affiliation; the person stays a customer. The oldest of the others takes over as primary."""
    refuse_archived(contact.organization)
    organization, was_primary = contact.organization, contact.is_primary
    _hold(session, organization)
    _tell(session, contact, by, kind="contact.removed", sentence=f"No longer a contact: {contact.person.name}")
    session.delete(contact)
    refresh_search(session, organization)
    heir = session.scalars(queries.oldest_of(organization.id)).one_or_none()
    if was_primary and heir is not None:
        heir.is_primary, heir.updated_at = True, by.now
    mark_changed(session, organization, changed="contacts", by=by)


def _hold(session: Session, organization: Customer) -> None:
    """One after the other; it may have been archived while this one waited."""
    lock(session, organization)
    refuse_archived(organization)


def _person_for(session: Session, organization: Customer, details: Mapping[str, Any], *, by: By) -> Customer:
    if details.get("person_id"):
        assert by.principal is not None  # noqa: S101 - only a caller names a person
        person = find_customer(session, by.principal, details["person_id"])
        rules.refuse_organization(person.kind)
        return person
    known = _person_with(session, details.get("email"), by)
    if known is not None:
        return known
    new = {name: details[name] for name in _OF_PERSON if name in details}
    return add_customer(
        session,
        details={
            **new,
            "kind": CustomerKind.INDIVIDUAL,
            "language": organization.language,
            "owner_id": organization.owner_id,
            "team_id": organization.team_id,
            "source": "contact",
        },
        by=by,
    )


def _person_with(session: Session, email: str | None, by: By) -> Customer | None:
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


def _demote(session: Session, primary: Contact, by: By) -> None:
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


def _tell(session: Session, contact: Contact, by: By, *, kind: str, sentence: str) -> None:
    story = Story(
        kind=kind,
        sentence=sentence,
        subject=Subject(type="contact", id=contact.id),
        at=by.now,
        actor_id=by.actor_id,
        names_actor=True,
        customer_id=contact.organization.id,
        contact_id=contact.person.id,
    )
    tell(session, story)
