"""The kit's own tables, on the kit's own metadata, in every service's database."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from servicekit.database.types import UtcDateTime, naming_convention

# SQLite counts only an INTEGER key by itself; AUTOINCREMENT never gives an id twice.
_BigId = BigInteger().with_variant(Integer(), "sqlite")


class KitBase(DeclarativeBase):
    """Apart from each service's own base, so that no table ends in the wrong database."""

    metadata = MetaData(naming_convention=naming_convention)


class OutboxRow(KitBase):
    """An event that is committed and may not be published yet; `envelope` is the CloudEvent as it goes on the wire."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("aggregate_id", "aggregate_version", "type"),
        Index(
            "ix_outbox_waiting",
            "id",
            postgresql_where=text("published_at IS NULL"),
            sqlite_where=text("published_at IS NULL"),
        ),
        Index(
            "ix_outbox_refused",
            "aggregate_id",
            postgresql_where=text("attempts > 0 AND published_at IS NULL"),
            sqlite_where=text("attempts > 0 AND published_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(_BigId, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(40), unique=True)
    type: Mapped[str] = mapped_column(String(100))
    aggregate_id: Mapped[str] = mapped_column(String(40), index=True)
    aggregate_version: Mapped[int]
    envelope: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    last_error: Mapped[str | None] = mapped_column(Text)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InboxRow(KitBase):
    """This event has had its effect here."""

    __tablename__ = "inbox"

    consumer: Mapped[str] = mapped_column(String(100), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    processed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ParkedMessage(KitBase):
    """A message that could not have its effect; an operator looks at it, replays or discards it."""

    __tablename__ = "parked_message"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(_BigId, primary_key=True, autoincrement=True)
    event_id: Mapped[str | None] = mapped_column(String(64), index=True)
    type: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int]
    parked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_as: Mapped[str | None] = mapped_column(String(20))


class IdempotencyKey(KitBase):
    """The answer that a caller's key got, written with the effect itself."""

    __tablename__ = "idempotency_key"

    caller: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    headers: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class NumberCounter(KitBase):
    """Numbers for people, where the database has no sequences."""

    __tablename__ = "number_counter"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)


class JobRun(KitBase):
    """When a clock job last ran, so that two workers do not both run it and a restart does not repeat a daily one."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WorkerHeartbeat(KitBase):
    """The last heartbeat of the service's workers; `waiting` events were in its queue, where the bus could be asked."""

    __tablename__ = "worker_seen"

    service: Mapped[str] = mapped_column(String(100), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    waiting: Mapped[int | None]
