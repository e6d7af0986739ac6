"""What happens to an e-mail; nothing here speaks to a mail server, and nothing commits."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.mail import queries, rules
from notifications.mail.events import EmailEvent, EmailFailed, EmailSent
from notifications.mail.models import Email
from notifications.mail.rendering import dump_content
from notifications.mail.rules import EmailState, SmtpReply, Verdict, WhenUnknown
from notifications.mail.templates import KINDS, EmailContent, personal_message
from notifications.projections.models import CaseProjection
from notifications.projections.queries import Mailbox, find_user
from servicekit.actor import Actor
from servicekit.context import Trace, current_trace, tracing
from servicekit.ids import new_id
from servicekit.messaging.outbox import record


def queue_email(
    session: Session,
    *,
    by: Actor,
    event_id: str,
    kind: str,
    content: EmailContent,
    to: str,
    to_name: str,
    **about: str | None,
) -> Email:
    """Once for an event, a kind and a mailbox: the second time gives back the first.

    `about`: to_user_id, reply_to, and the ids of the case, order and customer that it belongs to.
    An address that cannot be one makes a failed e-mail, so that staff see why the person got nothing.
    """
    address, error = _read_address(to)
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
        subject=rules.one_line(content.subject)[:500],
        content=dump_content(content),
        when_unknown=KINDS[kind].when_unknown,
        is_maybe_double=False,
        attempts=0,
        next_try_at=by.now,
        created_at=by.now,
        updated_at=by.now,
        **about,
    )
    session.add(email)
    if error:
        _set_state(email, EmailState.FAILED, detail=error, now=by.now)
        _publish(session, email, now=by.now)
    session.flush()
    return email


def write_email(
    session: Session,
    *,
    by: Actor,
    customer_id: str,
    mailbox: Mailbox,
    case: CaseProjection | None,
    subject: str,
    text: str,
) -> Email:
    """A person's own words to a customer or one of its contacts (F032); each call is another e-mail."""
    writer = find_user(session, by.id) if by.id else None
    writer_name = writer.name if writer else (by.principal.name if by.principal else "")
    content = personal_message(
        subject=subject, text=text, sender=writer_name, case_number=case.number if case else None
    )
    return queue_email(
        session,
        by=by,
        event_id=new_id("wri"),
        kind="personal_message",
        content=content,
        to=mailbox.email,
        to_name=mailbox.name,
        reply_to=writer.email if writer else None,
        case_id=case.id if case else None,
        customer_id=customer_id,
    )


def hold_email(session: Session, email: Email, *, by: Actor, reason: str) -> None:
    """Do not send it until a person decides."""
    _set_state(email, EmailState.HELD, detail=reason, now=by.now)
    session.flush()


def claim_due_emails(session: Session, *, by: Actor, limit: int, lease: timedelta) -> Sequence[Email]:
    """Take some to send; rows that another sender is claiming are passed over.

    The caller commits this before it speaks to the server: an attempt is never forgotten.
    """
    due = queries.due_emails(now=by.now).limit(limit).with_for_update(skip_locked=True)
    emails = session.scalars(due).all()
    for email in emails:
        email.is_maybe_double = email.is_maybe_double or email.state == EmailState.UNKNOWN
        email.state = EmailState.SENDING
        email.attempts += 1
        email.lease_until = by.now + lease
        email.next_try_at = None
        email.bump(by.now)
    session.flush()
    return emails


def record_result(session: Session, email_id: str, *, by: Actor, attempt: int, reply: SmtpReply) -> None:
    """Write down what an attempt came to, unless a later attempt has begun meanwhile."""
    email = session.get_one(Email, email_id, with_for_update=True)
    if email.attempts != attempt or email.state not in {EmailState.SENDING, EmailState.UNKNOWN}:
        return
    result = rules.attempt_result(
        reply,
        attempts=email.attempts,
        when_unknown=WhenUnknown(email.when_unknown),
        queued_at=email.created_at,
        now=by.now,
        spread=lambda: random.uniform(0.8, 1.2),  # noqa: S311 - spreads load, keeps no secret
    )
    _set_state(email, result.state, detail=result.detail, now=by.now)
    email.next_try_at = result.next_try_at
    if email.state == EmailState.SENT:
        email.sent_at = by.now
    if email.state in {EmailState.SENT, EmailState.FAILED}:
        _publish(session, email, now=by.now)


def resolve_lost_emails(session: Session, *, by: Actor, is_repeatable: bool) -> int:
    """A sender that died while it sent leaves e-mails whose fate nobody knows; they show so from now on.

    Where sending twice is the same as sending once (a file of the same name), they are simply sent again.
    """
    verdict = Verdict.LATER if is_repeatable else Verdict.UNKNOWN
    emails = session.scalars(queries.lost_emails(now=by.now).with_for_update(skip_locked=True)).all()
    for email in emails:
        detail = "The sender ended before the mail server had answered: it may have been delivered."
        reply = SmtpReply(verdict=verdict, detail=detail)
        record_result(session, email.id, by=by, attempt=email.attempts, reply=reply)
    return len(emails)


def retry_email(session: Session, email: Email, *, by: Actor) -> Email:
    """A person wants it tried again, at once; EmailCannotBeRetried when it is under way or sent."""
    rules.check_retry(email.state)
    email.is_maybe_double = email.is_maybe_double or email.state == EmailState.UNKNOWN
    _set_state(email, EmailState.QUEUED, detail=email.last_error, now=by.now)
    email.next_try_at = by.now
    session.flush()
    return email


def link_emails_to_customer(session: Session, customer_id: str, *, by: Actor, case_id: str) -> None:
    """The case has found its customer: so have the e-mails that were queued before."""
    for email in session.scalars(select(Email).where(Email.case_id == case_id, Email.customer_id.is_(None))):
        email.customer_id = customer_id
        email.bump(by.now)


def _read_address(text: str) -> tuple[str, str | None]:
    try:
        return rules.check_address(text), None
    except rules.BadAddress as error:
        return rules.one_line(text)[:320], str(error)


def _set_state(email: Email, state: EmailState, *, detail: str | None, now: datetime) -> None:
    email.state = state
    email.last_error = detail
    email.next_try_at = None
    email.lease_until = None
    email.bump(now)


def _publish(session: Session, email: Email, *, now: datetime) -> None:
    about: dict[str, str | None] = {
        "to_user_id": email.to_user_id,
        "case_id": email.case_id,
        "order_id": email.order_id,
        "customer_id": email.customer_id,
    }
    event: EmailEvent
    if email.state == EmailState.SENT:
        event = EmailSent(id=email.id, kind=email.kind, subject=email.subject, **about)
    else:
        event = EmailFailed(id=email.id, kind=email.kind, subject=email.subject, reason=email.last_error or "", **about)
    with tracing(Trace(correlation_id=email.correlation_id, causation_id=email.event_id)):
        record(session, event, about=email, at=now)
