"""What the API gives of sessions."""

from marshmallow import fields

from servicekit.http.schemas import Instant, Schema


class SessionRead(Schema):
    """A browser that is signed in."""

    id = fields.String(required=True)
    ip = fields.String(required=True)
    user_agent = fields.String(required=True)
    created_at = Instant(required=True)
    last_seen_at = Instant(required=True)
