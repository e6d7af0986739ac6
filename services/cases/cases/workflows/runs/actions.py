"""The engine: start a run, enter and leave its steps, and end it. Callers hold the run's lock (`queries.lock_run`)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from cases.casework.events import StepActivated, WorkflowCancelled, WorkflowCompleted, WorkflowFailed, WorkflowStarted
from cases.workflows.definitions.rules import DefinitionStatus, Distribution, Graph, StepSpec, read_graph
from cases.workflows.items.rules import UNDECIDED, ItemState
from cases.workflows.runs.assignees import responsible_people
from cases.workflows.runs.event_fields import moment_words, run_words
from cases.workflows.runs.models import Candidate, Step, Timer, WorkflowDefinition, WorkflowRun, WorkItem
from cases.workflows.runs.queries import live_run_id, times_entered
from cases.workflows.runs.rules import (
    LIVE_STEPS,
    MAX_ACTIVATIONS,
    RunStatus,
    StepStatus,
    may_enter_another_step,
    settled_outcome,
)
from cases.workflows.runs.subjects import Subject, kind_of
from cases.workflows.timers.rules import TimerKind, due_at, moments
from servicekit.database.versioned import Versioned
from servicekit.errors import Conflict
from servicekit.ids import new_id
from servicekit.messaging.outbox import record

NOBODY_AGAIN = timedelta(minutes=1)


class WorkflowAlreadyRunning(Conflict):
    """A record has at most one workflow that is running."""


class WorkflowNotPublished(Conflict):
    """Only a published workflow can be started."""


def touch(entity: Versioned, now: datetime) -> None:
    """Count a change, also when the clock has not moved since the last one: each event needs a version of its own."""
    entity.updated_at = now
    flag_modified(entity, "updated_at")


def start_run(
    session: Session, *, definition: WorkflowDefinition, subject: Subject, cause: str, by: str | None, now: datetime
) -> WorkflowRun:
    """Start the published version. The same `cause` (a request, an event) never starts it twice on one subject."""
    if definition.published is None or definition.status == DefinitionStatus.RETIRED:
        raise WorkflowNotPublished(f"The workflow “{definition.name}” is not published.")
    if live_run_id(session, subject.type, subject.id) is not None:
        raise WorkflowAlreadyRunning(f"A workflow is already running on {subject.number}. Cancel it first.")
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
        started_by=by,
        start_key=start_key,
        activations=0,
        created_at=now,
        updated_at=now,
    )
    session.add(run)
    record(session, WorkflowStarted(**run_words(run)), about=run, at=now)
    _note(session, run, "workflow_started", {"workflow": run.published.name}, by=by, now=now)
    _enter_step(session, run, graph_of(run).first, now=now)
    return run


def graph_of(run: WorkflowRun) -> Graph:
    return read_graph(run.published.graph)


def keep_subject(session: Session, subject: Subject) -> None:
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


def _enter_step(session: Session, run: WorkflowRun, spec: StepSpec, *, now: datetime) -> None:
    touch(run, now)
    if not may_enter_another_step(run.activations):
        _fail_run(session, run, f"It entered {MAX_ACTIVATIONS} steps without reaching its end.", now=now)
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
        entered_at=now,
        due_at=due_at(spec, now),
        created_at=now,
        updated_at=now,
    )
    session.add(step)
    if not spec.start_after:
        with session.no_autoflush:  # what begins together is written together
            activate_step(session, step, spec, now=now)
    session.flush()
    session.add_all(
        Timer(id=new_id("tmr"), step_id=step.id, kind=moment.kind, level=moment.level, fire_at=moment.fire_at)
        for moment in moments(spec, now)
    )


def activate_step(session: Session, step: Step, spec: StepSpec, *, now: datetime) -> None:
    """Hand the step out to the people responsible at this moment, and tell them; while there is nobody, ask again."""
    people = responsible_people(session, spec, step.run)
    if not people:
        _ask_again(session, step, at=now + NOBODY_AGAIN)
        return
    step.status = StepStatus.ACTIVE
    step.activated_at = now
    touch(step, now)
    is_for_each = spec.distribution is Distribution.ALL and len(people) > 1
    for group in [{user: via} for user, via in people.items()] if is_for_each else [people]:
        item = WorkItem(
            id=new_id("wit"),
            step=step,
            state=ItemState.OPEN,
            due_at=step.due_at,
            escalation_level=0,
            candidates=[Candidate(user_id=user, via=via) for user, via in sorted(group.items())],
            created_at=now,
            updated_at=now,
        )
        session.add(item)
        record(session, StepActivated(**moment_words(item, spec)), about=item, at=now)
    detail = {"step": step.name, "iteration": step.iteration, "user_ids": sorted(people)}
    _note(session, step.run, "step_activated", detail, by=None, now=now)


def _ask_again(session: Session, step: Step, *, at: datetime) -> None:
    """Not even an administrator is known here yet: a step is never handed to nobody, where it would stay for ever."""
    session.flush()
    asked = select(func.count()).where(Timer.step_id == step.id, Timer.kind == TimerKind.START)
    level = 2 + (session.scalar(asked) or 0)
    session.add(Timer(id=new_id("tmr"), step_id=step.id, kind=TimerKind.START, level=level, fire_at=at))


def settle_step(session: Session, step: Step, *, by: str, now: datetime) -> None:
    """After a decision: when it settles the step, go where its outcome leads."""
    run, graph = step.run, graph_of(step.run)
    decisions = [item.decision for item in step.items if item.decision is not None]
    undecided = sum(item.state in UNDECIDED for item in step.items)
    outcome = settled_outcome(graph.step(step.key), decisions, undecided)
    if outcome is None:
        return
    step.outcome = outcome
    _leave_step(session, step, StepStatus.DONE, now=now)
    following = graph.after(step.key, outcome)
    if following is not None:
        _enter_step(session, run, following, now=now)
    else:
        _complete_run(session, run, outcome, by=by, now=now)


def cancel_run(session: Session, run: WorkflowRun, *, reason: str | None, by: str | None, now: datetime) -> None:
    """End a run before its end; whatever it still waited for is withdrawn."""
    if run.status != RunStatus.RUNNING:
        raise Conflict(f"This run is {run.status}; there is nothing to cancel.")
    _end_run(session, run, RunStatus.CANCELLED, reason=reason, now=now)
    record(session, WorkflowCancelled(**run_words(run), reason=reason), about=run, at=now)
    _note(session, run, "workflow_cancelled", {"workflow": run.published.name, "reason": reason}, by=by, now=now)


def _complete_run(session: Session, run: WorkflowRun, outcome: str, *, by: str, now: datetime) -> None:
    run.outcome = outcome
    _end_run(session, run, RunStatus.COMPLETED, reason=None, now=now)
    record(session, WorkflowCompleted(**run_words(run), outcome=outcome), about=run, at=now)
    _note(session, run, "workflow_completed", {"workflow": run.published.name, "outcome": outcome}, by=by, now=now)
    kind_of(run.subject_type).on_completed(session, run.subject_id, outcome=outcome, by=by, now=now)


def _fail_run(session: Session, run: WorkflowRun, reason: str, *, now: datetime) -> None:
    _end_run(session, run, RunStatus.FAILED, reason=reason, now=now)
    record(session, WorkflowFailed(**run_words(run), reason=reason), about=run, at=now)
    _note(session, run, "workflow_failed", {"workflow": run.published.name, "reason": reason}, by=None, now=now)


def _end_run(session: Session, run: WorkflowRun, status: RunStatus, *, reason: str | None, now: datetime) -> None:
    for step in run.steps:
        if step.status in LIVE_STEPS:
            _leave_step(session, step, StepStatus.CANCELLED, now=now)
    run.status = status
    run.reason = reason
    run.ended_at = now
    touch(run, now)


def _leave_step(session: Session, step: Step, status: StepStatus, *, now: datetime) -> None:
    step.status = status
    step.ended_at = now
    touch(step, now)
    for item in step.items:
        if item.state in UNDECIDED:
            item.state = ItemState.WITHDRAWN
            touch(item, now)
    session.execute(
        update(Timer)
        .where(Timer.step_id == step.id, Timer.fired_at.is_(None), Timer.dropped_at.is_(None))
        .values(dropped_at=now)
    )


def _note(
    session: Session, run: WorkflowRun, kind: str, detail: Mapping[str, object], *, by: str | None, now: datetime
) -> None:
    kind_of(run.subject_type).note(
        session, run.subject_id, kind=kind, detail={"run_id": run.id, **detail}, by=by, now=now
    )
