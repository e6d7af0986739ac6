"""Reading timers: those that are due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.workflows.runs.models import Timer

BATCH = 100


def due_timer_ids(session: Session, *, now: datetime) -> Sequence[str]:
    """Ids of the timers whose moment has come, the oldest first."""
    pending = select(Timer.id).where(Timer.fire_at <= now, Timer.fired_at.is_(None), Timer.dropped_at.is_(None))
    return session.scalars(pending.order_by(Timer.fire_at, Timer.id).limit(BATCH)).all()
