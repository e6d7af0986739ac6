"""Cases, their types, messages and history on the wire."""

from math import isfinite
from typing import Any

from marshmallow import ValidationError, fields, pre_dump, validate, validates_schema
from sqlalchemy.orm import object_session

from cases.casework.models import Case
from cases.casework.queries import CASE
from cases.casework.rules import CaseStatus, Direction, Origin, Priority, ways_from
from cases.casework.titles import title_of
from cases.projections.queries import customer_names, customer_of, user_names
from cases.workflows.definitions.schemas import KEY, NEW_KEY
from cases.workflows.runs.queries import latest_run
from cases.workflows.runs.schemas import RunRead
from servicekit.http.schemas import Instant, Schema

SUBJECT = [validate.Length(min=1, max=300), validate.Regexp(r"[\s\S]*\S", error="Give a subject.")]
LONG_TEXT = validate.Length(max=20_000)
ID = validate.Length(min=1, max=40)
MAX_VALUES, MAX_VALUE = 50, 2000
WORKFLOW = validate.Length(min=1, max=60)


class CustomValues(fields.Dict):
    """Values that this installation keeps with its cases: texts, numbers, flags, or lists of these."""

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


class CaseTypeCreate(Schema):
    key = fields.String(required=True, validate=NEW_KEY)
    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    default_workflow = fields.String(allow_none=True, load_default=None, validate=WORKFLOW)


class CaseTypeUpdate(Schema):
    name = fields.String(validate=validate.Length(min=1, max=200))
    default_workflow = fields.String(allow_none=True, validate=WORKFLOW)


class CaseTypeRead(Schema):
    """A kind of case; `default_workflow` starts with each new one, once it is published."""

    id = fields.String()
    key = fields.String()
    name = fields.String()
    default_workflow = fields.String(allow_none=True)
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()


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

    @pre_dump(pass_collection=True)
    def with_names(self, data: Any, *, many: bool, **_options: Any) -> Any:
        """Look the names of a whole page up at once."""
        rows = list(data) if many else [data]
        session = object_session(rows[0]) if rows else None
        if session is None:
            return data
        customers = customer_names(session, (row.customer_id for row in rows))
        users = user_names(session, (row.owner_id for row in rows))
        shown = [
            self.in_words(row, customers.get(row.customer_id or ""), users.get(row.owner_id or "")) for row in rows
        ]
        return shown if many else shown[0]

    def in_words(self, case: Case, customer_name: str | None, owner_name: str | None) -> dict[str, Any]:
        own = {name: getattr(case, name) for name in self.fields if hasattr(case, name)}
        return {**own, "customer_name": customer_name, "owner_name": owner_name}


class CaseRead(CaseListed):
    """A case with its workflow as it stands now; `customer_is_blocked` is a warning, not a refusal."""

    customer_is_blocked = fields.Boolean()
    allowed_statuses = fields.List(fields.String())
    run = fields.Nested(RunRead, allow_none=True)

    def in_words(self, case: Case, customer_name: str | None, owner_name: str | None) -> dict[str, Any]:
        session = object_session(case)
        assert session is not None  # noqa: S101 - asked by the caller
        customer = customer_of(session, case.customer_id)
        return {
            **super().in_words(case, customer_name, owner_name),
            "customer_is_blocked": bool(customer and customer.is_blocked),
            "allowed_statuses": [str(way) for way in ways_from(CaseStatus(case.status))],
            "run": latest_run(session, CASE, case.id),
        }


class MessageCreate(Schema):
    """`is_internal`: a note among colleagues. `direction` `in`: what the customer said, written down by staff."""

    body = fields.String(required=True, validate=validate.Length(min=1, max=20_000))
    is_internal = fields.Boolean(load_default=False)
    direction = fields.String(load_default="out", validate=validate.OneOf(list(Direction)))


class MessageRead(Schema):
    id = fields.String()
    case_id = fields.String()
    direction = fields.String()
    is_internal = fields.Boolean()
    body = fields.String()
    author_id = fields.String(allow_none=True)
    author_name = fields.String(allow_none=True)
    version = fields.Integer()
    created_at = Instant()


class HistoryRead(Schema):
    """One line of what happened: `title` says it in words, `detail` in values that depend on `kind`."""

    id = fields.String()
    at = Instant()
    actor_id = fields.String(allow_none=True)
    actor_name = fields.String(allow_none=True)
    kind = fields.String()
    title = fields.String()
    note = fields.String(allow_none=True)
    detail = fields.Dict()

    @pre_dump(pass_collection=True)
    def with_names(self, data: Any, *, many: bool, **_options: Any) -> Any:
        """Who it was, for the whole page at once."""
        rows = list(data) if many else [data]
        session = object_session(rows[0]) if rows else None
        names = user_names(session, (row.actor_id for row in rows)) if session else {}
        shown = [
            {
                **{name: getattr(row, name) for name in ("id", "at", "actor_id", "kind", "detail")},
                "title": title_of(row.kind, row.detail),
                "note": row.detail.get("note"),
                "actor_name": names.get(row.actor_id or ""),
            }
            for row in rows
        ]
        return shown if many else shown[0]


class WorkflowChoice(Schema):
    """The key (or id) of a published workflow."""

    workflow = fields.String(required=True, validate=WORKFLOW)
