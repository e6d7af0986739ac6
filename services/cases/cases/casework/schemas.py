"""Cases and their history on the wire."""

from math import isfinite
from typing import Any

from marshmallow import ValidationError, fields, pre_dump, validate, validates_schema

from cases.case_types.schemas import WORKFLOW
from cases.casework.models import CaseHistory
from cases.casework.rules import CaseStatus, Origin, Priority
from cases.casework.titles import title_of
from cases.workflows.definitions.schemas import KEY
from cases.workflows.runs.schemas import RunRead
from servicekit.http.schemas import Instant, Schema

SUBJECT = [validate.Length(min=1, max=300), validate.Regexp(r"[\s\S]*\S", error="Give a subject.")]
LONG_TEXT = validate.Length(max=20_000)
ID = validate.Length(min=1, max=40)
MAX_VALUES, MAX_VALUE = 50, 2000


class CustomValues(fields.Dict):
    """Values that this installation stores with its cases: texts, numbers, flags, or lists of these."""

    def __init__(self, **options: Any) -> None:
        keys = fields.String(validate=KEY)
        super().__init__(
            keys=keys, values=fields.Raw(validate=_is_plain), validate=validate.Length(max=MAX_VALUES), **options
        )


def _is_plain(value: Any) -> None:
    parts = value if isinstance(value, list) else [value]
    if len(parts) > MAX_VALUES or not all(part is None or isinstance(part, str | int | float | bool) for part in parts):
        raise ValidationError("Give a text, a number, true or false, or a list of these.")
    if any(isinstance(part, float) and not isfinite(part) for part in parts):
        raise ValidationError("Give a finite number.")
    if any(isinstance(part, str) and len(part) > MAX_VALUE for part in parts):
        raise ValidationError(f"Give at most {MAX_VALUE} characters.")


class CaseCreate(Schema):
    """`workflow`: a key starts that one, null starts none, left out starts the case type's."""

    subject = fields.String(required=True, validate=SUBJECT)
    description = fields.String(allow_none=True, validate=LONG_TEXT)
    type = fields.String(load_default="general", validate=KEY)
    origin = fields.String(load_default="api", validate=validate.OneOf(list(Origin)))
    priority = fields.String(load_default="normal", validate=validate.OneOf(list(Priority)))
    customer_id = fields.String(allow_none=True, validate=ID)
    contact_id = fields.String(allow_none=True, validate=ID)
    owner_id = fields.String(allow_none=True, validate=ID)
    team_id = fields.String(allow_none=True, validate=ID)
    workflow = fields.String(allow_none=True, validate=WORKFLOW)
    custom = CustomValues()


class CaseUpdate(Schema):
    """Owner, team and status have their own actions."""

    subject = fields.String(validate=SUBJECT)
    description = fields.String(allow_none=True, validate=LONG_TEXT)
    type = fields.String(validate=KEY)
    origin = fields.String(validate=validate.OneOf(list(Origin)))
    priority = fields.String(validate=validate.OneOf(list(Priority)))
    customer_id = fields.String(allow_none=True, validate=ID)
    contact_id = fields.String(allow_none=True, validate=ID)
    custom = CustomValues()


class TransitionCreate(Schema):
    """Closing needs an outcome or a note; `cancel_workflow` ends a workflow that is not finished."""

    status = fields.String(required=True, validate=validate.OneOf(list(CaseStatus)))
    outcome = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=100))
    note = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=5000))
    cancel_workflow = fields.Boolean(load_default=False)


class AssignmentCreate(Schema):
    """Whoever is not named keeps the case; null takes it away."""

    owner_id = fields.String(allow_none=True, validate=ID)
    team_id = fields.String(allow_none=True, validate=ID)

    @validates_schema
    def names_somebody(self, data: dict[str, Any], **_options: Any) -> None:
        if not data:
            raise ValidationError("Name an owner, a team or both.", "owner_id")


class AnswerRead(Schema):
    """One answer of a web form, with the label and type that the field had on that day."""

    key = fields.String()
    label = fields.String()
    type = fields.String()
    value = fields.Raw(allow_none=True)


class CaseListed(Schema):
    """A case in a list."""

    id = fields.String()
    number = fields.String()
    subject = fields.String()
    description = fields.String(allow_none=True)
    type = fields.String()
    origin = fields.String()
    priority = fields.String()
    status = fields.String(validate=validate.OneOf(list(CaseStatus)))
    is_open = fields.Boolean()
    outcome = fields.String(allow_none=True)
    customer_id = fields.String(allow_none=True)
    customer_name = fields.String(allow_none=True)
    contact_id = fields.String(allow_none=True)
    owner_id = fields.String(allow_none=True)
    owner_name = fields.String(allow_none=True)
    team_id = fields.String(allow_none=True)
    form_key = fields.String(allow_none=True)
    submission_id = fields.String(allow_none=True)
    custom = fields.Dict()
    answers = fields.List(fields.Nested(AnswerRead))
    opened_at = Instant()
    first_response_at = Instant(allow_none=True)
    resolved_at = Instant(allow_none=True)
    closed_at = Instant(allow_none=True)
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()


class CaseRead(CaseListed):
    """A case with its workflow as it stands now; `customer_is_blocked` is a warning, not a refusal."""

    customer_is_blocked = fields.Boolean()
    allowed_statuses = fields.List(fields.String())
    run = fields.Nested(RunRead, allow_none=True)


class HistoryRead(Schema):
    """One entry of what happened: `title` for people, `detail` in values that depend on `kind`."""

    id = fields.String()
    at = Instant()
    actor_id = fields.String(allow_none=True)
    actor_name = fields.String(allow_none=True)
    kind = fields.String()
    title = fields.String()
    note = fields.String(allow_none=True)
    detail = fields.Dict()

    @pre_dump
    def with_title(self, entry: CaseHistory, **_options: Any) -> dict[str, Any]:
        """The title is made when it is read."""
        names = ("id", "at", "actor_id", "actor_name", "kind", "note", "detail")
        return {**{name: getattr(entry, name) for name in names}, "title": title_of(entry.kind, entry.detail)}


class WorkflowChoice(Schema):
    """The key (or id) of a published workflow."""

    workflow = fields.String(required=True, validate=WORKFLOW)
