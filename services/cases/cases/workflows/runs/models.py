"""Tables of workflows: what is written (definitions, versions) and what happens (runs, steps, work items, timers)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from cases.base import Base
from servicekit.database.types import Json, UtcDateTime
from servicekit.database.versioned import Versioned

_RUNNING = text("status = 'running'")
_PENDING = text("fired_at IS NULL AND dropped_at IS NULL")


class WorkflowDefinition(Versioned, Base):
    """A workflow as its authors see it; `steps` is the draft, `published` the version that new runs take."""

    __tablename__ = "workflow_definitions"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    entity_type: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    published_id: Mapped[str | None] = mapped_column(String(40))
    published: Mapped["WorkflowVersion | None"] = relationship(
        primaryjoin="foreign(WorkflowDefinition.published_id) == WorkflowVersion.id", lazy="joined"
    )

    @property
    def published_version(self) -> int | None:
        return self.published.number if self.published else None


class WorkflowVersion(Base):
    """What was published: written once, never changed; runs stay on theirs."""

    __tablename__ = "workflow_versions"
    __table_args__ = (UniqueConstraint("definition_id", "number"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("workflow_definitions.id"))
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    graph: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    checksum: Mapped[str] = mapped_column(String(64))
    published_by: Mapped[str | None] = mapped_column(String(40))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WorkflowRun(Versioned, Base):
    """One workflow happening to one subject, which has at most one that is running.

    What the engine needs of the subject is kept here by whoever owns the subject, so that any kind of record can
    have a workflow and a list of work items needs no second look-up.
    """

    __tablename__ = "workflow_runs"
    __table_args__ = (
        Index("ix_workflow_runs_subject", "subject_type", "subject_id"),
        Index("ix_workflow_runs_created_at_id", "created_at", "id"),
        Index(
            "uq_workflow_runs_running",
            "subject_type",
            "subject_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
    )

    version_id: Mapped[str] = mapped_column(ForeignKey("workflow_versions.id"))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(40))
    subject_number: Mapped[str] = mapped_column(String(20))
    subject_title: Mapped[str] = mapped_column(String(300))
    customer_id: Mapped[str | None] = mapped_column(String(40), index=True)
    owner_id: Mapped[str | None] = mapped_column(String(40))
    team_id: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))
    started_by: Mapped[str | None] = mapped_column(String(40))
    start_key: Mapped[str] = mapped_column(String(120), unique=True)
    activations: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(String(500))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    published: Mapped[WorkflowVersion] = relationship(lazy="joined", innerjoin=True)
    steps: Mapped[list["Step"]] = relationship(back_populates="run", order_by="Step.id")


class Step(Versioned, Base):
    """One time that a run was in a step; going back to it makes another one with the next `iteration`."""

    __tablename__ = "workflow_steps"
    __table_args__ = (UniqueConstraint("run_id", "key", "iteration"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("workflow_runs.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    iteration: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(60))

    run: Mapped[WorkflowRun] = relationship(back_populates="steps")
    items: Mapped[list["WorkItem"]] = relationship(back_populates="step", order_by="WorkItem.id")


class WorkItem(Versioned, Base):
    """What one person, or whoever of several takes it first, has to do or decide."""

    __tablename__ = "work_items"
    __table_args__ = (
        Index("ix_work_items_state_due_at", "state", "due_at"),
        Index("ix_work_items_created_at_id", "created_at", "id"),
    )

    step_id: Mapped[str] = mapped_column(ForeignKey("workflow_steps.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    assignee_id: Mapped[str | None] = mapped_column(String(40), index=True)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalation_level: Mapped[int] = mapped_column(default=0)
    decision: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(String(40), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_overdue: Mapped[bool | None] = query_expression()

    step: Mapped[Step] = relationship(back_populates="items")
    candidates: Mapped[list["Candidate"]] = relationship(order_by="Candidate.user_id", lazy="selectin")


class Candidate(Base):
    """A user who may take a work item, and the selector through which they may."""

    __tablename__ = "work_item_candidates"

    item_id: Mapped[str] = mapped_column(ForeignKey("work_items.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    via: Mapped[str] = mapped_column(String(120))


class Timer(Base):
    """A moment of a step; whoever sets `fired_at` with one conditional UPDATE does what it is for."""

    __tablename__ = "workflow_timers"
    __table_args__ = (
        UniqueConstraint("step_id", "kind", "level"),
        Index("ix_workflow_timers_pending", "fire_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    step_id: Mapped[str] = mapped_column(ForeignKey("workflow_steps.id"))
    kind: Mapped[str] = mapped_column(String(20))
    level: Mapped[int]
    fire_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
