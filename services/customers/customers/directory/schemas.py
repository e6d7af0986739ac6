"""What the directory takes and shows."""

from marshmallow import fields, validate

from customers.directory.rules import CustomerKind, CustomerStatus
from servicekit.http.schemas import Instant, MoneyField, Schema

_KINDS = [kind.value for kind in CustomerKind]
_STATUSES = [status.value for status in CustomerStatus]


def _text(longest: int, **more: object) -> fields.String:
    return fields.String(allow_none=True, validate=validate.Length(max=longest), **more)  # type: ignore[arg-type]


class Address(Schema):
    """A postal address; `country` is an ISO 3166-1 alpha-2 code."""

    street = _text(300)
    city = _text(100)
    postcode = _text(20)
    country = fields.String(
        allow_none=True,
        validate=validate.Regexp(r"^[A-Z]{2}\Z", error="Give a country code of two letters, such as PT."),
    )


_SYSTEM = validate.Regexp(r"^[a-z0-9_-]{1,60}\Z", error="Name the system with a-z, 0-9, - and _.")


class ExternalKey(Schema):
    """One id in one other system, as a path names it."""

    system = fields.String(required=True, validate=_SYSTEM)
    external_id = fields.String(required=True, validate=validate.Length(min=1, max=200))


class ExternalIds(fields.Dict):
    """`{"sap": "4711"}`: by which id other systems know the customer."""

    def __init__(self) -> None:
        system = fields.String(validate=_SYSTEM)
        super().__init__(keys=system, values=fields.String(allow_none=True, validate=validate.Length(min=1, max=200)))


class CustomerUpdate(Schema):
    """The fields of a customer that may be edited."""

    name = _text(200)
    first_name = _text(100)
    last_name = _text(100)
    email = _text(320)
    phone = _text(40)
    website = _text(300)
    industry = _text(100)
    description = _text(20_000)
    language = _text(35)
    address = fields.Nested(Address, allow_none=True)
    status = fields.String(validate=validate.OneOf(_STATUSES))
    owner_id = _text(40)
    team_id = _text(40)
    customer_since = fields.Date()
    external_ids = ExternalIds()


class CustomerCreate(CustomerUpdate):
    """A new customer: a name, and an e-mail or a phone number."""

    kind = fields.String(required=True, validate=validate.OneOf(_KINDS))
    source = fields.String(validate=validate.Length(min=1, max=60))
    allow_duplicate = fields.Boolean(
        load_default=False, metadata={"description": "add it although another one of the kind has this e-mail"}
    )


class Facts(Schema):
    """The figures of the customer: what orders and cases have published, and when something last passed between us."""

    total_value = MoneyField(allow_none=True)
    open_balance = MoneyField(allow_none=True)
    orders = fields.Integer()
    open_cases = fields.Integer()
    last_order_at = Instant(allow_none=True)
    last_interaction_at = Instant(allow_none=True)


class CustomerRead(Schema):
    """A customer."""

    id = fields.String()
    number = fields.String()
    kind = fields.String(validate=validate.OneOf(_KINDS))
    name = fields.String()
    first_name = fields.String(allow_none=True)
    last_name = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    website = fields.String(allow_none=True)
    industry = fields.String(allow_none=True)
    description = fields.String(allow_none=True)
    language = fields.String(allow_none=True)
    address = fields.Nested(Address)
    status = fields.String(validate=validate.OneOf(_STATUSES))
    owner_id = fields.String(allow_none=True)
    team_id = fields.String(allow_none=True)
    source = fields.String()
    external_ids = fields.Dict(keys=fields.String(), values=fields.String())
    is_archived = fields.Boolean()
    archived_at = Instant(allow_none=True)
    is_blocked = fields.Boolean()
    blocked_at = Instant(allow_none=True)
    blocked_reason = fields.String(allow_none=True)
    customer_since = fields.Date()
    facts = fields.Nested(Facts, attribute="figures")
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()


class Block(Schema):
    """Why the customer is blocked."""

    reason = fields.String(
        required=True, validate=[validate.Length(max=500), validate.Regexp(r".*\S", error="Say why.")]
    )
