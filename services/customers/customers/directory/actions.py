"""Change the directory: create and update customers, archive and block them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from customers.directory import queries, rules
from customers.directory.email_claims import claim_email
from customers.directory.events import (
    CustomerArchived,
    CustomerBlocked,
    CustomerCreated,
    CustomerPersonal,
    CustomerRestored,
    CustomerState,
    CustomerUnblocked,
    CustomerUpdated,
)
from customers.directory.external_ids import claim_external_ids
from customers.directory.models import Customer
from customers.directory.rules import CustomerStatus
from customers.directory.search import refresh_search_text, set_comparable_forms
from customers.projections.locks import add_figures
from customers.timeline.actions import EntrySubject, NewEntry, add_entry
from servicekit.actor import Actor
from servicekit.database.locks import add_locked, lock, was_added_here
from servicekit.database.numbers import next_number
from servicekit.errors import FieldError, Invalid
from servicekit.ids import new_id
from servicekit.messaging.outbox import record


def create_customer(
    session: Session, *, by: Actor, details: Mapping[str, Any], allows_duplicate: bool = False
) -> Customer:
    """Create what a caller described. Raises Invalid with every wrong field, or DuplicateCustomer."""
    values = rules.readable(details)
    missing = rules.what_is_missing(name=_name_of(values), email=values.get("email"), phone=values.get("phone"))
    if missing:
        raise Invalid(missing[0].detail, fields=missing)
    return enter_customer(session, by=by, values=values, allows_duplicate=allows_duplicate)


def enter_customer(
    session: Session, *, by: Actor, values: Mapping[str, Any], allows_duplicate: bool = False
) -> Customer:
    """Create a customer from values that were read already, also one that is reached only through its contacts."""
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
    set_comparable_forms(session, customer)
    if not allows_duplicate:
        claim_email(session, customer, by=by)
    add_locked(session, customer)
    figures = add_figures(session, customer.id)
    session.flush()
    set_committed_value(customer, "figures", figures)
    claim_external_ids(session, customer.id, before={}, after=customer.external_ids)
    _publish(session, CustomerCreated, customer, by)
    _add_entry(session, customer, by, kind="customer.created")
    return customer


def update_customer(session: Session, customer: Customer, *, by: Actor, details: Mapping[str, Any]) -> Customer:
    """Apply a merge patch. Nothing happens, and nothing is published, where it changes nothing."""
    customer.check_not_archived()
    values = rules.readable(details, country=customer.country)
    before = customer.external_ids
    values["external_ids"] = rules.merged(values.get("external_ids") or {}, before)
    claim_external_ids(session, customer.id, before=before, after=values["external_ids"])
    _rename(customer, values)
    changes = rules.changes({name: getattr(customer, name) for name in values}, values)
    changed = [change["field"] for change in changes]
    with session.no_autoflush:  # one change of the customer is one version
        for change in changes:
            setattr(customer, change["field"], change["after"])
        if {"email", "phone"} & set(changed):
            _refuse_unreachable(customer)
        set_comparable_forms(session, customer)
        if "email" in changed:
            claim_email(session, customer, by=by)
    if changed:
        _publish_update(session, customer, by, changed=changed, changes=changes)
    return customer


def archive_customer(session: Session, customer: Customer, *, by: Actor) -> Customer:
    """Out of the lists and read-only; its e-mail is free for another."""
    customer.check_not_archived()
    customer.is_archived, customer.archived_at, customer.email_key = True, by.now, None
    _publish_change(session, CustomerArchived, customer, by, "is_archived")
    _add_entry(session, customer, by, kind="customer.archived")
    return customer


def restore_customer(session: Session, customer: Customer, *, by: Actor) -> Customer:
    """Back from the archive. Raises DuplicateCustomer where another one has its e-mail by now."""
    if not customer.is_archived:
        raise rules.CustomerIsInThatState("This customer is not archived.")
    customer.is_archived, customer.archived_at = False, None
    claim_email(session, customer, by=by)
    _publish_change(session, CustomerRestored, customer, by, "is_archived")
    _add_entry(session, customer, by, kind="customer.restored")
    return customer


def block_customer(session: Session, customer: Customer, *, by: Actor, reason: str) -> Customer:
    """No new orders and no portal login, until unblocked."""
    customer.check_not_archived()
    if customer.is_blocked:
        raise rules.CustomerIsInThatState(f"This customer is blocked already: {customer.blocked_reason}.")
    customer.is_blocked, customer.blocked_at, customer.blocked_by = True, by.now, by.id
    customer.blocked_reason = reason
    _publish_change(session, CustomerBlocked, customer, by, "is_blocked")
    _add_entry(session, customer, by, kind="customer.blocked", body=reason)
    return customer


def unblock_customer(session: Session, customer: Customer, *, by: Actor) -> Customer:
    """Lift the block."""
    customer.check_not_archived()
    if not customer.is_blocked:
        raise rules.CustomerIsInThatState("This customer is not blocked.")
    customer.is_blocked, customer.blocked_at, customer.blocked_by, customer.blocked_reason = False, None, None, None
    _publish_change(session, CustomerUnblocked, customer, by, "is_blocked")
    _add_entry(session, customer, by, kind="customer.unblocked")
    return customer


def mark_customer_changed(session: Session, customer: Customer, *, by: Actor, changed: str) -> None:
    """After something that hangs on the customer changed: a new version and its event.

    A customer that this transaction created is published as created, with the change.
    """
    if was_added_here(session, customer):
        return
    lock(session, customer)  # others wait their turn, and an event carries the whole state, as it is now
    _publish_change(session, CustomerUpdated, customer, by, changed)


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


def _publish_update(
    session: Session, customer: Customer, by: Actor, *, changed: list[str], changes: list[dict[str, Any]]
) -> None:
    _publish_change(session, CustomerUpdated, customer, by, *changed)
    if {"name", "email"} & set(changed):
        for organization in session.scalars(queries.organizations_of(customer.id)):
            refresh_search_text(session, organization)
    shown = [{name: _json_value(value) for name, value in change.items()} for change in changes]
    _add_entry(session, customer, by, kind="customer.updated", data={"changes": shown})


def _json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _publish_change(session: Session, event: type[CustomerState], customer: Customer, by: Actor, *changed: str) -> None:
    customer.bump(by.now)
    session.flush()
    _publish(session, event, customer, by, *changed)


def _publish(session: Session, event: type[CustomerState], customer: Customer, by: Actor, *changed: str) -> None:
    record(session, lambda: _state(session, event, customer, *changed), about=customer, at=by.now)


def _state(session: Session, event: type[CustomerState], customer: Customer, *changed: str) -> CustomerState:
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
        primary_contact_id=queries.find_primary_contact_id(session, customer),
        personal=CustomerPersonal(
            name=customer.name, email=customer.email, phone=customer.phone, language=customer.language
        ),
    )


def _add_entry(session: Session, customer: Customer, by: Actor, *, kind: str, **more: Any) -> None:
    subject = EntrySubject(type="customer", id=customer.id, number=customer.number)
    add_entry(session, NewEntry(kind=kind, subject=subject, customer_id=customer.id, **more), by=by)
