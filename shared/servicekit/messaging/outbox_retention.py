"""Retention of the outbox: published rows are deleted after 30 days, their personal part after 7."""

import json
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from servicekit.database.tables import OutboxRow

KEEP = timedelta(days=30)
KEEP_PERSONAL = timedelta(days=7)
BATCH = 5000
PERSONAL = "personal"


def delete_published(session: Session, *, now: datetime) -> int:
    """One batch of each; returns how many rows changed."""
    old = select(OutboxRow.id).where(OutboxRow.published_at < now - KEEP).order_by(OutboxRow.id).limit(BATCH)
    gone: int = session.execute(delete(OutboxRow).where(OutboxRow.id.in_(old.scalar_subquery()))).rowcount  # type: ignore[attr-defined]
    personal = select(OutboxRow).where(
        OutboxRow.published_at < now - KEEP_PERSONAL, OutboxRow.envelope.contains(f'"{PERSONAL}":{{"')
    )  # an emptied one is "personal":{}, and is not found again
    rows = session.scalars(personal.limit(BATCH)).all()
    for row in rows:
        row.envelope = without_personal(row.envelope)
    return gone + len(rows)


def without_personal(envelope: str) -> str:
    """The same event with an empty `personal`; a body that is no event stays as it is."""
    try:
        event = json.loads(envelope)
        if PERSONAL in event["data"]:
            event["data"][PERSONAL] = {}
        return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    except (ValueError, KeyError, TypeError):
        return envelope
