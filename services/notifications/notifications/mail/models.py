"""E-mails: a row is made when one is asked for, and is the queue, the log and the proof."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base
from servicekit.database.types import Json, UtcDateTime
from servicekit.database.versioned import Versioned


class Email(Versioned, Base):
    """`content` is an EmailContent as JSON: it is rendered when it is sent or shown, always to the same words.

    `attempts` counts what was begun, committed before the server is spoken to. `is_maybe_double` marks one that was
    tried again although an earlier attempt may have arrived. `correlation_id` is the request that started it all.
    """

    __tablename__ = "emails"
    __table_args__ = (
        Index("ix_emails_due", "state", "next_try_at"),
        Index("ix_emails_listed", "created_at", "id"),
    )
    __allow_unmapped__ = True

    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    dedupe_key: Mapped[str] = mapped_column(String(400), unique=True)
    event_id: Mapped[str] = mapped_column(String(64))
    correlation_id: Mapped[str] = mapped_column(String(64))
    to: Mapped[str] = mapped_column("to_email", String(320), index=True)
    to_name: Mapped[str] = mapped_column(String(300))
    to_user_id: Mapped[str | None] = mapped_column(String(40))
    reply_to: Mapped[str | None] = mapped_column(String(320))
    case_id: Mapped[str | None] = mapped_column(String(40), index=True)
    order_id: Mapped[str | None] = mapped_column(String(40), index=True)
    customer_id: Mapped[str | None] = mapped_column(String(40), index=True)
    subject: Mapped[str] = mapped_column(String(500))
    content: Mapped[dict[str, Any]] = mapped_column("letter", Json)
    when_unknown: Mapped[str] = mapped_column(String(20))
    is_maybe_double: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    text: str = ""
    """Filled in by the view that shows it; not a column."""
