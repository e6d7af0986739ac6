"""Change the directory: add and edit customers, archive, block, and keep what searches look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, delete, inspect, select, update
from sqlalchemy.orm import Session, aliased, object_session
from sqlalchemy.orm.attributes import flag_modified, set_committed_value

from customers.directory import queries, rules
from customers.directory.models import Contact, Customer, ExternalId
from customers.directory.rules import CustomerKind, CustomerStatus
from customers.events import (
    CustomerArchived,
    CustomerBlocked,
    CustomerCreated,
    CustomerPersonal,
    CustomerRestored,
    CustomerState,
    CustomerUnblocked,
    CustomerUpdated,
)
from customers.projections.actions import open_facts
from customers.timeline.actions import Story, Subject, tell
from customers.timeline.rules import words
from servicekit.addresses import UnreadableAddress, fold, normal_email, normal_phone, shown_email
from servicekit.auth import Principal
from servicekit.database.locks import add_locked, advisory_lock, lock, was_added_here
from servicekit.database.numbers import next_number
from servicekit.errors import FieldError, Invalid
from servicekit.ids import new_id
from servicekit.messaging.outbox import record

_ADDRESS = ("street", "city", "postcode", "country")


@dataclass(frozen=True, kw_only=True)
class By:
    """Who does it and when; nobody in particular where an event does it."""

    now: datetime
    principal: Principal | None = None

    @property
    def actor_id(self) -> str | None:
        """The id of the member of staff or program."""
        return self.principal.id if self.principal else None


def add_customer(session: Session, *, details: Mapping[str, Any], by: By, allows_duplicate: bool = False) -> Customer:
    """Add what a caller described. Raises Invalid with every wrong field, or DuplicateCustomer."""
    values = _readable(details)
    missing = rules.what_is_missing(name=_name_of(values), email=values.get("email"), phone=values.get("phone"))
    if missing:
        raise Invalid(missing[0].detail, fields=missing)
    return enter_customer(session, values=values, by=by, allows_duplicate=allows_duplicate)


def enter_customer(session: Session, *, values: Mapping[str, Any], by: By, allows_duplicate: bool = False) -> Customer:
    """Add a customer from values that are readable already, also one that is reached only through its contacts."""
    fields = {**values, "name": _name_of(values)}
    fields["external_ids"] = rules.merged(fields.get("external_ids") or {}, {})
    customer = Customer(
        id=new_id("cus"),
        number=f"CU-{next_number(session, 'customer'):06d}",
        created_at=by.now,
        updated_at=by.now,
        is_archived=False,
        is_blocked=False,
        **{"status": CustomerStatus.PROSPECT, "source": "manual", "customer_since": by.now.date(), **fields},
    )
    _derive(session, customer)
    if not allows_duplicate:
        _claim_email(session, customer, by)
    add_locked(session, customer)
    facts = open_facts(session, customer.id)
    session.flush()
    set_committed_value(customer, "facts", facts)
    _claim_external_ids(session, customer.id, before={}, after=customer.external_ids)
    _record(session, CustomerCreated, customer, by)
    _tell(session, customer, by, kind="customer.created", sentence=f"Customer {customer.number} was added")
    return customer


def update_customer(session: Session, customer: Customer, *, details: Mapping[str, Any], by: By) -> Customer:
    """Apply a merge patch. Nothing happens, and nothing is told, where it changes nothing."""
    refuse_archived(customer)
    values = _readable(details, country=customer.country)
    before = customer.external_ids
    values["external_ids"] = rules.merged(values.get("external_ids") or {}, before)
    _claim_external_ids(session, customer.id, before=before, after=values["external_ids"])
    _rename(customer, values)
    changes = rules.changes({name: getattr(customer, name) for name in values}, values)
    changed = [change["field"] for change in changes]
    with session.no_autoflush:  # one change of the customer is one version
        for change in changes:
            setattr(customer, change["field"], change["after"])
        if {"email", "phone"} & set(changed):
            _refuse_unreachable(customer)
        _derive(session, customer)
        if "email" in changed:
            _claim_email(session, customer, by)
    if changed:
        _tell_update(session, customer, by, changed=changed, changes=changes)
    return customer


def archive_customer(session: Session, customer: Customer, *, by: By) -> Customer:
    """Out of the lists and read-only; its e-mail is free for another."""
    refuse_archived(customer)
    customer.is_archived, customer.archived_at, customer.email_key = True, by.now, None
    _touch(session, customer, by)
    _record(session, CustomerArchived, customer, by, "is_archived")
    _tell(session, customer, by, kind="customer.archived", sentence="Archived", names_actor=True)
    return customer


def restore_customer(session: Session, customer: Customer, *, by: By) -> Customer:
    """Back from the archive. Raises DuplicateCustomer where another one has its e-mail by now."""
    if not customer.is_archived:
        raise rules.CustomerIsInThatState("This customer is not archived.")
    customer.is_archived, customer.archived_at = False, None
    _claim_email(session, customer, by)
    _touch(session, customer, by)
    _record(session, CustomerRestored, customer, by, "is_archived")
    _tell(session, customer, by, kind="customer.restored", sentence="Restored from the archive", names_actor=True)
    return customer


def block_customer(session: Session, customer: Customer, *, reason: str, by: By) -> Customer:
    """No new orders and no portal login, until unblocked."""
    refuse_archived(customer)
    if customer.is_blocked:
        raise rules.CustomerIsInThatState(f"This customer is blocked already: {customer.blocked_reason}.")
    customer.is_blocked, customer.blocked_at, customer.blocked_reason = True, by.now, reason
    customer.blocked_by = by.actor_id
    _touch(session, customer, by)
    _record(session, CustomerBlocked, customer, by, "is_blocked")
    _tell(session, customer, by, kind="customer.blocked", sentence="Blocked", names_actor=True, body=reason)
    return customer


def unblock_customer(session: Session, customer: Customer, *, by: By) -> Customer:
    """Lift the block."""
    refuse_archived(customer)
    if not customer.is_blocked:
        raise rules.CustomerIsInThatState("This customer is not blocked.")
    customer.is_blocked, customer.blocked_at, customer.blocked_by, customer.blocked_reason = False, None, None, None
    _touch(session, customer, by)
    _record(session, CustomerUnblocked, customer, by, "is_blocked")
    _tell(session, customer, by, kind="customer.unblocked", sentence="Unblocked", names_actor=True)
    return customer


def mark_changed(session: Session, customer: Customer, *, changed: str, by: By) -> None:
    """After something that hangs on the customer changed: a new version and its event; a new one is told as new."""
    if was_added_here(session, customer):
        return
    lock(session, customer)  # others wait their turn, and an event tells the whole state, as it is now
    _touch(session, customer, by)
    _record(session, CustomerUpdated, customer, by, changed)


def refresh_search(session: Session, organization: Customer) -> None:
    """An organization is found by the names of its people; that is no change of its own, so its version stays."""
    session.flush()
    text = _search_text(session, organization)
    session.execute(update(Customer).where(Customer.id == organization.id).values(search_text=text))
    set_committed_value(organization, "search_text", text)


def refuse_archived(customer: Customer) -> None:
    """Raises CustomerIsArchived: whatever hangs on an archived customer is read-only too."""
    if customer.is_archived:
        raise rules.CustomerIsArchived(f"{customer.number} is archived and cannot be changed. Restore it first.")


def _readable(details: Mapping[str, Any], *, country: str | None = None) -> dict[str, Any]:
    values = {name: _trimmed(value) for name, value in details.items() if name != "address"}
    if "address" in details:
        values.update(details["address"] or dict.fromkeys(_ADDRESS))
    readers: dict[str, Callable[[str], str]] = {
        "email": shown_email,
        "phone": partial(normal_phone, country=values.get("country") or country),
        "website": rules.normal_website,
    }
    wrong = []
    for name, read in readers.items():
        try:
            values.update({name: read(values[name])} if values.get(name) else {})
        except UnreadableAddress as error:
            wrong.append(FieldError(pointer=f"/{name}", code=f"invalid_{name}", detail=str(error)))
    if wrong:
        raise Invalid(wrong[0].detail, fields=wrong)
    return values


def _trimmed(value: Any) -> Any:
    return (value.strip() or None) if isinstance(value, str) else value


def _name_of(values: Mapping[str, Any]) -> str:
    return rules.full_name(
        name=values.get("name"), first_name=values.get("first_name"), last_name=values.get("last_name")
    )


def _rename(customer: Customer, values: dict[str, Any]) -> None:
    """A new first or last name makes a new name, unless one is given as well."""
    if "name" not in values and {"first_name", "last_name"} & set(values):
        whole = {"first_name": customer.first_name, "last_name": customer.last_name, **values}
        values["name"] = _name_of(whole)
    if "name" in values and not values["name"]:
        detail = "Give a name, or a first and a last name."
        raise Invalid(detail, fields=[FieldError(pointer="/name", code="required", detail=detail)])


def _refuse_unreachable(customer: Customer) -> None:
    missing = rules.what_is_missing(name=customer.name, email=customer.email, phone=customer.phone)
    if missing:
        raise Invalid(missing[0].detail, fields=missing)


def _derive(session: Session, customer: Customer) -> None:
    """Set the comparable forms."""
    customer.name_search = fold(customer.name)
    email_norm = normal_email(customer.email) if customer.email else None
    if customer.email_norm != email_norm:
        customer.email_norm, customer.email_key = email_norm, None
    is_organization = customer.kind == CustomerKind.ORGANIZATION
    customer.domain = rules.company_domain(email=email_norm, website=customer.website) if is_organization else None
    customer.search_text = _search_text(session, customer)


_PERSON = aliased(Customer)
_PEOPLE = (
    select(_PERSON.name, _PERSON.email)
    .join(Contact, Contact.person_id == _PERSON.id)
    .where(Contact.organization_id == bindparam("id"))
)


def _search_text(session: Session, customer: Customer) -> str:
    people: list[str] = []  # of a new one nobody is a contact yet
    if inspect(customer).persistent:
        people = [part for row in session.execute(_PEOPLE, {"id": customer.id}) for part in row if part is not None]
    return rules.search_text(
        number=customer.number, name=customer.name, email=customer.email_norm, phone=customer.phone, people=people
    )


def _claim_email(session: Session, customer: Customer, by: By) -> None:
    if customer.email_norm is None:
        return
    advisory_lock(session, f"email:{customer.email_norm}")  # or two would find nobody, and both take it
    others = queries.with_email(CustomerKind(customer.kind), customer.email_norm).where(Customer.id != customer.id)
    with session.no_autoflush:
        existing = session.scalars(others.limit(1)).one_or_none()
    if existing is not None:
        raise _duplicate(session, existing, by)
    customer.email_key = customer.email_norm


def _duplicate(session: Session, existing: Customer, by: By) -> rules.DuplicateCustomer:
    """Names the other one only to a caller who may see it."""
    if by.principal is not None:
        with session.no_autoflush:
            seen = queries.visible_customers(by.principal).where(Customer.id == existing.id)
            if session.scalars(seen).one_or_none() is None:
                return rules.DuplicateCustomer("A customer that you may not see has this e-mail.")
    return rules.DuplicateCustomer(
        f"{existing.number} {existing.name} has this e-mail. Use it, or send allow_duplicate to add a second one.",
        existing={"id": existing.id, "number": existing.number, "name": existing.name},
    )


def _claim_external_ids(
    session: Session, customer_id: str, *, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """Raises ExternalIdTaken where another customer has one of the new ones."""
    changed = {system for system in {*before, *after} if before.get(system) != after.get(system)}
    if changed:
        mine = delete(ExternalId).where(ExternalId.customer_id == customer_id, ExternalId.system.in_(changed))
        session.execute(mine)
    for system in sorted(changed & after.keys()):
        _refuse_taken(session, system, after[system])
        session.add(ExternalId(system=system, external_id=after[system], customer_id=customer_id))


def _refuse_taken(session: Session, system: str, external_id: str) -> None:
    if queries.by_external_id(session, system, external_id) is not None:
        raise rules.ExternalIdTaken(f"Another customer is {external_id} in {system}.")


def _touch(session: Session, customer: Customer, by: By) -> None:
    customer.updated_at = by.now
    flag_modified(customer, "updated_at")  # a new version also where two changes fall into one instant
    session.flush()


def _tell_update(
    session: Session, customer: Customer, by: By, *, changed: list[str], changes: list[dict[str, Any]]
) -> None:
    _touch(session, customer, by)
    if {"name", "email"} & set(changed):
        for organization in session.scalars(queries.organizations_of(customer.id)):
            refresh_search(session, organization)
    _record(session, CustomerUpdated, customer, by, *changed)
    told = [{name: _wire(value) for name, value in change.items()} for change in changes]
    sentence = f"Changed {words(changed)}"
    _tell(session, customer, by, kind="customer.updated", sentence=sentence, names_actor=True, data={"changes": told})


def _wire(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _primary_contact_id(customer: Customer) -> str | None:
    session = object_session(customer)
    if session is None or customer.kind != CustomerKind.ORGANIZATION:
        return None
    return session.scalar(select(Contact.person_id).where(Contact.organization_id == customer.id, Contact.is_primary))


def _record(session: Session, event: type[CustomerState], customer: Customer, by: By, *changed: str) -> None:
    record(session, lambda: _state(event, customer, *changed), about=customer, at=by.now)


def _state(event: type[CustomerState], customer: Customer, *changed: str) -> CustomerState:
    return event(
        id=customer.id,
        number=customer.number,
        kind=customer.kind,
        status=customer.status,
        owner_id=customer.owner_id,
        team_id=customer.team_id,
        is_archived=customer.is_archived,
        is_blocked=customer.is_blocked,
        changed=changed,
        primary_contact_id=_primary_contact_id(customer),
        personal=CustomerPersonal(
            name=customer.name, email=customer.email, phone=customer.phone, language=customer.language
        ),
    )


def _tell(session: Session, customer: Customer, by: By, *, kind: str, sentence: str, **more: Any) -> None:
    subject = Subject(type="customer", id=customer.id, number=customer.number)
    tell(
        session,
        Story(
            kind=kind,
            sentence=sentence,
            subject=subject,
            at=by.now,
            actor_id=by.actor_id,
            customer_id=customer.id,
            **more,
        ),
    )
