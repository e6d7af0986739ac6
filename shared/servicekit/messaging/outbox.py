"""The transactional outbox: an event is recorded in the transaction that makes it true, and published afterwards."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import event as hooks
from sqlalchemy import insert
from sqlalchemy.orm import Session, SessionTransaction

from servicekit.context import Trace, current_trace
from servicekit.database.tables import OutboxRow
from servicekit.database.versioned import Versioned
from servicekit.messaging.events import Envelope, Event, encode, encode_data, new_event_id

MAX_BYTES = 256 * 1024
_INSERT = insert(OutboxRow.__table__)  # type: ignore[arg-type] # a declarative class's table is one
_PENDING = "outbox_pending"
_RECORDED = "outbox_recorded"


def record(session: Session, event: Event | Callable[[], Event], *, about: Versioned, at: datetime) -> str:
    """Publish `event` about this aggregate once the transaction commits; the event's id is known at once.

    The aggregate must change in the same transaction (its version is the event's sequence), or be new. What shows its
    state is given as a function and called at the end: events of one version must show one state.
    """
    event_id = new_event_id()
    session.info.setdefault(_PENDING, []).append((event_id, event, about, at, current_trace()))
    return event_id


def finalize_events(session: Session) -> None:
    """Call the functions that `record` was given: what follows in this transaction does not change these events."""
    # The flush takes each aggregate's row lock before its outbox row gets an id: so ids never invert versions.
    session.flush()
    pending = session.info.get(_PENDING, [])
    for place, (event_id, event, *rest) in enumerate(pending):
        if not isinstance(event, Event):
            pending[place] = (event_id, event(), *rest)


def has_recorded(session: Session) -> bool:
    """Did this session's transaction record any event?"""
    return bool(session.info.get(_RECORDED))


@hooks.listens_for(Session, "before_commit")
def _write_rows(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint is no commit
    if not session.info.get(_PENDING):
        return
    finalize_events(session)
    pending = session.info.pop(_PENDING)
    session.connection().execute(_INSERT, [_row(session.info["service"], *one) for one in pending])
    session.info[_RECORDED] = True


@hooks.listens_for(Session, "after_soft_rollback")
def _forget_rows(session: Session, previous: SessionTransaction) -> None:
    if not previous.nested:
        session.info.pop(_PENDING, None)


def _row(  # noqa: PLR0917 - the pending tuple
    service: str, event_id: str, event: Event, about: Versioned, at: datetime, trace: Trace
) -> dict[str, Any]:
    body = encode(
        Envelope(
            id=event_id,
            source=f"/services/{service}",
            type=event.TYPE,
            subject=about.id,
            time=at,
            sequence=about.version,
            correlationid=trace.correlation_id,
            causationid=trace.causation_id,
            actor=trace.actor,
            traceparent=trace.traceparent,
            data=encode_data(event),
        )
    )
    if len(body) > MAX_BYTES:
        raise ValueError(f"{event.TYPE} has {len(body)} bytes; the bus takes {MAX_BYTES}")
    return {
        "event_id": event_id,
        "type": event.TYPE,
        "aggregate_id": about.id,
        "aggregate_version": about.version,
        "envelope": body.decode(),
        "occurred_at": at,
        "attempts": 0,
    }
