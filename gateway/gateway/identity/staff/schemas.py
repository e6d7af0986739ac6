"""What the API takes and gives of users, roles and teams; every shown field is listed by hand."""

from marshmallow import fields, validate

from gateway.identity.access.rules import SCOPES
from servicekit.http.schemas import Instant, Schema

NAME = validate.Length(min=1, max=200)
SHORT = validate.Length(min=1, max=120)
LANGUAGE = validate.Regexp(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", error="Give a language tag such as en or de-AT.")
KEY = validate.Regexp(r"^[a-z][a-z0-9_]{0,59}\Z", error="Use lower-case letters, digits and _.")
EMAIL = validate.Length(max=254)


class UserCreate(Schema):
    """A new member of the staff."""

    email = fields.Email(required=True, validate=EMAIL)
    name = fields.String(required=True, validate=NAME)
    password = fields.String(load_default=None, allow_none=True, load_only=True)
    roles = fields.List(fields.String(), load_default=list, validate=validate.Length(max=50))
    team_ids = fields.List(fields.String(), load_default=list, validate=validate.Length(max=50))
    manager_id = fields.String(load_default=None, allow_none=True)
    language = fields.String(load_default="en", validate=LANGUAGE)


class UserUpdate(Schema):
    """What can be changed of a user."""

    email = fields.Email(validate=EMAIL)
    name = fields.String(validate=NAME)
    password = fields.String(load_only=True)
    roles = fields.List(fields.String(), validate=validate.Length(max=50))
    team_ids = fields.List(fields.String(), validate=validate.Length(max=50))
    manager_id = fields.String(allow_none=True)
    language = fields.String(validate=LANGUAGE)
    is_active = fields.Boolean()


class UserRead(Schema):
    """A member of the staff."""

    id = fields.String(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)
    roles = fields.List(fields.String(), attribute="role_keys", required=True)
    team_ids = fields.List(fields.String(), required=True)
    manager_id = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class RoleCreate(Schema):
    """A role; `key` never changes."""

    key = fields.String(required=True, validate=KEY)
    name = fields.String(required=True, validate=SHORT)
    permissions = fields.List(fields.String(), required=True, validate=validate.Length(max=200))
    scope = fields.String(load_default="own", validate=validate.OneOf(SCOPES))


class RoleUpdate(Schema):
    """What can be changed of a role."""

    name = fields.String(validate=SHORT)
    permissions = fields.List(fields.String(), validate=validate.Length(max=200))
    scope = fields.String(validate=validate.OneOf(SCOPES))


class RoleRead(Schema):
    """A role."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    permissions = fields.List(fields.String(), required=True)
    scope = fields.String(required=True)
    is_shipped = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class TeamWrite(Schema):
    """A team."""

    name = fields.String(required=True, validate=SHORT)


class TeamRead(Schema):
    """A team."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    version = fields.Integer(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
