"""The table of the messages of cases."""

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cases.base import Base
from servicekit.database.versioned import Versioned


class CaseMessage(Versioned, Base):
    """A reply to or from the customer, or an internal note among colleagues."""

    __tablename__ = "case_messages"
    __table_args__ = (Index("ix_case_messages_case_id_created_at_id", "case_id", "created_at", "id"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    direction: Mapped[str] = mapped_column(String(10))
    is_internal: Mapped[bool]
    body: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str | None] = mapped_column(String(40))
    author_name: Mapped[str | None] = mapped_column(String(300))
