"""Making the notices that the table lists for an event, in the transaction that marks the event as processed."""

from typing import Any

from sqlalchemy.orm import Session

from notifications.in_app.actions import notify_user
from notifications.mail.actions import hold_email, queue_email
from notifications.mail.queries import count_recent
from notifications.mail.rules import EmailState
from notifications.notices.audiences import Recipient
from notifications.notices.notice_table import NOTICES, About, Notice
from servicekit.actor import Actor
from servicekit.messaging.consumers import ReceivedEvent


def send_notices(session: Session, event: ReceivedEvent[Any], *, by: Actor) -> None:
    """A notification, an e-mail or both to everybody whom the event concerns; NotYet when one is not known here yet."""
    row = NOTICES[event.type]
    about = row.about(session, event.data)
    for notice in row.notices:
        for recipient in notice.audience(session, event):
            _notify(session, event, notice, recipient, about, by)
            _write(session, event, notice, recipient, about, by)


def _notify(  # noqa: PLR0917 - one notice for one recipient
    session: Session, event: ReceivedEvent[Any], notice: Notice[Any], recipient: Recipient, about: About, by: Actor
) -> None:
    if notice.in_app is None or recipient.user_id is None:
        return
    notify_user(
        session,
        recipient.user_id,
        by=by,
        event_id=event.id,
        kind=notice.kind,
        data=notice.in_app(event.data),
        case_id=about.case_id,
        case_number=about.case_number,
    )


def _write(  # noqa: PLR0917 - one notice for one recipient
    session: Session, event: ReceivedEvent[Any], notice: Notice[Any], recipient: Recipient, about: About, by: Actor
) -> None:
    if notice.template is None or not recipient.email:
        return
    email = queue_email(
        session,
        by=by,
        event_id=event.id,
        kind=notice.kind,
        content=notice.template(session, event.data, recipient),
        to=recipient.email,
        to_name=recipient.name,
        to_user_id=recipient.user_id,
        case_id=about.case_id or None,
        order_id=about.order_id,
        customer_id=about.customer_id,
    )
    if notice.hourly_limit is None or email.state != EmailState.QUEUED:
        return
    if count_recent(session, kind=notice.kind, to=email.to, now=by.now) > notice.hourly_limit:
        reason = f"More than {notice.hourly_limit} automatic replies to this address within an hour."
        hold_email(session, email, by=by, reason=reason)
