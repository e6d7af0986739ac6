"""Tables of cases, their types, messages and history."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from cases.base import Base
from cases.casework import rules
from cases.casework.rules import CaseStatus
from servicekit.database.types import Json, UtcDateTime
from servicekit.database.versioned import Versioned


class CaseType(Versioned, Base):
    """A kind of case; `default_workflow` is the key of the workflow that a new one starts."""

    __tablename__ = "case_types"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    default_workflow: Mapped[str | None] = mapped_column(String(60))


class Case(Versioned, Base):
    """The record of one customer interaction and of what became of it."""

    __tablename__ = "cases"
    __table_args__ = (
        *(Index(f"ix_cases_{sort}_id", sort, "id") for sort in ("created_at", "updated_at", "opened_at", "subject")),
        *(
            Index(f"ix_cases_{narrowed}_created_at_id", narrowed, "created_at", "id")
            for narrowed in ("status", "type", "customer_id", "owner_id", "team_id")
        ),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    subject: Mapped[str] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(Text)
    type: Mapped[str] = mapped_column(String(60))
    origin: Mapped[str] = mapped_column(String(20))
    priority: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    customer_id: Mapped[str | None] = mapped_column(String(40))
    contact_id: Mapped[str | None] = mapped_column(String(40), index=True)
    owner_id: Mapped[str | None] = mapped_column(String(40))
    team_id: Mapped[str | None] = mapped_column(String(40))
    custom: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    form_key: Mapped[str | None] = mapped_column(String(60))
    submission_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    outcome: Mapped[str | None] = mapped_column(String(100))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_response_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @hybrid_property
    def is_open(self) -> bool:
        return rules.is_open(CaseStatus(self.status))

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        return cls.status.in_(rules.OPEN_STATUSES)


class CaseMessage(Versioned, Base):
    """A word to or from the customer, or an internal note among colleagues."""

    __tablename__ = "case_messages"
    __table_args__ = (Index("ix_case_messages_case_id_created_at_id", "case_id", "created_at", "id"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    direction: Mapped[str] = mapped_column(String(10))
    is_internal: Mapped[bool]
    body: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str | None] = mapped_column(String(40))
    author_name: Mapped[str | None] = mapped_column(String(300))


class CaseHistory(Base):
    """One line of what happened to a case; never changed afterwards."""

    __tablename__ = "case_history"
    __table_args__ = (Index("ix_case_history_case_id_at_id", "case_id", "at", "id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
