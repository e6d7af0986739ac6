"""Workflow definitions on the wire. Shapes are checked here; whether they make sense is checked before publishing."""

import re
from collections.abc import Callable

from marshmallow import ValidationError, fields, validate

from cases.workflows.definitions.rules import MAX_STEPS, DefinitionStatus, Distribution, StepKind
from servicekit.http.schemas import Instant, Schema

KEY = validate.Regexp(r"^[a-z][a-z0-9_-]{0,59}\Z", error="Use a–z, 0–9, _ and -, starting with a letter.")
NAME = validate.Length(min=1, max=200)
SELECTOR = validate.Length(min=1, max=120)
DURATION = validate.Length(min=1, max=40)

_LIKE_AN_ID = re.compile(r"[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}")  # as servicekit.ids makes them


def _is_no_id(key: str) -> None:
    """What has a key is found by its key or its id, so that no key may be the id of another."""
    if _LIKE_AN_ID.fullmatch(key):
        raise ValidationError("This looks like an id. Choose a key that says what it is.")


NEW_KEY: list[Callable[[str], object]] = [KEY, _is_no_id]


class Timing(Schema):
    """Lengths from the moment a run enters the step: `PT4H`, `4h`, `30m`, `2d`."""

    start_after = fields.String(allow_none=True, validate=DURATION)
    due = fields.String(allow_none=True, validate=DURATION)


class Reminder(Schema):
    before_due = fields.String(required=True, validate=DURATION)


class EscalationRule(Schema):
    after_due = fields.String(required=True, validate=DURATION)
    to = fields.List(fields.String(validate=SELECTOR), required=True, validate=validate.Length(max=20))


class StepShape(Schema):
    """One step: who is responsible, until when, and where each outcome leads (`end`, or the key of a step)."""

    key = fields.String(required=True, validate=KEY)
    name = fields.String(required=True, validate=NAME)
    kind = fields.String(load_default="task", validate=validate.OneOf(list(StepKind)))
    instructions = fields.String(allow_none=True, validate=validate.Length(max=10_000))
    assignees = fields.List(fields.String(validate=SELECTOR), validate=validate.Length(max=50))
    distribution = fields.String(validate=validate.OneOf(list(Distribution)))
    fallback = fields.String(allow_none=True, validate=SELECTOR)
    timing = fields.Nested(Timing, allow_none=True)
    reminders = fields.List(fields.Nested(Reminder), validate=validate.Length(max=10))
    escalations = fields.List(fields.Nested(EscalationRule), validate=validate.Length(max=10))
    outcomes = fields.List(fields.String(validate=KEY), validate=validate.Length(max=20))
    transitions = fields.Dict(keys=fields.String(validate=validate.Length(max=60)), values=fields.String(validate=KEY))


class WorkflowCreate(Schema):
    key = fields.String(required=True, validate=NEW_KEY)
    name = fields.String(required=True, validate=NAME)
    description = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=5000))
    entity_type = fields.String(load_default="case", validate=validate.Equal("case"))
    steps = fields.List(fields.Nested(StepShape), load_default=list, validate=validate.Length(max=MAX_STEPS))


class WorkflowUpdate(Schema):
    """Changes the draft; the key stays, because cases types and forms name it."""

    name = fields.String(validate=NAME)
    description = fields.String(allow_none=True, validate=validate.Length(max=5000))
    steps = fields.List(fields.Nested(StepShape), validate=validate.Length(max=MAX_STEPS))


class WorkflowRead(Schema):
    """A workflow with the steps of its draft; `published_version` is the one that new runs take."""

    id = fields.String()
    key = fields.String()
    name = fields.String()
    description = fields.String(allow_none=True)
    entity_type = fields.String()
    status = fields.String(validate=validate.OneOf(list(DefinitionStatus)))
    steps = fields.List(fields.Nested(StepShape))
    published_version = fields.Integer(allow_none=True)
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()


class WorkflowVersionRead(Schema):
    """What was published; it never changes."""

    id = fields.String()
    number = fields.Integer()
    name = fields.String()
    steps = fields.List(fields.Nested(StepShape), attribute="graph")
    checksum = fields.String()
    published_by = fields.String(allow_none=True)
    published_at = Instant()
