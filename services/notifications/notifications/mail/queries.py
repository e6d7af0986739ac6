"""Reads of e-mails, within what the caller may see of their cases."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from notifications.mail.models import Email
from notifications.mail.rules import EmailState
from notifications.projections.models import CaseProjection, CustomerProjection
from servicekit.auth import Principal, Scope, visible
from servicekit.errors import NotFound


def visible_emails(principal: Principal) -> Select[Email]:
    """An e-mail is seen by who may see its case; without a case, its customer; without both it is nobody's."""
    if principal.scope is Scope.ALL:
        return select(Email)
    cases = visible(select(CaseProjection.id), principal, owner=CaseProjection.owner_id, team=CaseProjection.team_id)
    customers = visible(
        select(CustomerProjection.id), principal, owner=CustomerProjection.owner_id, team=CustomerProjection.team_id
    )
    seen = [Email.case_id.in_(cases), and_(Email.case_id.is_(None), Email.customer_id.in_(customers))]
    if principal.scope is Scope.TEAM:
        seen.append(and_(Email.case_id.is_(None), Email.customer_id.is_(None)))
    return select(Email).where(or_(*seen))


def get_email(session: Session, principal: Principal, email_id: str) -> Email:
    found = session.scalars(visible_emails(principal).where(Email.id == email_id)).one_or_none()
    if found is None:
        raise NotFound("There is no such e-mail.")
    return found


def email_summary(session: Session) -> dict[str, Any]:
    """How many there are in each state, and the two times that show whether mail goes out at all."""
    by_state = select(Email.state, func.count()).group_by(Email.state)
    counted = dict(session.execute(by_state).all())
    waiting = select(func.min(Email.created_at)).where(Email.state.in_([EmailState.QUEUED, EmailState.SENDING]))
    return {
        "states": {state.value: counted.get(state.value, 0) for state in EmailState},
        "oldest_waiting_at": session.scalar(waiting),
        "last_sent_at": session.scalar(select(func.max(Email.sent_at))),
    }


def due_emails(*, now: datetime) -> Select[Email]:
    """What should be tried now, oldest wait first."""
    waiting = or_(
        Email.state == EmailState.QUEUED,
        # Unknown with a time set: its kind prefers a second copy to none.
        and_(Email.state == EmailState.UNKNOWN, Email.next_try_at.is_not(None)),
    )
    return select(Email).where(waiting, Email.next_try_at <= now).order_by(Email.next_try_at, Email.id)


def lost_emails(*, now: datetime) -> Select[Email]:
    """Begun, and the sender never came back."""
    return select(Email).where(Email.state == EmailState.SENDING, Email.lease_until < now)


def count_recent(session: Session, *, kind: str, to: str, now: datetime) -> int:
    """How many of this kind went to this address in the last hour."""
    since = now - timedelta(hours=1)
    recent = select(func.count()).where(Email.to == to, Email.kind == kind, Email.created_at > since)
    return session.scalar(recent) or 0
