"""Notifications as the API shows them."""

from marshmallow import fields

from notifications.in_app import titles
from servicekit.http.schemas import Instant, Schema


class SubjectRead(Schema):
    type = fields.String()
    id = fields.String()
    number = fields.String(allow_none=True)


class NotificationRead(Schema):
    id = fields.String()
    kind = fields.String()
    title = fields.Function(titles.title, metadata={"type": "string"})
    body = fields.Function(titles.body, metadata={"type": "string"})
    subject = fields.Nested(SubjectRead)
    link = fields.String()
    is_read = fields.Boolean()
    read_at = Instant(allow_none=True)
    created_at = Instant()


class UnreadRead(Schema):
    unread = fields.Integer()
