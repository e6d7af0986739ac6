"""What notes and activities take and show."""

from marshmallow import fields, validate

from customers.activities.rules import ActivityKind, Outcome
from servicekit.http.schemas import Instant, Schema

_KINDS = validate.OneOf([kind.value for kind in ActivityKind])
_OUTCOMES = validate.OneOf([outcome.value for outcome in Outcome])
_SOMETHING = validate.Regexp(r"(?s).*\S", error="Write something.")


class NoteUpdate(Schema):
    """A note in Markdown."""

    body = fields.String(required=True, validate=[validate.Length(max=50_000), _SOMETHING])


class NoteCreate(NoteUpdate):
    """A note about a customer, in Markdown."""

    customer_id = fields.String(required=True)


class NoteRead(Schema):
    """A note; `body_html` is the Markdown as safe HTML."""

    id = fields.String()
    customer_id = fields.String()
    body = fields.String()
    body_html = fields.String()
    is_pinned = fields.Boolean()
    author_id = fields.String(allow_none=True)
    author_name = fields.String(attribute="author.name", dump_default=None, allow_none=True)
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()


class ActivityCreate(Schema):
    """An interaction with a customer that took place."""

    customer_id = fields.String(required=True)
    kind = fields.String(required=True, validate=_KINDS)
    title = fields.String(required=True, validate=[validate.Length(max=200), _SOMETHING])
    body = fields.String(allow_none=True, validate=validate.Length(max=50_000))
    duration_minutes = fields.Integer(allow_none=True, validate=validate.Range(min=0, max=24 * 60))
    outcome = fields.String(allow_none=True, validate=_OUTCOMES)
    occurred_at = Instant()


class ActivityRead(Schema):
    """A logged interaction."""

    id = fields.String()
    customer_id = fields.String()
    kind = fields.String(validate=_KINDS)
    title = fields.String()
    body = fields.String(allow_none=True)
    duration_minutes = fields.Integer(allow_none=True)
    outcome = fields.String(allow_none=True, validate=_OUTCOMES)
    occurred_at = Instant()
    author_id = fields.String(allow_none=True)
    author_name = fields.String(attribute="author.name", dump_default=None, allow_none=True)
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()
