"""The events that change e-mails: a case that has found its customer."""

from sqlalchemy.orm import Session

from notifications.mail.actions import link_emails_to_customer
from notifications.mail.payloads import CasePayload
from servicekit.messaging.consumers import Consumers, ReceivedEvent

consumers = Consumers()


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
    if event.data.customer_id is not None:
        link_emails_to_customer(session, event.data.customer_id, by=event.by, case_id=event.data.id)
