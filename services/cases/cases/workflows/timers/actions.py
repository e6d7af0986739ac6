"""Firing timers: each is claimed by one conditional UPDATE in the transaction that has its effect."""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from cases.workflows.items.rules import VIA_ESCALATION
from cases.workflows.runs.actions import activate_step
from cases.workflows.runs.assignees import administrators, selected_users
from cases.workflows.runs.event_fields import step_event_fields
from cases.workflows.runs.models import Candidate, Step, Timer
from cases.workflows.runs.queries import lock_run
from cases.workflows.runs.rules import LIVE_STEPS, TimerKind
from cases.workflows.runs.subjects import add_history_entry
from cases.workflows.timers.events import StepEscalated, StepReminded
from servicekit.actor import Actor
from servicekit.messaging.outbox import record


def fire_timer(session: Session, timer_id: str, *, by: Actor) -> bool:
    """Do what the timer is for; False when somebody else has done so, or its step ended in the meantime."""
    timer = session.get_one(Timer, timer_id)
    run_id = session.scalars(select(Step.run_id).where(Step.id == timer.step_id)).one()
    _run = lock_run(session, run_id)  # referenced, so that the session has it when the step asks for its run
    claim = update(Timer).where(Timer.id == timer_id, Timer.fired_at.is_(None), Timer.dropped_at.is_(None))
    claimed = cast("CursorResult[object]", session.execute(claim.values(fired_at=by.now)))
    if claimed.rowcount != 1:
        return False
    step = session.get_one(Step, timer.step_id, populate_existing=True)
    if step.status not in LIVE_STEPS:
        return False
    if timer.kind == TimerKind.START:
        activate_step(session, step, by=by)
    elif timer.kind == TimerKind.REMIND:
        _remind(session, step, by=by)
    else:
        _escalate(session, step, timer.level, by=by)
    return True


def postpone_timer(session: Session, timer_id: str, *, by: Actor, until: datetime) -> None:
    """Out of the way of the others; one that has fired in the meantime stays as it is."""
    session.execute(update(Timer).where(Timer.id == timer_id, Timer.fired_at.is_(None)).values(fire_at=until))


def _remind(session: Session, step: Step, *, by: Actor) -> None:
    for item in step.undecided_items:
        item.bump(by.now)
        is_overdue = item.due_at is not None and item.due_at < by.now
        record(session, StepReminded(**step_event_fields(item), overdue=is_overdue), about=item, at=by.now)
    add_history_entry(session, step.run, by=by, kind="step_reminded", detail={"step": step.name})


def _escalate(session: Session, step: Step, level: int, *, by: Actor) -> None:
    """Let those above finish the step themselves, and publish who they are."""
    above = selected_users(session, step.spec.escalations[level - 1].to, step.run) or administrators(session)
    for item in step.undecided_items:
        known = {candidate.user_id: candidate for candidate in item.candidates}
        for user_id, via in above.items():
            if user_id in known:
                known[user_id].via = f"{VIA_ESCALATION}:{level}:{via}"
            else:
                item.candidates.append(Candidate(user_id=user_id, via=f"{VIA_ESCALATION}:{level}:{via}"))
        item.escalation_level = max(item.escalation_level, level)
        item.bump(by.now)
        escalated = StepEscalated(**step_event_fields(item), level=level, to_user_ids=tuple(sorted(above)))
        record(session, escalated, about=item, at=by.now)
    detail = {"step": step.name, "level": level, "to": sorted(above)}
    add_history_entry(session, step.run, by=by, kind="step_escalated", detail=detail)
