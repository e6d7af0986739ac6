"""What workflows run about: each kind of record registers here what follows in it from what happens in its workflow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import update
from sqlalchemy.orm import Session

from cases.workflows.runs.models import WorkflowRun
from servicekit.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the engine needs to know of the record that a workflow runs about."""

    type: str
    id: str
    number: str
    title: str
    customer_id: str | None
    owner_id: str | None
    team_id: str | None


class SubjectKind(Protocol):
    """The other half of the engine, written by the sub-domain that owns the records."""

    def add_history_entry(
        self, session: Session, subject_id: str, *, by: Actor, kind: str, detail: Mapping[str, Any]
    ) -> None:
        """Add an entry to the record's history."""

    def on_completed(self, session: Session, subject_id: str, *, by: Actor, outcome: str) -> None:
        """The workflow reached its end with this outcome."""


_kinds: dict[str, SubjectKind] = {}


def register_kind(type_: str, kind: SubjectKind) -> None:
    """Called once a kind, when the module that owns it is imported."""
    _kinds[type_] = kind


def kind_of(run: WorkflowRun) -> SubjectKind:
    return _kinds[run.subject_type]


def add_history_entry(
    session: Session, run: WorkflowRun, *, by: Actor, kind: str, detail: Mapping[str, object]
) -> None:
    """An entry in the history of the record that the run is about."""
    whole = {"run_id": run.id, **detail}
    kind_of(run).add_history_entry(session, run.subject_id, by=by, kind=kind, detail=whole)


def update_runs_of(session: Session, subject: Subject) -> None:
    """The subject was renamed, linked or given to somebody else: its runs show and find it as it is now."""
    with session.no_autoflush:  # runs are locked before their subject, everywhere
        session.execute(
            update(WorkflowRun)
            .where(WorkflowRun.subject_type == subject.type, WorkflowRun.subject_id == subject.id)
            .values(
                subject_title=subject.title,
                customer_id=subject.customer_id,
                owner_id=subject.owner_id,
                team_id=subject.team_id,
            )
        )
