"""Service contracts and their items on the wire."""

from marshmallow import fields, validate

from cases.casework.schemas import ID
from cases.workflows.definitions.schemas import NAME
from servicekit.http.schemas import Instant, Schema

MAX_ITEMS = 200
TERMS = validate.Length(max=10_000)


class ContractItemCreate(Schema):
    product = fields.String(required=True, validate=NAME)
    serial = fields.String(allow_none=True, validate=validate.Length(max=100))
    coverage = fields.String(allow_none=True, validate=validate.Length(max=500))


class ContractItemRead(Schema):
    id = fields.String()
    product = fields.String()
    serial = fields.String(allow_none=True)
    coverage = fields.String(allow_none=True)
    version = fields.Integer()
    created_at = Instant()


class ContractCreate(Schema):
    """Without `ends_on` it runs until it is cancelled."""

    customer_id = fields.String(required=True, validate=ID)
    name = fields.String(required=True, validate=NAME)
    terms = fields.String(allow_none=True, load_default=None, validate=TERMS)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(allow_none=True, load_default=None)
    items = fields.List(fields.Nested(ContractItemCreate), load_default=list, validate=validate.Length(max=MAX_ITEMS))


class ContractUpdate(Schema):
    name = fields.String(validate=NAME)
    terms = fields.String(allow_none=True, validate=TERMS)
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)


class ContractCancel(Schema):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=500))


class ContractRead(Schema):
    """A service contract; both days belong to it."""

    id = fields.String()
    number = fields.String()
    customer_id = fields.String()
    customer_name = fields.String(allow_none=True)
    name = fields.String()
    terms = fields.String(allow_none=True)
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    is_cancelled = fields.Boolean()
    cancelled_at = Instant(allow_none=True)
    cancel_reason = fields.String(allow_none=True)
    items = fields.List(fields.Nested(ContractItemRead))
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()
