"""What staff write about a customer: notes and activities."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from customers.activities.rules import ActivityKind, Outcome
from customers.base import Base
from customers.projections.models import UserProjection
from servicekit.database.types import UtcDateTime
from servicekit.database.versioned import Versioned
from servicekit.markdown import DOCUMENT


class Note(Versioned, Base):
    """A remark in Markdown; a pinned one stays on top."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_page", "customer_id", "is_pinned", "created_at"),)

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    body: Mapped[str] = mapped_column(Text)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    pinned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    author_id: Mapped[str | None] = mapped_column(String(40))

    author: Mapped[UserProjection | None] = relationship(
        UserProjection, primaryjoin=lambda: foreign(Note.author_id) == UserProjection.id, viewonly=True, lazy="selectin"
    )

    @property
    def body_html(self) -> str:
        """The body, ready to be shown in a page."""
        return DOCUMENT.render(self.body)


class Activity(Versioned, Base):
    """An interaction that staff logged; `duration_minutes` only for calls and meetings."""

    __tablename__ = "activities"
    __table_args__ = (Index("ix_activities_page", "customer_id", "occurred_at"),)

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[ActivityKind] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(Text)
    duration_minutes: Mapped[int | None]
    outcome: Mapped[Outcome | None] = mapped_column(String(20))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_id: Mapped[str | None] = mapped_column(String(40))

    author: Mapped[UserProjection | None] = relationship(
        UserProjection,
        primaryjoin=lambda: foreign(Activity.author_id) == UserProjection.id,
        viewonly=True,
        lazy="selectin",
    )
