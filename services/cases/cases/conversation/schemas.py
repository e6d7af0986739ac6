"""Messages on the wire."""

from marshmallow import fields, validate

from cases.conversation.rules import Direction
from servicekit.http.schemas import Instant, Schema


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
