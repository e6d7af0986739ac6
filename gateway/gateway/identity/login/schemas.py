"""What the API takes and gives of signing in and of the caller's own user; every shown field is listed by hand."""

from marshmallow import fields, validate

from gateway.identity.staff.schemas import LANGUAGE, NAME
from servicekit.http.schemas import Schema


class TokenAsk(Schema):
    """E-mail address and password of a staff user."""

    email = fields.String(required=True, validate=validate.Length(min=1, max=254))
    password = fields.String(required=True, validate=validate.Length(min=1, max=1024), load_only=True)


class TokenRead(Schema):
    """A bearer token; `expires_in` counts seconds."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True)


class MeRead(Schema):
    """The caller: the user, what this session, token or key may do, and how far it reaches."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    team_ids = fields.List(fields.String(), required=True)
    manager_id = fields.String(required=True, allow_none=True)
    permissions = fields.List(fields.String(), required=True)
    scope = fields.String(required=True)


class MeUpdate(Schema):
    """What everybody may change of themselves."""

    name = fields.String(validate=NAME)
    language = fields.String(validate=LANGUAGE)


class PasswordChange(Schema):
    """The present password, where there is one, and the new one."""

    current_password = fields.String(load_default=None, allow_none=True, load_only=True)
    new_password = fields.String(required=True, load_only=True)
