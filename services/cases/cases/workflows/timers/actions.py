"""Firing timers: each is claimed by one conditional UPDATE in the transaction that has its effect."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from cases.casework.events import StepEscalated, StepReminded
from cases.workflows.definitions.rules import StepSpec
from cases.workflows.items.rules import UNDECIDED, VIA_ESCALATION
from cases.workflows.runs.actions import activate_step, graph_of, touch
from cases.workflows.runs.assignees import administrators, people_of
from cases.workflows.runs.event_fields import moment_words
from cases.workflows.runs.models import Candidate, Step, Timer, WorkflowRun, WorkItem
from cases.workflows.runs.queries import lock_run
from cases.workflows.runs.rules import LIVE_STEPS
from cases.workflows.runs.subjects import kind_of
from cases.workflows.timers.rules import TimerKind
from servicekit.messaging.outbox import record

BATCH = 100


def due_timers(session: Session, *, now: datetime) -> Sequence[str]:
    """Ids of the timers whose moment has come, the oldest first."""
    pending = select(Timer.id).where(Timer.fire_at <= now, Timer.fired_at.is_(None), Timer.dropped_at.is_(None))
    return session.scalars(pending.order_by(Timer.fire_at, Timer.id).limit(BATCH)).all()


def fire_timer(session: Session, timer_id: str, *, now: datetime) -> bool:
    """Do what the timer is for; False when somebody else has done so, or its step ended in the meantime."""
    timer = session.get_one(Timer, timer_id)
    run_id = session.scalars(select(Step.run_id).where(Step.id == timer.step_id)).one()
    run = lock_run(session, run_id)
    claim = update(Timer).where(Timer.id == timer_id, Timer.fired_at.is_(None), Timer.dropped_at.is_(None))
    claimed = cast("CursorResult[object]", session.execute(claim.values(fired_at=now)))
    if claimed.rowcount != 1:
        return False
    step = session.get_one(Step, timer.step_id, populate_existing=True)
    if step.status not in LIVE_STEPS:
        return False
    spec = graph_of(run).step(step.key)
    if timer.kind == TimerKind.START:
        activate_step(session, step, spec, now=now)
    elif timer.kind == TimerKind.REMIND:
        _remind(session, step, spec, now=now)
    else:
        _escalate(session, step, spec, timer.level, now=now)
    return True


def put_off(session: Session, timer_id: str, *, until: datetime) -> None:
    """Out of the way of the others; one that has fired in the meantime stays as it is."""
    session.execute(update(Timer).where(Timer.id == timer_id, Timer.fired_at.is_(None)).values(fire_at=until))


def _remind(session: Session, step: Step, spec: StepSpec, *, now: datetime) -> None:
    for item in _undecided(step):
        touch(item, now)
        is_overdue = item.due_at is not None and item.due_at < now
        record(session, StepReminded(**moment_words(item, spec), overdue=is_overdue), about=item, at=now)
    _note(session, step.run, "step_reminded", {"step": step.name}, now=now)


def _escalate(session: Session, step: Step, spec: StepSpec, level: int, *, now: datetime) -> None:
    """Tell those above, and let them finish the step themselves."""
    people = people_of(session, spec.escalations[level - 1].to, step.run) or administrators(session)
    for item in _undecided(step):
        known = {candidate.user_id: candidate for candidate in item.candidates}
        for user_id, via in people.items():
            if user_id in known:
                known[user_id].via = f"{VIA_ESCALATION}:{level}:{via}"
            else:
                item.candidates.append(Candidate(user_id=user_id, via=f"{VIA_ESCALATION}:{level}:{via}"))
        item.escalation_level = max(item.escalation_level, level)
        touch(item, now)
        told = StepEscalated(**moment_words(item, spec), level=level, to_user_ids=tuple(sorted(people)))
        record(session, told, about=item, at=now)
    _note(session, step.run, "step_escalated", {"step": step.name, "level": level, "to": sorted(people)}, now=now)


def _undecided(step: Step) -> list[WorkItem]:
    return [item for item in step.items if item.state in UNDECIDED]


def _note(session: Session, run: WorkflowRun, kind: str, detail: Mapping[str, object], *, now: datetime) -> None:
    kind_of(run.subject_type).note(
        session, run.subject_id, kind=kind, detail={"run_id": run.id, **detail}, by=None, now=now
    )
