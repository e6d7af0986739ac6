"""The inbox: an event has its effect once, because both are one commit."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from servicekit.database.tables import InboxRow
from servicekit.database.upsert import insert_if_absent

KEEP = timedelta(days=90)


def is_first(session: Session, *, consumer: str, event_id: str, now: datetime) -> bool:
    """False when this event had its effect here before; a concurrent second delivery waits for the first."""
    return insert_if_absent(session, InboxRow, consumer=consumer, event_id=event_id, processed_at=now)


def delete_old_rows(session: Session, *, now: datetime) -> int:
    """Drop what is older than every retry, parking and replay."""
    return session.execute(delete(InboxRow).where(InboxRow.processed_at < now - KEEP)).rowcount  # type: ignore[attr-defined,no-any-return]
