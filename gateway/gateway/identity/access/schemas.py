"""What the API takes and gives of API keys; every shown field is listed by hand."""

from marshmallow import fields, validate

from servicekit.http.schemas import Instant, Schema

SHORT = validate.Length(min=1, max=120)


class KeyCreate(Schema):
    """An API key in the caller's own name."""

    name = fields.String(required=True, validate=SHORT)
    permissions = fields.List(fields.String(), required=True, validate=validate.Length(min=1, max=200))
    expires_at = Instant(load_default=None, allow_none=True)


class KeyRead(Schema):
    """An API key without its secret."""

    id = fields.String(required=True)
    user_id = fields.String(required=True)
    name = fields.String(required=True)
    permissions = fields.List(fields.String(), required=True)
    expires_at = Instant(required=True, allow_none=True)
    last_used_at = Instant(required=True, allow_none=True)
    created_at = Instant(required=True)


class KeyMade(KeyRead):
    """An API key with its secret: shown this one time."""

    secret = fields.String(required=True)
