"""How orders look on the wire."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from orders.catalogue.rules import MAX_TAX_RATE
from orders.catalogue.schemas import PlainDecimal, check_price
from orders.sales.rules import MAX_LINES, MAX_QUANTITY
from servicekit.http.schemas import Instant, MoneyField, Schema


class Quantity(fields.Decimal):
    """Above 0 with at most three decimals; a JSON number, whole where it is whole."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        number: Decimal = super()._deserialize(value, attr, data, **kwargs)
        if not 0 < number <= MAX_QUANTITY:
            raise ValidationError(f"Give a quantity above 0 and up to {MAX_QUANTITY}.")
        if number != round(number, 3):
            raise ValidationError("Give at most 3 decimals.")
        return number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - marshmallow's hook
        if value is None:
            return None
        return int(value) if value == int(value) else float(value)


class LineCreate(Schema):
    sku = fields.String(required=True, validate=validate.Length(min=1, max=60))
    quantity = Quantity(load_default=Decimal(1))
    unit_price = MoneyField(load_default=None, allow_none=True, validate=check_price)
    discount_percent = PlainDecimal(places=2, most=100, load_default=Decimal(0))
    description = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=1000))


class OrderCreate(Schema):
    customer_id = fields.String(required=True, validate=validate.Length(max=40))
    currency = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"^[A-Z]{3}\Z", error="Give an ISO 4217 code such as EUR."),
    )
    lines = fields.List(
        fields.Nested(LineCreate),
        required=True,
        validate=validate.Length(min=1, max=MAX_LINES, error="Give 1 to {max} lines."),
    )
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=5000))


class OrderUpdate(Schema):
    note = fields.String(allow_none=True, validate=validate.Length(max=5000))


class OrderCancel(Schema):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=1000))


class LineRead(Schema):
    position = fields.Integer()
    sku = fields.String()
    description = fields.String()
    type = fields.String()
    quantity = Quantity()
    unit_price = MoneyField()
    discount_percent = PlainDecimal(places=2, most=100)
    tax_rate = PlainDecimal(places=6, most=MAX_TAX_RATE)
    net = MoneyField()
    tax = MoneyField()
    total = MoneyField()


class OrderInvoiceRead(Schema):
    id = fields.String()
    number = fields.String()
    status = fields.String()
    issued_on = fields.Date()
    due_on = fields.Date()
    open = MoneyField()


class OrderRead(Schema):
    id = fields.String()
    number = fields.String()
    status = fields.String()
    customer_id = fields.String()
    customer_name = fields.String()
    currency = fields.String()
    lines = fields.List(fields.Nested(LineRead))
    net = MoneyField()
    tax = MoneyField()
    total = MoneyField()
    note = fields.String(allow_none=True)
    placed_at = Instant()
    placed_by = fields.String()
    confirmed_at = Instant(allow_none=True)
    fulfilled_at = Instant(allow_none=True)
    cancelled_at = Instant(allow_none=True)
    cancel_reason = fields.String(allow_none=True)
    duplicate_of_id = fields.String(allow_none=True)
    invoice = fields.Nested(OrderInvoiceRead, allow_none=True)
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()


class PurchaseRead(Schema):
    id = fields.String()
    order_id = fields.String()
    order_number = fields.String()
    order_status = fields.String()
    placed_at = Instant()
    type = fields.String()
    sku = fields.String()
    description = fields.String()
    quantity = Quantity()
    unit_price = MoneyField()
    total = MoneyField()
