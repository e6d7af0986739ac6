"""The events that the projections are stored from: staff, customers, contacts and cases."""

from sqlalchemy.orm import Session

from notifications.projections import actions
from notifications.projections.payloads import CasePayload, ContactPayload, CustomerPayload, UserPayload
from servicekit.messaging.consumers import Consumers, ReceivedEvent

consumers = Consumers()


@consumers.on("user.created.v1", "user.updated.v1", "user.disabled.v1", reads=UserPayload)
def on_user_changed(session: Session, event: ReceivedEvent[UserPayload]) -> None:
    actions.store_user(session, event.data, sequence=event.sequence)


@consumers.on(
    "customer.created.v1",
    "customer.updated.v1",
    "customer.archived.v1",
    "customer.restored.v1",
    "customer.blocked.v1",
    "customer.unblocked.v1",
    reads=CustomerPayload,
)
def on_customer_changed(session: Session, event: ReceivedEvent[CustomerPayload]) -> None:
    actions.store_customer(session, event.data, sequence=event.sequence)


@consumers.on("contact.added.v1", reads=ContactPayload)
def on_contact_added(session: Session, event: ReceivedEvent[ContactPayload]) -> None:
    actions.store_contact(session, event.data, sequence=event.sequence)


@consumers.on(
    "case.opened.v1",
    "case.linked.v1",
    "case.updated.v1",
    "case.transitioned.v1",
    "case.assigned.v1",
    "case.closed.v1",
    "case.reopened.v1",
    reads=CasePayload,
)
def on_case_changed(session: Session, event: ReceivedEvent[CasePayload]) -> None:
    actions.store_case(session, event.data, sequence=event.sequence)
