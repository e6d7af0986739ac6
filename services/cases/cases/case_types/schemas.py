"""Case types on the wire."""

from marshmallow import fields, validate

from cases.workflows.definitions.schemas import NAME, NEW_KEY
from servicekit.http.schemas import Instant, Schema

WORKFLOW = validate.Length(min=1, max=60)


class CaseTypeCreate(Schema):
    key = fields.String(required=True, validate=NEW_KEY)
    name = fields.String(required=True, validate=NAME)
    default_workflow = fields.String(allow_none=True, load_default=None, validate=WORKFLOW)


class CaseTypeUpdate(Schema):
    name = fields.String(validate=NAME)
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
