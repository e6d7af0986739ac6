"""The audiences of notices: who is meant by an event, and where they can be reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

from notifications.notices.payloads import (
    CasePayload,
    FormSubmittedPayload,
    MessagePayload,
    OrderPayload,
    StepDecidedPayload,
    StepEscalatedPayload,
    StepPayload,
)
from notifications.projections.models import UserProjection
from notifications.projections.queries import Mailbox, active_users, find_mailbox, find_user, get_case
from servicekit.messaging.consumers import ReceivedEvent

S = TypeVar("S", bound=StepPayload)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody whom a notice reaches: staff by `user_id` in the console, everybody by `email` where there is one."""

    name: str
    email: str | None
    user_id: str | None = None


def people_responsible(session: Session, event: ReceivedEvent[S]) -> Iterable[Recipient]:
    """Everybody who may do the step (F080)."""
    return _staff(active_users(session, event.data.user_ids))


def people_escalated_to(session: Session, event: ReceivedEvent[StepEscalatedPayload]) -> Iterable[Recipient]:
    """Those to whom the step is passed up."""
    return _staff(active_users(session, event.data.to_user_ids))


def people_escalated_from(session: Session, event: ReceivedEvent[StepEscalatedPayload]) -> Iterable[Recipient]:
    """Those who were responsible, unless the step is passed up to them as well."""
    step = event.data
    return _staff(active_users(session, [one for one in step.user_ids if one not in step.to_user_ids]))


def case_owner(session: Session, event: ReceivedEvent[StepDecidedPayload]) -> Iterable[Recipient]:
    """The owner of the step's case, unless they decided it themselves."""
    owner_id = get_case(session, event.data.case_id).owner_id
    if owner_id is None or owner_id == event.data.decided_by:
        return []
    return _staff(active_users(session, [owner_id]))


def new_case_owner(session: Session, event: ReceivedEvent[CasePayload]) -> Iterable[Recipient]:
    """The owner to whom the case was assigned, unless they took it themselves."""
    owner_id = event.data.owner_id
    if owner_id is None or owner_id == event.actor:
        return []
    return _staff(active_users(session, [owner_id]))


def visitor(_session: Session, event: ReceivedEvent[FormSubmittedPayload]) -> Iterable[Recipient]:
    """Whoever sent the form, where they left an address."""
    submitter = event.data.personal
    return [Recipient(name=submitter.full_name, email=submitter.email)] if submitter.email else []


def ordering_customer(session: Session, event: ReceivedEvent[OrderPayload]) -> Iterable[Recipient]:
    """The customer's mailbox, if there is one."""
    return _mailbox(find_mailbox(session, event.data.customer_id))


def correspondent(session: Session, event: ReceivedEvent[MessagePayload]) -> Iterable[Recipient]:
    """The person whom a message of the case is written to, else their organization."""
    return _mailbox(_mailbox_of(session, event.data)) if _is_for_customer(event.data) else []


def writer_without_reader(session: Session, event: ReceivedEvent[MessagePayload]) -> Iterable[Recipient]:
    """Whoever wrote a message that can reach nobody; an API key is no user and is not notified."""
    message = event.data
    if not _is_for_customer(message) or _mailbox_of(session, message) is not None:
        return []
    writer = find_user(session, message.author_id) if message.author_id else None
    return _staff([writer]) if writer else []


def _is_for_customer(message: MessagePayload) -> bool:
    return message.text is not None and not message.is_internal


def _mailbox_of(session: Session, message: MessagePayload) -> Mailbox | None:
    addressee = message.contact_id or message.customer_id
    mailbox = find_mailbox(session, addressee) if addressee else None
    if mailbox is None and message.contact_id and message.customer_id:
        mailbox = find_mailbox(session, message.customer_id)
    return mailbox


def _staff(users: Sequence[UserProjection]) -> list[Recipient]:
    return [Recipient(name=user.name, email=user.email, user_id=user.id) for user in users]


def _mailbox(mailbox: Mailbox | None) -> list[Recipient]:
    return [Recipient(name=mailbox.name, email=mailbox.email)] if mailbox else []
