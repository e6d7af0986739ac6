"""The table of notifications: one thing that one user should know."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base
from servicekit.database.types import Json, UtcDateTime
from servicekit.database.versioned import Versioned


class Notification(Versioned, Base):
    """`kind` and `data` are stored, and `titles` makes the sentences of them when they are read.

    A row from before has no `data` but its sentences, in `stored_title` and `stored_body`. `link` is a path of the
    console; `dedupe_key` lets one event notify one user of one thing once.
    """

    __tablename__ = "notifications"
    __table_args__ = (Index("ix_notifications_mine", "user_id", "created_at", "id"),)

    user_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, str] | None] = mapped_column(Json)
    stored_title: Mapped[str | None] = mapped_column("title", String(500))
    stored_body: Mapped[str | None] = mapped_column("body", Text)
    subject_type: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(40))
    subject_number: Mapped[str | None] = mapped_column(String(20))
    link: Mapped[str] = mapped_column(String(300))
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)

    @property
    def is_read(self) -> bool:
        return self.read_at is not None

    @property
    def subject(self) -> dict[str, str | None]:
        return {"type": self.subject_type, "id": self.subject_id, "number": self.subject_number}
