"""Dead letters: parked messages, kept with their reason until an operator replays or discards them."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from servicekit.database.tables import ParkedMessage
from servicekit.errors import Conflict, NotFound
from servicekit.messaging import inbox

KEEP_RESOLVED = timedelta(days=30)
REPLAYED = "replayed"


class AlreadyResolved(Conflict):
    """It was replayed or discarded before."""


class TooOldToReplay(Conflict):
    """Whether another copy had its effect meanwhile is not known any more."""


def park(session: Session, body: bytes, *, reason: str, detail: str, attempts: int, now: datetime) -> None:
    """Keep it. The same event parked twice (a redelivery after a crash) is one row."""
    event_id, kind = _glance(body)
    if event_id is not None:
        kept = session.scalars(
            select(ParkedMessage).where(ParkedMessage.event_id == event_id, ParkedMessage.settled_at.is_(None))
        ).first()
        if kept is not None:
            kept.detail, kept.attempts = detail, attempts
            return
    session.add(
        ParkedMessage(
            event_id=event_id,
            type=kind,
            body=body.decode("utf-8", errors="backslashreplace").replace("\0", "\\x00"),  # PostgreSQL keeps no NUL
            reason=reason,
            detail=detail[:2000],
            attempts=attempts,
            parked_at=now,
        )
    )


def waiting(session: Session, *, limit: int = 100) -> Sequence[ParkedMessage]:
    """Those not resolved yet, oldest first."""
    return session.scalars(
        select(ParkedMessage).where(ParkedMessage.settled_at.is_(None)).order_by(ParkedMessage.id).limit(limit)
    ).all()


def find(session: Session, number: int) -> ParkedMessage:
    """One of them, resolved or not."""
    found = session.get(ParkedMessage, number)
    if found is None:
        raise NotFound(f"There is no parked message {number}.")
    return found


def resolve(session: Session, number: int, *, how: str, now: datetime) -> ParkedMessage:
    """Mark as replayed or discarded; the second time is refused, and so is a replay of what the inbox has outlived."""
    message = session.get(ParkedMessage, number, with_for_update=True)
    if message is None:
        raise NotFound(f"There is no parked message {number}.")
    if message.settled_at is not None:
        raise AlreadyResolved(f"Message {number} was {message.settled_as} at {message.settled_at:%Y-%m-%d %H:%M} UTC.")
    if how == REPLAYED and message.parked_at < now - inbox.KEEP:
        raise TooOldToReplay(
            f"Message {number} was parked {(now - message.parked_at).days} days ago. Whether it had its effect since is"
            f" known for {inbox.KEEP.days} days only: look at what it is about, and discard it."
        )
    message.settled_at, message.settled_as = now, how
    return message


def delete_resolved(session: Session, *, now: datetime) -> int:
    """Drop what was replayed or discarded a month ago: it may hold personal data."""
    gone = delete(ParkedMessage).where(ParkedMessage.settled_at < now - KEEP_RESOLVED)
    return session.execute(gone).rowcount  # type: ignore[attr-defined,no-any-return]


def _glance(body: bytes) -> tuple[str | None, str | None]:
    try:
        envelope = json.loads(body)
        return str(envelope["id"])[:64], str(envelope["type"])[:200]
    except (ValueError, KeyError, TypeError):
        return None, None
