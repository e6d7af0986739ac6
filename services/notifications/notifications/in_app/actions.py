"""Notifying a user in the console, and recording that it was read."""

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from notifications.in_app.models import Notification
from servicekit.actor import Actor
from servicekit.ids import new_id


def notify_user(
    session: Session,
    user_id: str,
    *,
    by: Actor,
    event_id: str,
    kind: str,
    data: Mapping[str, str],
    case_id: str,
    case_number: str,
) -> Notification:
    """Once for an event, a kind and a user: the second time gives back the first."""
    key = f"{event_id}|{kind}|{user_id}"
    known = session.scalars(select(Notification).where(Notification.dedupe_key == key)).one_or_none()
    if known is not None:
        return known
    notification = Notification(
        id=new_id("ntf"),
        user_id=user_id,
        kind=kind,
        data=dict(data),
        subject_type="case",
        subject_id=case_id,
        subject_number=case_number,
        link=f"/cases/{case_number}",
        dedupe_key=key,
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(notification)
    session.flush()
    return notification


def read_notification(session: Session, notification: Notification, *, by: Actor) -> Notification:
    """Reading it again changes nothing."""
    if notification.read_at is None:
        notification.read_at = by.now
        notification.bump(by.now)
    session.flush()
    return notification


def read_all_notifications(session: Session, *, by: Actor) -> None:
    """Of whoever asks; those of others stay as they are."""
    session.execute(
        update(Notification)
        .where(Notification.user_id == by.id, Notification.read_at.is_(None))
        .values(read_at=by.now, updated_at=by.now, version=Notification.version + 1)
    )
