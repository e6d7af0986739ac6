"""Tables of cases and their history."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from cases.base import Base
from cases.casework import rules
from cases.casework.rules import CaseStatus
from cases.projections.models import CustomerProjection, UserProjection
from cases.workflows.runs.models import WorkflowRun
from servicekit.database.types import Json, UtcDateTime
from servicekit.database.versioned import Versioned


class Case(Versioned, Base):
    """The record of one customer interaction and of what became of it.

    `customer`, `owner` and `run` are for answers: a query loads them (`queries.load_shown`), nothing else does.
    """

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

    customer: Mapped[CustomerProjection | None] = relationship(
        primaryjoin=lambda: foreign(Case.customer_id) == CustomerProjection.id, viewonly=True, lazy="raise"
    )
    owner: Mapped[UserProjection | None] = relationship(
        primaryjoin=lambda: foreign(Case.owner_id) == UserProjection.id, viewonly=True, lazy="raise"
    )
    run: Mapped[WorkflowRun | None] = relationship(
        primaryjoin=lambda: foreign(WorkflowRun.subject_id) == Case.id, viewonly=True, uselist=False, lazy="raise"
    )

    @hybrid_property
    def is_open(self) -> bool:
        return rules.is_open(CaseStatus(self.status))

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        return cls.status.in_(rules.OPEN_STATUSES)

    @property
    def allowed_statuses(self) -> list[str]:
        """Where the case can go from here."""
        return [str(way) for way in rules.ways_from(CaseStatus(self.status))]

    @property
    def customer_name(self) -> str | None:
        """None also where the customer is not known here yet."""
        return self.customer.name if self.customer else None

    @property
    def customer_is_blocked(self) -> bool:
        """A warning, not a refusal."""
        return bool(self.customer and self.customer.is_blocked)

    @property
    def owner_name(self) -> str | None:
        """None also where the owner is not known here yet."""
        return self.owner.name if self.owner else None


class CaseHistory(Base):
    """One entry of what happened to a case; never changed afterwards."""

    __tablename__ = "case_history"
    __table_args__ = (Index("ix_case_history_case_id_at_id", "case_id", "at", "id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    actor: Mapped[UserProjection | None] = relationship(
        primaryjoin=lambda: foreign(CaseHistory.actor_id) == UserProjection.id, viewonly=True, lazy="raise"
    )

    @property
    def actor_name(self) -> str | None:
        """Who did it, where somebody did."""
        return self.actor.name if self.actor else None

    @property
    def note(self) -> str | None:
        """What the actor wrote about it."""
        return self.detail.get("note")
