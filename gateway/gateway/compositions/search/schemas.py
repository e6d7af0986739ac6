"""What the search takes and gives."""

from marshmallow import fields, validate

from gateway.compositions.parts import Part
from servicekit.http.schemas import Schema


class SearchQuery(Schema):
    """What to look for."""

    q = fields.String(required=True, validate=validate.Length(min=1, max=200))
    limit = fields.Integer(load_default=5, validate=validate.Range(min=1, max=20))


class SearchRead(Schema):
    """The best of each kind; `complete` says whether every service answered."""

    complete = fields.Boolean(required=True)
    customers = fields.Nested(Part, required=True)
    cases = fields.Nested(Part, required=True)
    orders = fields.Nested(Part, required=True)
