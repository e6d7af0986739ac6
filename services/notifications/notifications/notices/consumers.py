"""What this service hears: to keep its copies, and to tell people."""

from sqlalchemy.orm import Session

from notifications.mail import actions as mail
from notifications.notices import actions as announcements
from notifications.payloads import (
    CasePayload,
    ContactPayload,
    CustomerPayload,
    FormSubmittedPayload,
    MessagePayload,
    OrderPayload,
    StepDecidedPayload,
    StepEscalatedPayload,
    StepPayload,
    StepRemindedPayload,
    UserPayload,
)
from notifications.projections import actions as recipients
from servicekit.messaging.consumers import Consumers, ReceivedEvent

consumers = Consumers()


@consumers.on("user.created.v1", "user.updated.v1", "user.disabled.v1", reads=UserPayload)
def on_user(session: Session, heard: ReceivedEvent[UserPayload]) -> None:
    recipients.keep_user(session, heard.data, sequence=heard.sequence)


@consumers.on(
    "customer.created.v1",
    "customer.updated.v1",
    "customer.archived.v1",
    "customer.restored.v1",
    "customer.blocked.v1",
    "customer.unblocked.v1",
    reads=CustomerPayload,
)
def on_customer(session: Session, heard: ReceivedEvent[CustomerPayload]) -> None:
    recipients.keep_customer(session, heard.data, sequence=heard.sequence)


@consumers.on("contact.added.v1", reads=ContactPayload)
def on_contact_added(session: Session, heard: ReceivedEvent[ContactPayload]) -> None:
    recipients.keep_contact(session, heard.data, sequence=heard.sequence)


@consumers.on(
    "case.opened.v1",
    "case.linked.v1",
    "case.updated.v1",
    "case.transitioned.v1",
    "case.closed.v1",
    "case.reopened.v1",
    reads=CasePayload,
)
def on_case(session: Session, heard: ReceivedEvent[CasePayload]) -> None:
    _keep_case(session, heard)


@consumers.on("case.assigned.v1", reads=CasePayload)
def on_case_assigned(session: Session, heard: ReceivedEvent[CasePayload]) -> None:
    _keep_case(session, heard)
    announcements.announce_assignment(session, heard.data, actor=heard.actor, event_id=heard.id, now=heard.at)


@consumers.on("step.activated.v1", reads=StepPayload)
def on_step_activated(session: Session, heard: ReceivedEvent[StepPayload]) -> None:
    announcements.announce_step(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("step.reminded.v1", reads=StepRemindedPayload)
def on_step_reminded(session: Session, heard: ReceivedEvent[StepRemindedPayload]) -> None:
    announcements.remind_of_step(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("step.escalated.v1", reads=StepEscalatedPayload)
def on_step_escalated(session: Session, heard: ReceivedEvent[StepEscalatedPayload]) -> None:
    announcements.escalate_step(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("step.decided.v1", reads=StepDecidedPayload)
def on_step_decided(session: Session, heard: ReceivedEvent[StepDecidedPayload]) -> None:
    announcements.announce_decision(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("form.submitted.v1", reads=FormSubmittedPayload)
def on_form_submitted(session: Session, heard: ReceivedEvent[FormSubmittedPayload]) -> None:
    announcements.reply_to_form(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("message.added.v1", reads=MessagePayload)
def on_message_added(session: Session, heard: ReceivedEvent[MessagePayload]) -> None:
    announcements.send_reply(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("order.confirmed.v1", reads=OrderPayload)
def on_order_confirmed(session: Session, heard: ReceivedEvent[OrderPayload]) -> None:
    announcements.confirm_order(session, heard.data, event_id=heard.id, now=heard.at)


def _keep_case(session: Session, heard: ReceivedEvent[CasePayload]) -> None:
    recipients.keep_case(session, heard.data, sequence=heard.sequence)
    if heard.data.customer_id is not None:
        mail.link_emails_to_customer(session, case_id=heard.data.id, customer_id=heard.data.customer_id, now=heard.at)
