"""Marshmallow as every service uses it: closed schemas, our field types, its messages as field errors."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import marshmallow as ma
from marshmallow import RAISE, fields, validate

from servicekit.errors import FieldError, Invalid
from servicekit.money import Money, exponent

_REPHRASED = {
    "Missing data for required field.": ("required", "This is required."),
    "Unknown field.": ("unknown_field", "There is no such field here."),
    "Field may not be null.": ("required", "This may not be null."),
    "Invalid input type.": ("wrong_type", "This must be an object."),
}


class Schema(ma.Schema):
    """A closed schema: an unknown field is an error that names it."""

    class Meta:
        """Mass assignment ends here (SECURITY, threat 2)."""

        unknown = RAISE


def instant_text(value: dt.datetime) -> str:
    """An instant as it goes out."""
    return value.astimezone(dt.UTC).isoformat("T", "milliseconds")[:-6] + "Z"


def money_parts(value: Money) -> dict[str, str]:
    """An amount as it goes out, with all decimals of its currency."""
    return {"amount": f"{value.amount:.{exponent(value.currency)}f}", "currency": value.currency}


class Instant(fields.AwareDateTime):
    """RFC 3339 with a zone in, UTC with `Z` out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002 - marshmallow's hook
        return None if value is None else instant_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dt.datetime:
        try:
            return super()._deserialize(value, attr, data, **kwargs).astimezone(dt.UTC)
        except OverflowError as error:
            raise ma.ValidationError("Give a time between the years 2 and 9998.") from error


class MoneyField(fields.Field[Money]):
    """`{"amount": "12.50", "currency": "EUR"}`; refuses more decimals than the currency has."""

    def _serialize(self, value: Money | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - marshmallow's hook
        return None if value is None else money_parts(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Money:  # noqa: ARG002 - marshmallow's hook
        loaded = _MoneySchema().load(value)
        money = Money(amount=loaded["amount"], currency=loaded["currency"])
        try:
            money.minor  # noqa: B018 - the check is the point
        except ValueError as error:
            raise ma.ValidationError({"amount": [f"{error}: give no more."]}) from error
        return money


class _MoneySchema(Schema):
    amount = fields.Decimal(
        required=True, as_string=True, validate=validate.Range(min=Decimal("-1e13"), max=Decimal("1e13"))
    )
    currency = fields.String(
        required=True, validate=validate.Regexp(r"^[A-Z]{3}\Z", error="Give an ISO 4217 code such as EUR.")
    )


def field_errors(messages: Any, pointer: str = "") -> Iterator[FieldError]:
    """Marshmallow's tree of messages as a flat list with JSON pointers."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            yield from field_errors(below, pointer if key == "_schema" else f"{pointer}/{escape(str(key))}")
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, Mapping):
            yield from field_errors(message, pointer)
            continue
        code, detail = _REPHRASED.get(message, ("invalid", message))
        yield FieldError(pointer=pointer, code=code, detail=detail)


def escape(key: str) -> str:
    """A key as one part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def load(schema: ma.Schema, data: Any, *, where: str = "") -> dict[str, Any]:
    """Check and convert; raises Invalid that names every wrong field under the pointer `where`."""
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ma.ValidationError as error:
        errors = list(field_errors(error.messages, where))
        raise Invalid(_summary(errors), fields=errors) from error
    return loaded


def _summary(errors: list[FieldError]) -> str:
    first = errors[0]
    more = f" And {len(errors) - 1} more." if len(errors) > 1 else ""
    return f"{first.pointer or 'The body'}: {first.detail}{more}"
