"""Reading cases: those a caller may see, one with what an answer shows, one locked for a change, and search."""

from sqlalchemy import ColumnElement, Select, or_, select, union_all
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.interfaces import ORMOption

from cases.casework.models import Case, CaseHistory
from cases.projections.queries import find_customer, find_user, has_customer_named
from cases.workflows.runs.queries import find_latest_run, find_live_run_id, lock_run, subjects_of_user
from servicekit.auth import Principal, Scope, visible
from servicekit.errors import NotFound, NotYet

CASE = "case"
"""What cases are called where workflows run about them."""

_NAMES = (joinedload(Case.customer), joinedload(Case.owner))


def visible_cases(principal: Principal) -> Select[Case]:
    """Cases in the caller's record scope, and those in whose workflow the caller has something to do."""
    if principal.scope is Scope.ALL:
        return select(Case)
    scoped = visible(select(Case.id), principal, owner=Case.owner_id, team=Case.team_id)
    return select(Case).where(or_(Case.id.in_(scoped), Case.id.in_(subjects_of_user(CASE, principal.id))))


def listed_cases(principal: Principal) -> Select[Case]:
    """The cases that the caller may see, each with the names that a list shows."""
    return visible_cases(principal).options(*_NAMES)


def get_case(session: Session, id_or_number: str, principal: Principal, *options: ORMOption) -> Case:
    """By its id or its number; raises NotFound, also for a case that the caller may not know of."""
    is_it = or_(Case.id == id_or_number, Case.number == id_or_number)
    case = session.scalars(visible_cases(principal).where(is_it).options(*options)).one_or_none()
    if case is None:
        raise NotFound("There is no such case, or it is not yours.")
    return case


def get_shown_case(session: Session, id_or_number: str, principal: Principal) -> Case:
    """`get_case` with all that an answer shows."""
    return _load_run(session, get_case(session, id_or_number, principal, *_NAMES))


def load_shown(session: Session, case: Case) -> Case:
    """After a change, what an answer shows beside the case: its customer, its owner and its latest run."""
    set_committed_value(case, "customer", find_customer(session, case.customer_id))
    set_committed_value(case, "owner", find_user(session, case.owner_id))
    return _load_run(session, case)


def lock_visible_case(session: Session, id_or_number: str, principal: Principal) -> Case:
    """`get_case` for a change: nobody else changes the case until commit."""
    return lock_case(session, get_case(session, id_or_number, principal).id)


def lock_case(session: Session, case_id: str) -> Case:
    """The case, locked after its run: in this order everywhere, so that two changes never wait for each other."""
    run_id = find_live_run_id(session, CASE, case_id)
    if run_id is not None:
        lock_run(session, run_id)
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    if run_id is None and find_live_run_id(session, CASE, case_id) is not None:
        raise NotYet("A workflow was started on this case in this moment. Repeat your change.")
    return case


def matches(text: str) -> ColumnElement[bool]:
    """Search: number, subject, or the customer's name; three selects, because each has an index of its own."""
    found = union_all(
        select(Case.id).where(Case.number.icontains(text, autoescape=True)),
        select(Case.id).where(Case.subject.icontains(text, autoescape=True)),
        select(Case.id).where(has_customer_named(Case.customer_id, text)),
    )
    return Case.id.in_(found)


def history_of(case: Case) -> Select[CaseHistory]:
    """Each entry with the name of its actor."""
    return select(CaseHistory).where(CaseHistory.case_id == case.id).options(joinedload(CaseHistory.actor))


def _load_run(session: Session, case: Case) -> Case:
    set_committed_value(case, "run", find_latest_run(session, CASE, case.id))
    return case
