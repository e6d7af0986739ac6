"""Runs on the wire: where a workflow stands, what it passed, and who it waits for."""

from typing import Any

from marshmallow import fields, pre_dump, validate

from cases.workflows.runs.models import Step, WorkflowRun
from cases.workflows.runs.rules import LIVE_STEPS, RunStatus, StepStatus
from servicekit.http.schemas import Instant, Schema


class RunItemRead(Schema):
    id = fields.String()
    state = fields.String()
    assignee_id = fields.String(allow_none=True)
    candidate_ids = fields.List(fields.String())
    decision = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    decided_at = Instant(allow_none=True)
    escalation_level = fields.Integer()


class RunStepRead(Schema):
    id = fields.String()
    key = fields.String()
    name = fields.String()
    kind = fields.String()
    iteration = fields.Integer()
    status = fields.String(validate=validate.OneOf(list(StepStatus)))
    activated_at = Instant(allow_none=True)
    due_at = Instant(allow_none=True)
    ended_at = Instant(allow_none=True)
    outcome = fields.String(allow_none=True)
    work_items = fields.List(fields.Nested(RunItemRead))


class RunRead(Schema):
    """One run with every step it has been in, in order."""

    id = fields.String()
    workflow_key = fields.String()
    workflow_name = fields.String()
    workflow_version = fields.Integer()
    case_id = fields.String()
    case_number = fields.String()
    status = fields.String(validate=validate.OneOf(list(RunStatus)))
    started_by = fields.String(allow_none=True)
    started_at = Instant()
    ended_at = Instant(allow_none=True)
    outcome = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    current_step = fields.String(allow_none=True)
    steps = fields.List(fields.Nested(RunStepRead))
    version = fields.Integer()

    @pre_dump
    def in_words(self, run: WorkflowRun, **_options: Any) -> dict[str, Any]:
        """The run with its workflow's words and its steps."""
        steps = [step_words(step) for step in run.steps]
        return {
            **{
                name: getattr(run, name)
                for name in ("id", "status", "started_by", "ended_at", "outcome", "reason", "version")
            },
            "workflow_key": run.published.key,
            "workflow_name": run.published.name,
            "workflow_version": run.published.number,
            "case_id": run.subject_id,
            "case_number": run.subject_number,
            "started_at": run.created_at,
            "current_step": next((step["name"] for step in steps if step["status"] in LIVE_STEPS), None),
            "steps": steps,
        }


def step_words(step: Step) -> dict[str, Any]:
    """One step with its work items."""
    names = ("id", "key", "name", "kind", "iteration", "status", "activated_at", "due_at", "ended_at", "outcome")
    items = [
        {
            **{name: getattr(item, name) for name in _ITEM},
            "candidate_ids": [candidate.user_id for candidate in item.candidates],
        }
        for item in step.items
    ]
    return {**{name: getattr(step, name) for name in names}, "work_items": items}


_ITEM = ("id", "state", "assignee_id", "decision", "note", "decided_by", "decided_at", "escalation_level")


class RunCancel(Schema):
    reason = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=500))
