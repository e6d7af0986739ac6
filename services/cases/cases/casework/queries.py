"""Reading cases: those a caller may see, one held for a change, and search."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, union_all
from sqlalchemy.orm import Session

from cases.casework.models import Case, CaseHistory, CaseMessage, CaseType
from cases.projections.queries import must_see_contact, must_see_customer, named_like
from cases.workflows.runs.queries import live_run_id, lock_run, subjects_of_user
from servicekit.auth import Principal, Scope, visible
from servicekit.errors import NotFound, NotYet, one_field

CASE = "case"
"""What cases are called where workflows run about them."""


def visible_cases(principal: Principal) -> Select[Case]:
    """Cases in the caller's record scope, and those in whose workflow the caller has something to do."""
    if principal.scope is Scope.ALL:
        return select(Case)
    scoped = visible(select(Case.id), principal, owner=Case.owner_id, team=Case.team_id)
    return select(Case).where(or_(Case.id.in_(scoped), Case.id.in_(subjects_of_user(CASE, principal.id))))


def find_case(session: Session, id_or_number: str, principal: Principal) -> Case:
    """By its id or its number; raises NotFound, also for a case that the caller may not know of."""
    is_it = or_(Case.id == id_or_number, Case.number == id_or_number)
    case = session.scalars(visible_cases(principal).where(is_it)).one_or_none()
    if case is None:
        raise NotFound("There is no such case, or it is not yours.")
    return case


def hold_case(session: Session, id_or_number: str, principal: Principal) -> Case:
    """`find_case` for a change: nobody else changes the case until commit."""
    return hold(session, find_case(session, id_or_number, principal).id)


def hold(session: Session, case_id: str) -> Case:
    """The case, locked after its run: in this order everywhere, so that two changes never wait for each other."""
    run_id = live_run_id(session, CASE, case_id)
    if run_id is not None:
        lock_run(session, run_id)
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    if run_id is None and live_run_id(session, CASE, case_id) is not None:
        raise NotYet("A workflow was started on this case in this moment. Repeat your change.")
    return case


def must_see_who_is_named(
    session: Session, principal: Principal, body: Mapping[str, Any], *, case: Case | None = None
) -> None:
    """The customer and the contact that a body gives to a case; those that it has already are not asked about."""
    customer_id, contact_id = (body.get(name, getattr(case, name, None)) for name in ("customer_id", "contact_id"))
    if case is None or customer_id != case.customer_id:
        must_see_customer(session, principal, customer_id)
    if case is None or contact_id != case.contact_id:
        must_see_contact(session, principal, contact_id, of=customer_id)


def matches(text: str) -> ColumnElement[bool]:
    """Search: number, subject, or the customer's name; three selects, because each has an index of its own."""
    found = union_all(
        select(Case.id).where(Case.number.icontains(text, autoescape=True)),
        select(Case.id).where(Case.subject.icontains(text, autoescape=True)),
        select(Case.id).where(named_like(Case.customer_id, text)),
    )
    return Case.id.in_(found)


def find_type(session: Session, id_or_key: str) -> CaseType:
    is_it = or_(CaseType.id == id_or_key, CaseType.key == id_or_key)
    found = session.scalars(select(CaseType).where(is_it)).one_or_none()
    if found is None:
        raise NotFound(f"There is no case type “{id_or_key[:60]}”.")
    return found


def type_named(session: Session, key: str, *, pointer: str) -> CaseType:
    """The case type that a body names; a wrong name is the field's error."""
    found = session.scalars(select(CaseType).where(CaseType.key == key)).one_or_none()
    if found is None:
        keys = session.scalars(select(CaseType.key).order_by(CaseType.key).limit(20)).all()
        raise one_field(pointer, "unknown_case_type", f"There is no case type “{key}”. Known: {', '.join(keys)}.")
    return found


def messages_of(case: Case) -> Select[CaseMessage]:
    return select(CaseMessage).where(CaseMessage.case_id == case.id)


def history_of(case: Case) -> Select[CaseHistory]:
    return select(CaseHistory).where(CaseHistory.case_id == case.id)


def facts_of(case: Case) -> dict[str, Any]:
    """The public part of a case, as every event about it carries it."""
    names = ("id", "number", "subject", "type", "origin", "priority", "status", "customer_id", "contact_id")
    more = ("owner_id", "team_id", "is_open", "opened_at", "closed_at", "submission_id")
    return {name: getattr(case, name) for name in (*names, *more)}
