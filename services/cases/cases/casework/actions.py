"""What happens to a case: opened, changed, assigned, moved, linked, written to; each is told and noted once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from cases.casework import rules
from cases.casework.events import (
    CaseAssigned,
    CaseClosed,
    CaseLinked,
    CaseOpened,
    CaseReopened,
    CaseState,
    CaseTransitioned,
    CaseUpdated,
    MessageAdded,
)
from cases.casework.models import Case, CaseHistory, CaseMessage
from cases.casework.queries import CASE, facts_of
from cases.casework.rules import CaseStatus, Direction, Origin, Priority
from cases.projections.models import KnownCustomer
from cases.projections.queries import customer_of, known_user_ids, unknown_customer
from cases.workflows.runs.actions import keep_subject, touch
from cases.workflows.runs.subjects import Subject, register_kind
from servicekit.database.numbers import next_number
from servicekit.errors import Conflict, one_field
from servicekit.ids import new_id
from servicekit.messaging.outbox import record


class CustomerArchived(Conflict):
    """Archived customers are read-only everywhere."""


class CaseCannotMove(Conflict):
    """There is no way from this status to that one; the answer names the ways there are."""


def open_case(session: Session, *, by: str | None, now: datetime, **facts: Any) -> Case:
    """Open a case under the next number and tell it; `facts` as `draft_case` takes them."""
    case = draft_case(session, now=now, **facts)
    tell_opened(session, case, by=by, now=now)
    return case


def draft_case(
    session: Session,
    *,
    subject: str,
    type: str,
    origin: Origin,
    now: datetime,
    priority: Priority = Priority.NORMAL,
    **more: Any,
) -> Case:
    """A case with its number that nobody was told of yet: for what has to tell its cause first.

    `more`: description, customer, people, custom values, what a form captured.
    """
    must_be_open_to_work(session, more.get("customer_id"))
    must_be_staff(session, more.get("owner_id"))
    case = Case(
        id=new_id("cas"),
        number=rules.case_number(next_number(session, "case")),
        subject=rules.one_line(subject),
        type=type,
        origin=origin,
        priority=priority,
        status=CaseStatus.NEW,
        opened_at=now,
        created_at=now,
        updated_at=now,
        **{"custom": {}, "answers": [], **more},
    )
    session.add(case)
    session.flush()
    return case


def tell_opened(session: Session, case: Case, *, by: str | None, now: datetime) -> None:
    """Tell and note that the case exists."""
    _tell(session, CaseOpened, case, now=now)
    note(session, case.id, kind="opened", detail={"origin": case.origin, "type": case.type}, by=by, now=now)


def change_case(session: Session, case: Case, *, changes: Mapping[str, Any], by: str | None, now: datetime) -> Case:
    """Change fields; those that keep their value are not told."""
    must_be_open_to_work(session, case.customer_id)
    if changes.get("customer_id") != case.customer_id:
        must_be_open_to_work(session, changes.get("customer_id"))
    wanted = {**changes, **({"subject": rules.one_line(changes["subject"])} if "subject" in changes else {})}
    changed = {name: value for name, value in wanted.items() if getattr(case, name) != value}
    if not changed:
        return case
    before = {name: getattr(case, name) for name in changed}
    event = CaseLinked if changed.get("customer_id") else CaseUpdated
    _set(session, case, changed, now=now)
    _tell(session, event, case, changed=tuple(changed), now=now)
    told = {name: [before[name], changed[name]] for name in changed if name not in {"description", "custom"}}
    note(session, case.id, kind="updated", detail={"changed": sorted(changed), **told}, by=by, now=now)
    return case


def assign_case(
    session: Session, case: Case, *, owner_id: str | None, team_id: str | None, by: str | None, now: datetime
) -> Case:
    """Give the case to a person, a team, or both; nobody may be given it who is not an active user."""
    must_be_open_to_work(session, case.customer_id)
    must_be_staff(session, owner_id)
    wanted = {"owner_id": owner_id, "team_id": team_id}
    changed = {name: value for name, value in wanted.items() if getattr(case, name) != value}
    if changed:
        _set(session, case, changed, now=now)
        _tell(session, CaseAssigned, case, changed=tuple(changed), now=now)
        note(session, case.id, kind="assigned", detail=wanted, by=by, now=now)
    return case


def move_case(
    session: Session,
    case: Case,
    *,
    to: CaseStatus,
    by: str | None,
    now: datetime,
    outcome: str | None = None,
    reason: str | None = None,
) -> Case:
    """Another status. Resolving and closing stamp their times, reopening takes them back."""
    before = CaseStatus(case.status)
    if not rules.can_move(before, to):
        ways = [str(way) for way in rules.ways_from(before)]
        sentence = f"A case that is {before} can become {', '.join(ways)}."
        raise CaseCannotMove(sentence, current_status=before, allowed=ways)
    if to is CaseStatus.CLOSED and rules.needs_reason_to_close(before, outcome, reason):
        raise one_field("/outcome", "required", "Say how it ended: an outcome or a note.")
    case.status = to
    case.outcome = outcome or (None if rules.is_open(to) else case.outcome)
    case.resolved_at = None if rules.is_open(to) else case.resolved_at or now
    case.closed_at = now if to is CaseStatus.CLOSED else None
    touch(case, now)
    _tell(session, _event_of_move(before, to), case, changed=("status",), previous_status=before, now=now)
    detail = {"from": before, "to": to, "outcome": outcome, "note": reason}
    note(session, case.id, kind="transitioned", detail=detail, by=by, now=now)
    return case


def link_case(session: Session, case: Case, *, customer_id: str, contact_id: str | None, now: datetime) -> Case:
    """It became known whose case this is. A case that somebody has linked by hand stays as it is."""
    if case.customer_id is not None:
        return case
    _set(session, case, {"customer_id": customer_id, "contact_id": contact_id}, now=now)
    _tell(session, CaseLinked, case, changed=("customer_id", "contact_id"), now=now)
    note(session, case.id, kind="linked", detail={"customer_id": customer_id}, by=None, now=now)
    return case


def add_message(
    session: Session,
    case: Case,
    *,
    body: str,
    is_internal: bool,
    direction: Direction,
    author_id: str | None,
    author_name: str | None,
    now: datetime,
) -> CaseMessage:
    """Write to a case. The first word out stops the response clock; a word in brings the case back to us."""
    must_be_open_to_work(session, case.customer_id)
    message = CaseMessage(
        id=new_id("msg"),
        case_id=case.id,
        direction=direction,
        is_internal=is_internal,
        body=body,
        author_id=author_id,
        author_name=author_name,
        created_at=now,
        updated_at=now,
    )
    session.add(message)
    goes_out = direction is Direction.OUT and not is_internal
    told = MessageAdded(
        id=message.id,
        case_id=case.id,
        case_number=case.number,
        customer_id=case.customer_id,
        is_internal=is_internal,
        direction=direction,
        author_id=author_id,
        case_subject=case.subject,
        contact_id=case.contact_id,
        text=body if goes_out else None,
    )
    record(session, told, about=message, at=now)
    if goes_out and case.first_response_at is None:
        case.first_response_at = now
        touch(case, now)
    detail = {"message_id": message.id, "is_internal": is_internal, "direction": direction}
    note(session, case.id, kind="message_added", detail=detail, by=author_id, now=now)
    after = rules.status_after_message(CaseStatus(case.status), direction, is_internal=is_internal)
    if after != case.status:
        move_case(session, case, to=after, by=author_id, now=now, reason="The customer wrote.")
    return message


def must_be_open_to_work(session: Session, customer_id: str | None) -> KnownCustomer | None:
    """Archived customers are read-only; blocked ones may still have cases."""
    customer = customer_of(session, customer_id)
    if customer_id is not None and customer is None:
        raise unknown_customer()
    if customer is not None and customer.is_archived:
        raise CustomerArchived(f"{customer.name} is archived. Restore the customer first.")
    return customer


def must_be_staff(session: Session, user_id: str | None) -> None:
    if user_id is not None and not known_user_ids(session, [user_id]):
        raise one_field("/owner_id", "unknown_user", f"There is no active user {user_id}.")


def subject_of(case: Case) -> Subject:
    """The case as workflows know it."""
    return Subject(
        type=CASE,
        id=case.id,
        number=case.number,
        title=case.subject,
        customer_id=case.customer_id,
        owner_id=case.owner_id,
        team_id=case.team_id,
    )


def note(
    session: Session, case_id: str, *, kind: str, detail: Mapping[str, Any], by: str | None, now: datetime
) -> None:
    """Add a line to the case's history."""
    line = CaseHistory(id=new_id("log"), case_id=case_id, at=now, actor_id=by, kind=kind, detail=dict(detail))
    session.add(line)


def _set(session: Session, case: Case, changed: Mapping[str, Any], *, now: datetime) -> None:
    for name, value in changed.items():
        setattr(case, name, value)
    touch(case, now)
    if not {"subject", "customer_id", "owner_id", "team_id"}.isdisjoint(changed):
        keep_subject(session, subject_of(case))


def _tell(session: Session, event: type[CaseState], case: Case, *, now: datetime, **what: Any) -> None:
    record(session, lambda: event(**facts_of(case), **what), about=case, at=now)


def _event_of_move(before: CaseStatus, after: CaseStatus) -> type[CaseState]:
    if after is CaseStatus.CLOSED:
        return CaseClosed
    return CaseReopened if rules.is_reopening(before, after) else CaseTransitioned


class _Cases:
    """Cases as something that workflows run about."""

    def note(
        self, session: Session, subject_id: str, *, kind: str, detail: Mapping[str, Any], by: str | None, now: datetime
    ) -> None:
        note(session, subject_id, kind=kind, detail=detail, by=by, now=now)

    def on_completed(self, session: Session, subject_id: str, *, outcome: str, by: str | None, now: datetime) -> None:
        """The work is done, so the case is resolved, unless somebody has been quicker."""
        case = session.get_one(Case, subject_id, with_for_update=True)
        if case.is_open:
            move_case(session, case, to=CaseStatus.RESOLVED, by=by, now=now, outcome=outcome)


register_kind(CASE, _Cases())
