"""One function an event: who is told what; all in the transaction that marks the event as heard."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from notifications.in_app.actions import notify
from notifications.mail import actions as mail
from notifications.mail import templates as letters
from notifications.mail.queries import count_recent
from notifications.mail.rules import AUTOREPLIES_AN_HOUR, EmailState
from notifications.mail.templates import Letter, StepFacts
from notifications.payloads import (
    CasePayload,
    FormSubmittedPayload,
    MessagePayload,
    OrderPayload,
    StepDecidedPayload,
    StepEscalatedPayload,
    StepPayload,
    StepRemindedPayload,
)
from notifications.projections.models import User
from notifications.projections.queries import active_users, find_customer_of_case, find_mailbox, get_case, get_user


def announce_step(session: Session, step: StepPayload, *, event_id: str, now: datetime) -> None:
    """To everybody who may do it (F080)."""
    users = active_users(session, step.user_ids)
    letter = letters.step_activated(_facts(step))
    _tell_staff(session, users, step, letter, event_id=event_id, kind="step_activated", now=now)


def remind_of_step(session: Session, step: StepRemindedPayload, *, event_id: str, now: datetime) -> None:
    users = active_users(session, step.user_ids)
    letter = letters.step_reminder(_facts(step), is_overdue=step.overdue)
    _tell_staff(session, users, step, letter, event_id=event_id, kind="step_reminder", now=now)


def escalate_step(session: Session, step: StepEscalatedPayload, *, event_id: str, now: datetime) -> None:
    """An e-mail to those it is passed up to; the people responsible see it in the console."""
    users = active_users(session, step.to_user_ids)
    letter = letters.step_escalated(_facts(step), level=step.level)
    _tell_staff(session, users, step, letter, event_id=event_id, kind="step_escalated", now=now)
    told = {user.id for user in users}
    for user in active_users(session, [one for one in step.user_ids if one not in told]):
        notify(
            session,
            event_id=event_id,
            user_id=user.id,
            kind="step_escalated",
            title=f"Escalated: {step.step_name}",
            body="It was not finished in time and has been passed up.",
            case_id=step.case_id,
            case_number=step.case_number,
            now=now,
        )


def announce_decision(session: Session, step: StepDecidedPayload, *, event_id: str, now: datetime) -> None:
    """To the owner of the case, in the console only; not to who decided it."""
    owner_id = get_case(session, step.case_id).owner_id
    if owner_id is None or owner_id == step.decided_by:
        return
    for user in active_users(session, [owner_id]):
        notify(
            session,
            event_id=event_id,
            user_id=user.id,
            kind="step_decided",
            title=f"{step.step_name}: {step.outcome}",
            body=step.note or "",
            case_id=step.case_id,
            case_number=step.case_number,
            now=now,
        )


def announce_assignment(
    session: Session, case: CasePayload, *, actor: str | None, event_id: str, now: datetime
) -> None:
    """To the new owner, in the console only; not to who takes a case oneself."""
    if case.owner_id is None or case.owner_id == actor:
        return
    for user in active_users(session, [case.owner_id]):
        notify(
            session,
            event_id=event_id,
            user_id=user.id,
            kind="case_assigned",
            title=f"A case is yours now: {case.subject}",
            body="",
            case_id=case.id,
            case_number=case.number,
            now=now,
        )


def reply_to_form(session: Session, form: FormSubmittedPayload, *, event_id: str, now: datetime) -> None:
    """The visitor's automatic reply with the case number (F060); nobody can have a mailbox flooded through a form."""
    if not form.personal.email:
        return
    own = form.autoresponder
    letter = letters.form_autoreply(
        number=form.case_number,
        name=form.personal.full_name,
        form_name=form.form_name,
        subject=own.subject if own else "",
        text=own.text if own else "",
    )
    email = mail.queue_email(
        session,
        event_id=event_id,
        kind="form_autoreply",
        letter=letter,
        to=form.personal.email,
        to_name=form.personal.full_name,
        case_id=form.case_id,
        customer_id=find_customer_of_case(session, form.case_id),
        now=now,
    )
    recent = count_recent(session, kind="form_autoreply", to=email.to, now=now)
    if email.state == EmailState.QUEUED and recent > AUTOREPLIES_AN_HOUR:
        reason = f"More than {AUTOREPLIES_AN_HOUR} automatic replies to this address within an hour."
        mail.hold(email, reason=reason, now=now)


def send_reply(session: Session, message: MessagePayload, *, event_id: str, now: datetime) -> None:
    """What staff write to the customer on a case goes out by e-mail; where it cannot, the writer is told."""
    if message.text is None or message.is_internal:
        return
    writer = get_user(session, message.author_id) if message.author_id else None
    whom = message.contact_id or message.customer_id
    mailbox = find_mailbox(session, whom) if whom else None
    if mailbox is None and message.contact_id and message.customer_id:
        mailbox = find_mailbox(session, message.customer_id)
    if mailbox is not None:
        letter = letters.personal_message(
            subject=f"Re: {message.case_subject or message.case_number}",
            text=message.text,
            sender=writer.name if writer else "our staff",
            case_number=message.case_number,
        )
        mail.queue_email(
            session,
            event_id=event_id,
            kind="case_reply",
            letter=letter,
            to=mailbox.email,
            to_name=mailbox.name,
            case_id=message.case_id,
            customer_id=message.customer_id,
            now=now,
        )
    elif writer is not None:
        notify(
            session,
            event_id=event_id,
            user_id=writer.id,
            kind="reply_not_sent",
            title="Your reply was not sent: the customer has no e-mail address",
            body=message.case_subject or "",
            case_id=message.case_id,
            case_number=message.case_number,
            now=now,
        )


def confirm_order(session: Session, order: OrderPayload, *, event_id: str, now: datetime) -> None:
    """To the customer's mailbox, if there is one."""
    mailbox = find_mailbox(session, order.customer_id)
    if mailbox is None:
        return
    letter = letters.order_confirmation(
        number=order.number,
        name=mailbox.name,
        total=f"{order.total.amount} {order.total.currency}",
        line_count=order.line_count,
    )
    mail.queue_email(
        session,
        event_id=event_id,
        kind="order_confirmation",
        letter=letter,
        to=mailbox.email,
        to_name=mailbox.name,
        order_id=order.id,
        customer_id=order.customer_id,
        now=now,
    )


def _tell_staff(
    session: Session,
    users: Iterable[User],
    step: StepPayload,
    letter: Letter,
    *,
    event_id: str,
    kind: str,
    now: datetime,
) -> None:
    for user in users:
        notify(
            session,
            event_id=event_id,
            user_id=user.id,
            kind=kind,
            title=letter.headline,
            body=step.case_subject,
            case_id=step.case_id,
            case_number=step.case_number,
            now=now,
        )
        if user.email:
            mail.queue_email(
                session,
                event_id=event_id,
                kind=kind,
                letter=letter,
                to=user.email,
                to_name=user.name,
                to_user_id=user.id,
                case_id=step.case_id,
                customer_id=step.customer_id,
                now=now,
            )


def _facts(step: StepPayload) -> StepFacts:
    return StepFacts(
        name=step.step_name,
        is_approval=step.step_kind == "approval",
        case_number=step.case_number,
        case_subject=step.case_subject,
        due_at=step.due_at,
        instructions=step.instructions,
    )
