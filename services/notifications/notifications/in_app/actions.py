"""Telling a user something in the console, and noting that it was read."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from notifications.in_app.models import Notification
from servicekit.ids import new_id


def notify(
    session: Session,
    *,
    event_id: str,
    user_id: str,
    kind: str,
    title: str,
    body: str,
    case_id: str,
    case_number: str,
    now: datetime,
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
        title=title[:500],
        body=body,
        subject_type="case",
        subject_id=case_id,
        subject_number=case_number,
        link=f"/cases/{case_number}",
        dedupe_key=key,
        created_at=now,
        updated_at=now,
    )
    session.add(notification)
    session.flush()
    return notification


def read_notification(notification: Notification, *, now: datetime) -> Notification:
    """Reading it again changes nothing."""
    if notification.read_at is None:
        notification.read_at = now
        notification.updated_at = now
    return notification


def read_all(session: Session, *, user_id: str, now: datetime) -> None:
    session.execute(
        update(Notification)
        .where(Notification.user_id == user_id, Notification.read_at.is_(None))
        .values(read_at=now, updated_at=now, version=Notification.version + 1)
    )
