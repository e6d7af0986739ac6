"""When something last passed between us and a customer."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from customers.projections.locks import lock_figures
from customers.timeline.models import TimelineEntry
from customers.timeline.rules import INTERACTIONS


def note_interaction(session: Session, *, customer_ids: Iterable[str | None], at: datetime) -> None:
    """Something passed between us and these customers at that time; only a later one than is known counts."""
    for customer_id in sorted({known for known in customer_ids if known is not None}):
        figures = lock_figures(session, customer_id)
        if figures.last_interaction_at is None or figures.last_interaction_at < at:
            figures.last_interaction_at = at


def note_latest_interaction(
    session: Session, entries: ColumnElement[bool], *, customer_ids: Iterable[str | None]
) -> None:
    """The latest interaction among these entries counts for these customers as well."""
    latest = session.scalar(select(func.max(TimelineEntry.at)).where(entries, TimelineEntry.kind.in_(INTERACTIONS)))
    if latest is not None:
        note_interaction(session, customer_ids=customer_ids, at=latest)
