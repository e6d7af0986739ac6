"""One row of the timeline."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from customers.base import Base
from customers.projections.models import UserProjection
from servicekit.database.types import Json, UtcDateTime


class TimelineEntry(Base):
    """Something that happened with a customer.

    `customer_id` stays empty until the customer of the case or order is known here. `source_event` is the id of the
    event that reported it (a fresh one where staff wrote it): it makes an entry unique and orders those of one instant.
    `search_text` holds numbers, names, subject and body, folded. `stored_title` is the title of a row that was written
    before titles were made of `kind` and `data`.
    """

    __tablename__ = "timeline_entries"
    __table_args__ = (
        Index("ix_timeline_entries_page", "customer_id", "at", "source_event"),
        Index("ix_timeline_entries_contact_page", "contact_id", "at", "source_event"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    source_event: Mapped[str] = mapped_column(String(64), unique=True)
    customer_id: Mapped[str | None] = mapped_column(String(40))
    contact_id: Mapped[str | None] = mapped_column(String(40))
    case_id: Mapped[str | None] = mapped_column(String(40), index=True)
    order_id: Mapped[str | None] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    stored_title: Mapped[str | None] = mapped_column("sentence", String(500))
    body: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str | None] = mapped_column(String(40))
    subject_type: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(40))
    subject_number: Mapped[str | None] = mapped_column(String(20))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    search_text: Mapped[str | None] = mapped_column(Text)

    actor: Mapped[UserProjection | None] = relationship(
        UserProjection,
        primaryjoin=lambda: foreign(TimelineEntry.actor_id) == UserProjection.id,
        viewonly=True,
        lazy="selectin",
    )

    @property
    def actor_name(self) -> str | None:
        """Looked up when read, so that a name that arrives late is shown all the same."""
        return self.actor.name if self.actor else None

    @property
    def subject(self) -> dict[str, str | None]:
        """What the entry is about."""
        return {"type": self.subject_type, "id": self.subject_id, "number": self.subject_number}
