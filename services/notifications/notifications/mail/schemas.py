"""E-mails and their kinds as the API shows them."""

from marshmallow import fields

from servicekit.schemas import Instant, Schema


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


class EmailDetail(EmailRead):
    text_body = fields.String()


class TemplateRead(Schema):
    key = fields.String()
    description = fields.String()
    example_subject = fields.String()
    when_unknown = fields.String()


class TemplatesRead(Schema):
    data = fields.List(fields.Nested(TemplateRead))
