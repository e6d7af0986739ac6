"""What the overview of a customer shows."""

from marshmallow import fields

from gateway.compositions.parts import Part
from servicekit.http.schemas import Schema


class OverviewRead(Schema):
    """A customer and all that belongs to it; `complete` says whether every part could be had."""

    complete = fields.Boolean(required=True)
    customer = fields.Nested(Part, required=True)
    contacts = fields.Nested(Part, required=True)
    timeline = fields.Nested(Part, required=True)
    cases = fields.Nested(Part, required=True)
    work_items = fields.Nested(Part, required=True)
    orders = fields.Nested(Part, required=True)
    balance = fields.Nested(Part, required=True)
    emails = fields.Nested(Part, required=True)
