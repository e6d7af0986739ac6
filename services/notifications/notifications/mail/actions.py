"""What happens to an e-mail; nothing here speaks to a mail server, and nothing commits."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.events import EmailFact, EmailFailed, EmailSent
from notifications.mail import queries, rules
from notifications.mail.models import Email
from notifications.mail.rendering import stored
from notifications.mail.rules import Answer, EmailState, Verdict, WhenUnknown
from notifications.mail.templates import KINDS, Letter, personal_message
from notifications.projections.models import User
from notifications.projections.queries import find_visible_mailbox, get_visible_case
from servicekit.auth import Principal
from servicekit.context import Trace, current_trace, tracing
from servicekit.ids import new_id
from servicekit.messaging.outbox import record


def queue_email(
    session: Session,
    *,
    event_id: str,
    kind: str,
    letter: Letter,
    to: str,
    to_name: str,
    now: datetime,
    **about: str | None,
) -> Email:
    """Once for an event, a kind and a mailbox: the second time gives back the first.

    `about`: to_user_id, reply_to, and the ids of the case, order and customer that it belongs to.
    An address that cannot be one makes a failed e-mail, so that staff see why the person heard nothing.
    """
    address, trouble = _read_address(to)
    key = f"{event_id}|{kind}|{address.lower()}"
    known = session.scalars(select(Email).where(Email.dedupe_key == key)).one_or_none()
    if known is not None:
        return known
    email = Email(
        id=new_id("eml"),
        kind=kind,
        state=EmailState.QUEUED,
        dedupe_key=key,
        event_id=event_id,
        correlation_id=current_trace().correlation_id,
        to=address,
        to_name=rules.one_line(to_name)[:300],
        subject=rules.one_line(letter.subject)[:500],
        letter=stored(letter),
        when_unknown=KINDS[kind].when_unknown,
        is_maybe_double=False,
        attempts=0,
        next_try_at=now,
        created_at=now,
        updated_at=now,
        **about,
    )
    session.add(email)
    if trouble:
        _become(email, EmailState.FAILED, detail=trouble, now=now)
        _tell(session, email, now=now)
    session.flush()
    return email


def write_to_customer(session: Session, principal: Principal, wanted: Mapping[str, Any], *, now: datetime) -> Email:
    """A person's own words to a customer or one of its contacts (F032); each call is another e-mail."""
    mailbox = find_visible_mailbox(
        session, principal, customer_id=wanted["customer_id"], contact_id=wanted["contact_id"]
    )
    case = get_visible_case(session, principal, wanted["case_id"]) if wanted["case_id"] else None
    writer = session.get(User, principal.id)
    letter = personal_message(
        subject=wanted["subject"],
        text=wanted["text"],
        sender=writer.name if writer else principal.name,
        case_number=case.number if case else None,
    )
    return queue_email(
        session,
        event_id=new_id("wri"),
        kind="personal_message",
        letter=letter,
        to=mailbox.email,
        to_name=mailbox.name,
        reply_to=writer.email if writer else None,
        case_id=case.id if case else None,
        customer_id=wanted["customer_id"],
        now=now,
    )


def hold(email: Email, *, reason: str, now: datetime) -> None:
    """Keep it back until a person decides."""
    _become(email, EmailState.HELD, detail=reason, now=now)


def claim_due(session: Session, *, limit: int, lease: timedelta, now: datetime) -> Sequence[Email]:
    """Take some to send; rows that another sender is claiming are passed over.

    The caller commits this before it speaks to the server: an attempt is never forgotten.
    """
    wanted = queries.due(now=now).limit(limit).with_for_update(skip_locked=True)
    emails = session.scalars(wanted).all()
    for email in emails:
        email.is_maybe_double = email.is_maybe_double or email.state == EmailState.UNKNOWN
        email.state = EmailState.SENDING
        email.attempts += 1
        email.lease_until = now + lease
        email.next_try_at = None
        email.updated_at = now
    session.flush()
    return emails


def settle_attempt(session: Session, *, email_id: str, attempt: int, answer: Answer, now: datetime) -> None:
    """Write down what an attempt came to, unless a later attempt has begun meanwhile."""
    email = session.get_one(Email, email_id, with_for_update=True)
    if email.attempts != attempt or email.state not in {EmailState.SENDING, EmailState.UNKNOWN}:
        return
    settlement = rules.settle(
        answer,
        attempts=email.attempts,
        when_unknown=WhenUnknown(email.when_unknown),
        queued_at=email.created_at,
        now=now,
        spread=lambda: random.uniform(0.8, 1.2),  # noqa: S311 - spreads load, keeps no secret
    )
    _become(email, settlement.state, detail=settlement.detail, now=now)
    email.next_try_at = settlement.next_try_at
    if email.state == EmailState.SENT:
        email.sent_at = now
    if email.state in {EmailState.SENT, EmailState.FAILED}:
        _tell(session, email, now=now)


def note_lost(session: Session, *, is_repeatable: bool, now: datetime) -> int:
    """A sender that died while it sent leaves e-mails whose fate nobody knows; they say so.

    Where sending twice is the same as sending once (a file of the same name), they are simply sent again.
    """
    verdict = Verdict.LATER if is_repeatable else Verdict.UNKNOWN
    emails = session.scalars(queries.lost(now=now).with_for_update(skip_locked=True)).all()
    for email in emails:
        detail = "The sender ended before the mail server had answered: it may have been delivered."
        answer = Answer(verdict=verdict, detail=detail)
        settle_attempt(session, email_id=email.id, attempt=email.attempts, answer=answer, now=now)
    return len(emails)


def retry_email(email: Email, *, now: datetime) -> Email:
    """A person wants it tried again, at once; EmailCannotBeRetried when it is under way or sent."""
    rules.check_retry(email.state)
    email.is_maybe_double = email.is_maybe_double or email.state == EmailState.UNKNOWN
    _become(email, EmailState.QUEUED, detail=email.last_error, now=now)
    email.next_try_at = now
    return email


def link_emails_to_customer(session: Session, *, case_id: str, customer_id: str, now: datetime) -> None:
    """The case has found its customer: so have the e-mails that were queued before."""
    for email in session.scalars(select(Email).where(Email.case_id == case_id, Email.customer_id.is_(None))):
        email.customer_id = customer_id
        email.updated_at = now


def _read_address(text: str) -> tuple[str, str | None]:
    try:
        return rules.check_address(text), None
    except rules.BadAddress as error:
        return rules.one_line(text)[:320], str(error)


def _become(email: Email, state: EmailState, *, detail: str | None, now: datetime) -> None:
    email.state = state
    email.last_error = detail
    email.next_try_at = None
    email.lease_until = None
    email.updated_at = now


def _tell(session: Session, email: Email, *, now: datetime) -> None:
    about: dict[str, str | None] = {
        "to_user_id": email.to_user_id,
        "case_id": email.case_id,
        "order_id": email.order_id,
        "customer_id": email.customer_id,
    }
    fact: EmailFact
    if email.state == EmailState.SENT:
        fact = EmailSent(id=email.id, kind=email.kind, subject=email.subject, **about)
    else:
        fact = EmailFailed(id=email.id, kind=email.kind, subject=email.subject, reason=email.last_error or "", **about)
    with tracing(Trace(correlation_id=email.correlation_id, causation_id=email.event_id)):
        record(session, fact, about=email, at=now)
