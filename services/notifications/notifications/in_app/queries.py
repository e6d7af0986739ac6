"""Reads of notifications: only ever one's own."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from notifications.in_app.models import Notification
from servicekit.auth import Principal
from servicekit.errors import NotFound


def visible_notifications(principal: Principal) -> Select[Notification]:
    """Those of whoever asks."""
    return select(Notification).where(Notification.user_id == principal.id)


def get_notification(session: Session, principal: Principal, notification_id: str) -> Notification:
    """NotFound also for what is somebody else's."""
    mine = visible_notifications(principal)
    found = session.scalars(mine.where(Notification.id == notification_id)).one_or_none()
    if found is None:
        raise NotFound("There is no such notification.")
    return found


def count_unread(session: Session, principal: Principal) -> int:
    unread = visible_notifications(principal).where(Notification.read_at.is_(None)).subquery()
    return session.scalar(select(func.count()).select_from(unread)) or 0
