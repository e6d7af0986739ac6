"""The engine: start a run, enter and leave its steps, and end it. Callers hold the run's lock (`queries.lock_run`)."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cases.workflows.definitions.models import WorkflowDefinition
from cases.workflows.definitions.rules import DefinitionStatus, Distribution, StepSpec
from cases.workflows.runs import rules
from cases.workflows.runs.assignees import assignees_of
from cases.workflows.runs.event_fields import run_fields, step_event_fields
from cases.workflows.runs.events import (
    StepActivated,
    WorkflowCancelled,
    WorkflowCompleted,
    WorkflowFailed,
    WorkflowStarted,
)
from cases.workflows.runs.models import Candidate, Step, Timer, WorkflowRun, WorkItem
from cases.workflows.runs.queries import times_entered
from cases.workflows.runs.rules import LIVE_STEPS, ItemState, RunStatus, StepStatus, TimerKind
from cases.workflows.runs.subjects import Subject, add_history_entry, kind_of
from servicekit.actor import Actor
from servicekit.errors import Conflict
from servicekit.ids import new_id
from servicekit.messaging.outbox import record

RETRY_WITHOUT_ASSIGNEES = timedelta(minutes=1)


class WorkflowNotPublished(Conflict):
    """Only a published workflow can be started."""


def start_run(
    session: Session, *, by: Actor, definition: WorkflowDefinition, subject: Subject, cause: str
) -> WorkflowRun:
    """Start the published version on a subject that has no live run, which its owner has checked under a lock.

    The same `cause` (a request, an event) never starts it twice on one subject.
    """
    if definition.published is None or definition.status == DefinitionStatus.RETIRED:
        raise WorkflowNotPublished(f"The workflow “{definition.name}” is not published.")
    start_key = hashlib.sha256(f"{definition.id} {subject.id} {cause}".encode()).hexdigest()
    run = WorkflowRun(
        id=new_id("run"),
        published=definition.published,
        subject_type=subject.type,
        subject_id=subject.id,
        subject_number=subject.number,
        subject_title=subject.title,
        customer_id=subject.customer_id,
        owner_id=subject.owner_id,
        team_id=subject.team_id,
        status=RunStatus.RUNNING,
        started_by=by.id,
        start_key=start_key,
        activations=0,
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(run)
    record(session, WorkflowStarted(**run_fields(run)), about=run, at=by.now)
    add_history_entry(session, run, by=by, kind="workflow_started", detail={"workflow": run.published.name})
    _enter_step(session, run, run.graph.first, by=by)
    return run


def activate_step(session: Session, step: Step, *, by: Actor) -> None:
    """Hand the step out to its assignees of this moment, with an event; while there is nobody, try again later."""
    assignees = assignees_of(session, step.spec, step.run)
    if not assignees:
        _activate_later(session, step, at=by.now + RETRY_WITHOUT_ASSIGNEES)
        return
    step.status = StepStatus.ACTIVE
    step.activated_at = by.now
    step.bump(by.now)
    is_for_each = step.spec.distribution is Distribution.ALL and len(assignees) > 1
    for group in [{user: via} for user, via in assignees.items()] if is_for_each else [assignees]:
        item = WorkItem(
            id=new_id("wit"),
            step=step,
            state=ItemState.OPEN,
            due_at=step.due_at,
            escalation_level=0,
            candidates=[Candidate(user_id=user, via=via) for user, via in sorted(group.items())],
            created_at=by.now,
            updated_at=by.now,
        )
        session.add(item)
        record(session, StepActivated(**step_event_fields(item)), about=item, at=by.now)
    detail = {"step": step.name, "iteration": step.iteration, "user_ids": sorted(assignees)}
    add_history_entry(session, step.run, by=_engine(by), kind="step_activated", detail=detail)


def resolve_step(session: Session, step: Step, *, by: Actor) -> None:
    """After a decision: when it gives the step its outcome, go where that leads."""
    run = step.run
    decisions = [item.decision for item in step.items if item.decision is not None]
    outcome = rules.step_outcome(step.spec, decisions, len(step.undecided_items))
    if outcome is None:
        return
    step.outcome = outcome
    _leave_step(session, step, StepStatus.DONE, now=by.now)
    following = run.graph.after(step.key, outcome)
    if following is not None:
        _enter_step(session, run, following, by=by)
    else:
        _complete_run(session, run, outcome, by=by)


def cancel_run(session: Session, run: WorkflowRun, *, by: Actor, reason: str | None) -> WorkflowRun:
    """End a run before its end; whatever it still waited for is withdrawn."""
    if run.status != RunStatus.RUNNING:
        raise Conflict(f"This run is {run.status}; there is nothing to cancel.")
    _end_run(session, run, RunStatus.CANCELLED, reason=reason, now=by.now)
    record(session, WorkflowCancelled(**run_fields(run), reason=reason), about=run, at=by.now)
    detail = {"workflow": run.published.name, "reason": reason}
    add_history_entry(session, run, by=by, kind="workflow_cancelled", detail=detail)
    return run


def _engine(by: Actor) -> Actor:
    """What the engine does by itself is nobody's doing, whoever's decision it follows from."""
    return Actor.system(now=by.now, cause=by.cause)


def _enter_step(session: Session, run: WorkflowRun, spec: StepSpec, *, by: Actor) -> None:
    run.bump(by.now)
    if not rules.can_enter_another_step(run.activations):
        reason = f"It entered {rules.MAX_ACTIVATIONS} steps without reaching its end."
        _fail_run(session, run, reason, by=by)
        return
    run.activations += 1
    iteration = 1 if run.activations == 1 else times_entered(session, run.id, spec.key) + 1
    step = Step(
        id=new_id("stp"),
        run=run,
        key=spec.key,
        name=spec.name,
        kind=spec.kind,
        iteration=iteration,
        status=StepStatus.WAITING,
        entered_at=by.now,
        due_at=rules.due_at(spec, by.now),
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(step)
    if not spec.start_after:
        with session.no_autoflush:  # what begins together is written together
            activate_step(session, step, by=by)
    session.flush()
    session.add_all(
        Timer(id=new_id("tmr"), step_id=step.id, kind=planned.kind, level=planned.level, fire_at=planned.fire_at)
        for planned in rules.planned_timers(spec, by.now)
    )


def _activate_later(session: Session, step: Step, *, at: datetime) -> None:
    """Not even an administrator is known here yet: a step is never handed to nobody, where it would stay for ever."""
    session.flush()
    earlier = select(func.count()).where(Timer.step_id == step.id, Timer.kind == TimerKind.START)
    level = 2 + (session.scalar(earlier) or 0)
    session.add(Timer(id=new_id("tmr"), step_id=step.id, kind=TimerKind.START, level=level, fire_at=at))


def _complete_run(session: Session, run: WorkflowRun, outcome: str, *, by: Actor) -> None:
    run.outcome = outcome
    _end_run(session, run, RunStatus.COMPLETED, reason=None, now=by.now)
    record(session, WorkflowCompleted(**run_fields(run), outcome=outcome), about=run, at=by.now)
    detail = {"workflow": run.published.name, "outcome": outcome}
    add_history_entry(session, run, by=by, kind="workflow_completed", detail=detail)
    kind_of(run).on_completed(session, run.subject_id, by=by, outcome=outcome)


def _fail_run(session: Session, run: WorkflowRun, reason: str, *, by: Actor) -> None:
    _end_run(session, run, RunStatus.FAILED, reason=reason, now=by.now)
    record(session, WorkflowFailed(**run_fields(run), reason=reason), about=run, at=by.now)
    detail = {"workflow": run.published.name, "reason": reason}
    add_history_entry(session, run, by=_engine(by), kind="workflow_failed", detail=detail)


def _end_run(session: Session, run: WorkflowRun, status: RunStatus, *, reason: str | None, now: datetime) -> None:
    for step in run.steps:
        if step.status in LIVE_STEPS:
            _leave_step(session, step, StepStatus.CANCELLED, now=now)
    run.status = status
    run.reason = reason
    run.ended_at = now
    run.bump(now)


def _leave_step(session: Session, step: Step, status: StepStatus, *, now: datetime) -> None:
    step.status = status
    step.ended_at = now
    step.bump(now)
    for item in step.undecided_items:
        item.state = ItemState.WITHDRAWN
        item.bump(now)
    session.execute(
        update(Timer)
        .where(Timer.step_id == step.id, Timer.fired_at.is_(None), Timer.dropped_at.is_(None))
        .values(dropped_at=now)
    )
