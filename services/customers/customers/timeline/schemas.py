"""What an entry of the timeline shows."""

from marshmallow import fields

from customers.timeline.titles import title
from servicekit.http.schemas import Instant, Schema


class SubjectRead(Schema):
    """What an entry is about."""

    type = fields.String()
    id = fields.String()
    number = fields.String(allow_none=True)


class EntryRead(Schema):
    """One thing that happened with the customer."""

    id = fields.String()
    kind = fields.String()
    title = fields.Function(title, metadata={"type": "string"})
    body = fields.String(allow_none=True)
    at = Instant()
    actor_id = fields.String(allow_none=True)
    actor_name = fields.String(allow_none=True)
    subject = fields.Nested(SubjectRead)
    data = fields.Dict()
