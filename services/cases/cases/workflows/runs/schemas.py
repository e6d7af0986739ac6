"""Runs on the wire: where a workflow stands, what it passed, and who it waits for."""

from marshmallow import fields, validate

from cases.workflows.runs.rules import RunStatus, StepStatus
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
    work_items = fields.List(fields.Nested(RunItemRead), attribute="items")


class RunRead(Schema):
    """One run with every step it has been in, in order."""

    id = fields.String()
    workflow_key = fields.String(attribute="published.key")
    workflow_name = fields.String(attribute="published.name")
    workflow_version = fields.Integer(attribute="published.number")
    case_id = fields.String(attribute="subject_id")
    case_number = fields.String(attribute="subject_number")
    status = fields.String(validate=validate.OneOf(list(RunStatus)))
    started_by = fields.String(allow_none=True)
    started_at = Instant(attribute="created_at")
    ended_at = Instant(allow_none=True)
    outcome = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    current_step = fields.String(allow_none=True)
    steps = fields.List(fields.Nested(RunStepRead))
    version = fields.Integer()


class RunCancel(Schema):
    reason = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=500))
