"""Tables of runs: one aggregate of a run, its steps, their work items and timers, changed under the lock of the run."""

from datetime import datetime
from functools import cached_property

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, query_expression, relationship

from cases.base import Base
from cases.projections.models import CustomerProjection, UserProjection
from cases.workflows.definitions.models import WorkflowVersion
from cases.workflows.definitions.rules import Graph, StepSpec, read_graph
from cases.workflows.runs.rules import LIVE_STEPS, UNDECIDED
from servicekit.database.types import UtcDateTime
from servicekit.database.versioned import Versioned

_RUNNING = text("status = 'running'")
_PENDING = text("fired_at IS NULL AND dropped_at IS NULL")


class WorkflowRun(Versioned, Base):
    """One workflow happening to one subject, which has at most one that is running.

    What the engine needs of the subject is copied here by whoever owns the subject, so that any kind of record can
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
    customer: Mapped[CustomerProjection | None] = relationship(
        primaryjoin=lambda: foreign(WorkflowRun.customer_id) == CustomerProjection.id, viewonly=True, lazy="raise"
    )

    @cached_property
    def graph(self) -> Graph:
        """The steps as they were published; a run stays on its version."""
        return read_graph(self.published.graph)

    @property
    def current_step(self) -> str | None:
        """The name of the step in which the run is."""
        return next((step.name for step in self.steps if step.status in LIVE_STEPS), None)

    @property
    def customer_name(self) -> str | None:
        """None also where the customer is not known here yet."""
        return self.customer.name if self.customer else None


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

    @property
    def spec(self) -> StepSpec:
        """The step as it was published."""
        return self.run.graph.step(self.key)

    @property
    def undecided_items(self) -> list["WorkItem"]:
        """Those that still wait for people."""
        return [item for item in self.items if item.state in UNDECIDED]


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
    is_past_due: Mapped[bool | None] = query_expression()

    step: Mapped[Step] = relationship(back_populates="items")
    candidates: Mapped[list["Candidate"]] = relationship(order_by="Candidate.user_id", lazy="selectin")
    assignee: Mapped[UserProjection | None] = relationship(
        primaryjoin=lambda: foreign(WorkItem.assignee_id) == UserProjection.id, viewonly=True, lazy="raise"
    )
    decider: Mapped[UserProjection | None] = relationship(
        primaryjoin=lambda: foreign(WorkItem.decided_by) == UserProjection.id, viewonly=True, lazy="raise"
    )

    @property
    def is_overdue(self) -> bool:
        """Was it past its due time when it was read, and does it still wait for somebody?"""
        return bool(self.is_past_due) and self.state in UNDECIDED

    @property
    def candidate_ids(self) -> list[str]:
        """Who may take it."""
        return [candidate.user_id for candidate in self.candidates]

    @property
    def assignee_name(self) -> str | None:
        """Who has taken it."""
        return self.assignee.name if self.assignee else None

    @property
    def decided_by_name(self) -> str | None:
        """Who has decided it."""
        return self.decider.name if self.decider else None


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
