"""Work items as callers see them, and what they send to take and decide one."""

from marshmallow import fields, validate

from cases.workflows.definitions.rules import Distribution, StepKind
from cases.workflows.runs.rules import ItemState
from servicekit.http.schemas import Instant, Schema


class ItemStepRead(Schema):
    id = fields.String()
    key = fields.String()
    name = fields.String()
    kind = fields.Enum(StepKind, by_value=True, attribute="spec.kind")
    iteration = fields.Integer()
    instructions = fields.String(allow_none=True, attribute="spec.instructions")
    outcomes = fields.List(fields.String(), attribute="spec.outcomes")
    distribution = fields.Enum(Distribution, by_value=True, attribute="spec.distribution")


class ItemCaseRead(Schema):
    id = fields.String(attribute="subject_id")
    number = fields.String(attribute="subject_number")
    subject = fields.String(attribute="subject_title")
    customer_id = fields.String(allow_none=True)
    customer_name = fields.String(allow_none=True)


class WorkItemRead(Schema):
    """What somebody has to do or decide, with the case it belongs to."""

    id = fields.String()
    state = fields.String(validate=validate.OneOf(list(ItemState)))
    step = fields.Nested(ItemStepRead)
    case = fields.Nested(ItemCaseRead, attribute="step.run")
    run_id = fields.String(attribute="step.run_id")
    workflow_name = fields.String(attribute="step.run.published.name")
    assignee_id = fields.String(allow_none=True)
    assignee_name = fields.String(allow_none=True)
    candidate_ids = fields.List(fields.String())
    due_at = Instant(allow_none=True)
    is_overdue = fields.Boolean()
    escalation_level = fields.Integer()
    decision = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    decided_by_name = fields.String(allow_none=True)
    decided_at = Instant(allow_none=True)
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()


class DecisionCreate(Schema):
    """One of the step's outcomes; a rejection needs a note."""

    outcome = fields.String(required=True, validate=validate.Length(min=1, max=60))
    note = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=5000))
