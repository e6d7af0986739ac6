"""The table of notices: for each event type its kinds, and for each kind the audience, the notification, the e-mail."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy.orm import Session

from notifications.mail import templates
from notifications.mail.rules import AUTOREPLIES_AN_HOUR
from notifications.mail.templates import EmailContent, StepFields
from notifications.notices.audiences import (
    Recipient,
    case_owner,
    correspondent,
    new_case_owner,
    ordering_customer,
    people_escalated_from,
    people_escalated_to,
    people_responsible,
    visitor,
    writer_without_reader,
)
from notifications.notices.payloads import (
    CasePayload,
    FormSubmittedPayload,
    MessagePayload,
    OrderPayload,
    StepDecidedPayload,
    StepEscalatedPayload,
    StepPayload,
    StepRemindedPayload,
)
from notifications.projections.queries import find_customer_of_case, find_user
from servicekit.messaging.consumers import ReceivedEvent
from servicekit.messaging.events import Payload

P = TypeVar("P", bound=Payload)


@dataclass(frozen=True, kw_only=True)
class About:
    """What the notices of an event belong to."""

    case_id: str = ""
    case_number: str = ""
    order_id: str | None = None
    customer_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Notice(Generic[P]):
    """One kind of notice.

    `in_app` gives the data of a notification in the console, `template` the content of an e-mail; without one of them
    there is none. `hourly_limit` is how many e-mails of this kind one address gets before the next are held.
    """

    kind: str
    audience: Callable[[Session, ReceivedEvent[P]], Iterable[Recipient]]
    in_app: Callable[[P], Mapping[str, str]] | None = None
    template: Callable[[Session, P, Recipient], EmailContent] | None = None
    hourly_limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class EventNotices(Generic[P]):
    """The notices of one event type, in the order in which they are made."""

    reads: type[P]
    about: Callable[[Session, P], About]
    notices: tuple[Notice[P], ...]


def _about_step(_session: Session, step: StepPayload | StepDecidedPayload) -> About:
    return About(case_id=step.case_id, case_number=step.case_number, customer_id=step.customer_id)


def _step_fields(step: StepPayload) -> StepFields:
    return StepFields(
        name=step.step_name,
        is_approval=step.step_kind == "approval",
        case_number=step.case_number,
        case_subject=step.case_subject,
        due_at=step.due_at,
        instructions=step.instructions,
    )


def _step_data(step: StepPayload, variant: str) -> dict[str, str]:
    return {"variant": variant, "step_name": step.step_name, "case_subject": step.case_subject}


def _form_autoreply(_session: Session, form: FormSubmittedPayload, recipient: Recipient) -> EmailContent:
    return templates.form_autoreply(
        number=form.case_number,
        name=recipient.name,
        form_name=form.form_name,
        subject=form.autoresponder.subject if form.autoresponder else "",
        text=form.autoresponder.text if form.autoresponder else "",
    )


def _case_reply(session: Session, message: MessagePayload, _recipient: Recipient) -> EmailContent:
    writer = find_user(session, message.author_id) if message.author_id else None
    return templates.personal_message(
        subject=f"Re: {message.case_subject or message.case_number}",
        text=message.text or "",
        sender=writer.name if writer else "our staff",
        case_number=message.case_number,
    )


def _order_confirmation(_session: Session, order: OrderPayload, recipient: Recipient) -> EmailContent:
    return templates.order_confirmation(
        number=order.number,
        name=recipient.name,
        total=f"{order.total.amount} {order.total.currency}",
        line_count=order.line_count,
    )


STEP_ACTIVATED = EventNotices(
    reads=StepPayload,
    about=_about_step,
    notices=(
        Notice(
            kind="step_activated",
            audience=people_responsible,
            in_app=lambda step: _step_data(step, "approval" if step.step_kind == "approval" else "task"),
            template=lambda _session, step, _recipient: templates.step_activated(_step_fields(step)),
        ),
    ),
)
STEP_REMINDED = EventNotices[StepRemindedPayload](
    reads=StepRemindedPayload,
    about=_about_step,
    notices=(
        Notice(
            kind="step_reminder",
            audience=people_responsible,
            in_app=lambda step: _step_data(step, "overdue" if step.overdue else "soon"),
            template=lambda _session, step, _recipient: templates.step_reminder(
                _step_fields(step), is_overdue=step.overdue
            ),
        ),
    ),
)
STEP_ESCALATED = EventNotices(
    reads=StepEscalatedPayload,
    about=_about_step,
    notices=(
        Notice(
            kind="step_escalated",
            audience=people_escalated_to,
            in_app=lambda step: _step_data(step, "to_you"),
            template=lambda _session, step, _recipient: templates.step_escalated(_step_fields(step), level=step.level),
        ),
        Notice(
            kind="step_escalated",
            audience=people_escalated_from,
            in_app=lambda step: _step_data(step, "away"),
        ),
    ),
)
STEP_DECIDED = EventNotices(
    reads=StepDecidedPayload,
    about=_about_step,
    notices=(
        Notice(
            kind="step_decided",
            audience=case_owner,
            in_app=lambda step: {"step_name": step.step_name, "outcome": step.outcome, "note": step.note or ""},
        ),
    ),
)
CASE_ASSIGNED = EventNotices(
    reads=CasePayload,
    about=lambda _session, case: About(case_id=case.id, case_number=case.number, customer_id=case.customer_id),
    notices=(
        Notice(kind="case_assigned", audience=new_case_owner, in_app=lambda case: {"case_subject": case.subject}),
    ),
)
FORM_SUBMITTED = EventNotices(
    reads=FormSubmittedPayload,
    about=lambda session, form: About(
        case_id=form.case_id,
        case_number=form.case_number,
        customer_id=find_customer_of_case(session, form.case_id),
    ),
    notices=(
        # The visitor's automatic reply with the case number (F060); nobody can have a mailbox flooded through a form.
        Notice(
            kind="form_autoreply",
            audience=visitor,
            template=_form_autoreply,
            hourly_limit=AUTOREPLIES_AN_HOUR,
        ),
    ),
)
MESSAGE_ADDED = EventNotices(
    reads=MessagePayload,
    about=lambda _session, message: About(
        case_id=message.case_id, case_number=message.case_number, customer_id=message.customer_id
    ),
    notices=(
        Notice(kind="case_reply", audience=correspondent, template=_case_reply),
        Notice(
            kind="reply_not_sent",
            audience=writer_without_reader,
            in_app=lambda message: {"case_subject": message.case_subject or ""},
        ),
    ),
)
ORDER_CONFIRMED = EventNotices(
    reads=OrderPayload,
    about=lambda _session, order: About(order_id=order.id, customer_id=order.customer_id),
    notices=(Notice(kind="order_confirmation", audience=ordering_customer, template=_order_confirmation),),
)

NOTICES: Final[Mapping[str, EventNotices[Any]]] = {
    "case.assigned.v1": CASE_ASSIGNED,
    "step.activated.v1": STEP_ACTIVATED,
    "step.reminded.v1": STEP_REMINDED,
    "step.escalated.v1": STEP_ESCALATED,
    "step.decided.v1": STEP_DECIDED,
    "form.submitted.v1": FORM_SUBMITTED,
    "message.added.v1": MESSAGE_ADDED,
    "order.confirmed.v1": ORDER_CONFIRMED,
}
