"""E-mails and their kinds as the API shows them."""

from marshmallow import fields, validate

from servicekit.http.schemas import Instant, Schema


class EmailRead(Schema):
    id = fields.String()
    kind = fields.String()
    to = fields.String()
    to_name = fields.String()
    to_user_id = fields.String(allow_none=True)
    subject = fields.String()
    state = fields.String()
    attempts = fields.Integer()
    last_error = fields.String(allow_none=True)
    next_try_at = Instant(allow_none=True)
    is_maybe_double = fields.Boolean()
    case_id = fields.String(allow_none=True)
    order_id = fields.String(allow_none=True)
    customer_id = fields.String(allow_none=True)
    sent_at = Instant(allow_none=True)
    created_at = Instant()
    version = fields.Integer()


class EmailCreate(Schema):
    customer_id = fields.String(required=True, validate=validate.Length(max=40))
    contact_id = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    case_id = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    subject = fields.String(required=True, validate=validate.Length(min=1, max=200))
    text = fields.String(required=True, validate=validate.Length(min=1, max=50_000))


class MailSummaryRead(Schema):
    states = fields.Dict(keys=fields.String(), values=fields.Integer())
    oldest_waiting_at = Instant(allow_none=True)
    last_sent_at = Instant(allow_none=True)


class EmailDetail(EmailRead):
    text = fields.String()


class TemplateRead(Schema):
    key = fields.String()
    description = fields.String()
    example_subject = fields.String()
    when_unknown = fields.String()


class TemplatesRead(Schema):
    data = fields.List(fields.Nested(TemplateRead))
