"""How products look on the wire."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from orders.catalogue.rules import MAX_PRICE_MINOR, MAX_TAX_RATE, ProductType, trim
from servicekit.http.schemas import Instant, MoneyField, Schema
from servicekit.money import Money


class PlainDecimal(fields.Decimal):
    """An exact number, written as a string without trailing zeros: `"0.19"`."""

    def __init__(self, *, places: int, most: int, **options: Any) -> None:
        super().__init__(as_string=True, metadata={"type": "string"}, **options)
        self.max_places = places
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        number: Decimal = super()._deserialize(value, attr, data, **kwargs)
        if not 0 <= number <= self.most:
            raise ValidationError(f"Give 0 to {self.most}.")
        if number != round(number, self.max_places):
            raise ValidationError(f"Give at most {self.max_places} decimals.")
        return number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002 - its hook
        return None if value is None else str(trim(Decimal(value)))


def check_price(price: Money) -> None:
    """Not below zero, and small enough that every total fits into 64 bits."""
    if not 0 <= price.minor <= MAX_PRICE_MINOR:
        raise ValidationError({"amount": [f"Give 0 to {Money.from_minor(MAX_PRICE_MINOR, price.currency).amount}."]})


class ProductCreate(Schema):
    sku = fields.String(required=True, validate=validate.Regexp(r"^\S(.{0,58}\S)?\Z", error="Give 1 to 60 characters."))
    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    description = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=5000))
    type = fields.String(
        load_default=ProductType.MERCHANDISE.value, validate=validate.OneOf([kind.value for kind in ProductType])
    )
    unit_price = MoneyField(required=True, validate=check_price)
    tax_rate = PlainDecimal(places=6, most=MAX_TAX_RATE, load_default=Decimal(0))
    is_active = fields.Boolean(load_default=True)


class ProductUpdate(ProductCreate):
    """Any part of a product."""


class ProductRead(Schema):
    id = fields.String()
    sku = fields.String()
    name = fields.String()
    description = fields.String(allow_none=True)
    type = fields.String()
    unit_price = MoneyField()
    tax_rate = PlainDecimal(places=6, most=MAX_TAX_RATE)
    is_active = fields.Boolean()
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()
