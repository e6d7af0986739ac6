"""What this service hears: to keep its copies, and to tell people."""

from sqlalchemy.orm import Session

from notifications.announcements import actions as announcements
from notifications.heard import (
    CaseHeard,
    ContactHeard,
    CustomerHeard,
    FormSubmittedHeard,
    MessageHeard,
    OrderHeard,
    StepDecidedHeard,
    StepEscalatedHeard,
    StepHeard,
    StepRemindedHeard,
    UserHeard,
)
from notifications.mail import actions as mail
from notifications.recipients import actions as recipients
from servicekit.consumers import Consumers, Delivered

consumers = Consumers("notifications")


@consumers.on("user.created.v1", "user.updated.v1", "user.disabled.v1", reads=UserHeard)
def on_user(session: Session, heard: Delivered[UserHeard]) -> None:
    recipients.keep_user(session, heard.data, sequence=heard.sequence)


@consumers.on(
    "customer.created.v1",
    "customer.updated.v1",
    "customer.archived.v1",
    "customer.restored.v1",
    "customer.blocked.v1",
    "customer.unblocked.v1",
    reads=CustomerHeard,
)
def on_customer(session: Session, heard: Delivered[CustomerHeard]) -> None:
    recipients.keep_customer(session, heard.data, sequence=heard.sequence)


@consumers.on("contact.added.v1", reads=ContactHeard)
def on_contact_added(session: Session, heard: Delivered[ContactHeard]) -> None:
    recipients.keep_contact(session, heard.data, sequence=heard.sequence)


@consumers.on(
    "case.opened.v1",
    "case.linked.v1",
    "case.updated.v1",
    "case.transitioned.v1",
    "case.closed.v1",
    "case.reopened.v1",
    reads=CaseHeard,
)
def on_case(session: Session, heard: Delivered[CaseHeard]) -> None:
    _keep_case(session, heard)


@consumers.on("case.assigned.v1", reads=CaseHeard)
def on_case_assigned(session: Session, heard: Delivered[CaseHeard]) -> None:
    _keep_case(session, heard)
    announcements.announce_assignment(session, heard.data, actor=heard.actor, event_id=heard.id, now=heard.at)


@consumers.on("step.activated.v1", reads=StepHeard)
def on_step_activated(session: Session, heard: Delivered[StepHeard]) -> None:
    announcements.announce_step(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("step.reminded.v1", reads=StepRemindedHeard)
def on_step_reminded(session: Session, heard: Delivered[StepRemindedHeard]) -> None:
    announcements.remind_of_step(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("step.escalated.v1", reads=StepEscalatedHeard)
def on_step_escalated(session: Session, heard: Delivered[StepEscalatedHeard]) -> None:
    announcements.escalate_step(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("step.decided.v1", reads=StepDecidedHeard)
def on_step_decided(session: Session, heard: Delivered[StepDecidedHeard]) -> None:
    announcements.announce_decision(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("form.submitted.v1", reads=FormSubmittedHeard)
def on_form_submitted(session: Session, heard: Delivered[FormSubmittedHeard]) -> None:
    announcements.reply_to_form(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("message.added.v1", reads=MessageHeard)
def on_message_added(session: Session, heard: Delivered[MessageHeard]) -> None:
    announcements.send_reply(session, heard.data, event_id=heard.id, now=heard.at)


@consumers.on("order.confirmed.v1", reads=OrderHeard)
def on_order_confirmed(session: Session, heard: Delivered[OrderHeard]) -> None:
    announcements.confirm_order(session, heard.data, event_id=heard.id, now=heard.at)


def _keep_case(session: Session, heard: Delivered[CaseHeard]) -> None:
    recipients.keep_case(session, heard.data, sequence=heard.sequence)
    if heard.data.customer_id is not None:
        mail.link_emails_to_customer(session, case_id=heard.data.id, customer_id=heard.data.customer_id, now=heard.at)
