"""Reading runs: those a caller may see, one with what an answer shows, by subject, and locked for a change."""

from sqlalchemy import CompoundSelect, Select, func, or_, select, union_all
from sqlalchemy.orm import Session, selectinload

from cases.workflows.definitions.models import WorkflowVersion
from cases.workflows.runs.models import Candidate, Step, WorkflowRun, WorkItem
from cases.workflows.runs.rules import RunStatus
from servicekit.auth import Principal, Scope, visible
from servicekit.errors import NotFound

_SHOWN = selectinload(WorkflowRun.steps).selectinload(Step.items)


def items_of_user(user_id: str) -> CompoundSelect[str]:
    """Ids of the work items that this user may take or has taken."""
    return union_all(
        select(Candidate.item_id).where(Candidate.user_id == user_id),
        select(WorkItem.id).where(WorkItem.assignee_id == user_id),
        select(WorkItem.id).where(WorkItem.decided_by == user_id),
    )


def subjects_of_user(subject_type: str, user_id: str) -> Select[str]:
    """Ids of the subjects in whose workflows this user has something to do, or had."""
    return (
        select(WorkflowRun.subject_id)
        .join(Step, Step.run_id == WorkflowRun.id)
        .join(WorkItem, WorkItem.step_id == Step.id)
        .where(WorkflowRun.subject_type == subject_type, WorkItem.id.in_(items_of_user(user_id)))
    )


def visible_runs(principal: Principal) -> Select[WorkflowRun]:
    """Runs of subjects in the caller's scope, and those in which the caller has something to do."""
    runs = select(WorkflowRun).join(WorkflowVersion, WorkflowVersion.id == WorkflowRun.version_id).options(_SHOWN)
    if principal.scope is Scope.ALL:
        return runs
    scoped = visible(select(WorkflowRun.id), principal, owner=WorkflowRun.owner_id, team=WorkflowRun.team_id)
    mine = select(Step.run_id).join(WorkItem).where(WorkItem.id.in_(items_of_user(principal.id)))
    return runs.where(or_(WorkflowRun.id.in_(scoped), WorkflowRun.id.in_(mine)))


def get_run(session: Session, run_id: str, principal: Principal) -> WorkflowRun:
    """With its steps and their work items; raises NotFound, also for a run that the caller may not know of."""
    run = session.scalars(visible_runs(principal).where(WorkflowRun.id == run_id)).one_or_none()
    if run is None:
        raise NotFound("There is no such workflow run, or it is not yours.")
    return run


def load_run(session: Session, run_id: str) -> WorkflowRun:
    """The run as it is now, after changes, with what an answer shows: its steps and their work items."""
    changed = select(WorkflowRun).where(WorkflowRun.id == run_id).options(_SHOWN)
    return session.scalars(changed.execution_options(populate_existing=True)).one()


def lock_run(session: Session, run_id: str) -> WorkflowRun:
    """The run, held until commit: whoever changes a run, its steps, items or timers takes this lock first."""
    locked = select(WorkflowRun).where(WorkflowRun.id == run_id).with_for_update(of=WorkflowRun)
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def find_live_run_id(session: Session, subject_type: str, subject_id: str) -> str | None:
    return session.scalars(
        select(WorkflowRun.id).where(
            WorkflowRun.subject_type == subject_type,
            WorkflowRun.subject_id == subject_id,
            WorkflowRun.status == RunStatus.RUNNING,
        )
    ).one_or_none()


def find_latest_run(session: Session, subject_type: str, subject_id: str) -> WorkflowRun | None:
    """The run that is running, else the one started last, with what an answer shows."""
    of_subject = select(WorkflowRun).where(
        WorkflowRun.subject_type == subject_type, WorkflowRun.subject_id == subject_id
    )
    latest = of_subject.order_by(WorkflowRun.created_at.desc(), WorkflowRun.id.desc()).limit(1)
    return session.scalars(latest.options(_SHOWN)).first()


def times_entered(session: Session, run_id: str, key: str) -> int:
    entered = select(func.count()).select_from(Step).where(Step.run_id == run_id, Step.key == key)
    return session.scalar(entered) or 0
