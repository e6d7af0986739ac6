"""Filters of lists: each operator of a field is a query parameter, such as `status[in]=a,b` or `created_at[gte]=…`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import BigInteger, ColumnElement, or_

from servicekit.http.schemas import Instant


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter of a list: each operator is a query parameter of its own."""

    column: Any
    operators: Mapping[str, Callable[[], fields.Field[Any]]]


def text(column: Any, *, choices: type[StrEnum] | None = None, nullable: bool = False, prefix: bool = False) -> Filter:
    """`x=`, `x[in]=a,b`, `x[ne]=`; with `prefix` `x[prefix]=`, with `nullable` `x[null]=true`."""
    one_of = validate.OneOf([c.value for c in choices]) if choices else validate.Length(max=200)
    operators: dict[str, Callable[[], fields.Field[Any]]] = {
        "": lambda: fields.String(validate=one_of),
        "ne": lambda: fields.String(validate=one_of),
        "in": lambda: CommaList(fields.String(validate=one_of)),
    }
    if prefix:
        operators["prefix"] = fields.String
    if nullable:
        operators["null"] = fields.Boolean
    return Filter(column=column, operators=operators)


def instant(column: Any) -> Filter:
    """`x[gte]=`, `x[gt]=`, `x[lte]=`, `x[lt]=` with an RFC 3339 instant."""
    return Filter(column=column, operators=dict.fromkeys(("gte", "gt", "lte", "lt"), Instant))


def integer(column: Any) -> Filter:
    """`x=` and the four comparisons."""
    most = 2**63 - 1 if isinstance(column.type, BigInteger) else 2**31 - 1
    fits = validate.Range(min=-most, max=most)
    operators = dict.fromkeys(("", "gte", "gt", "lte", "lt"), lambda: fields.Integer(validate=fits))
    return Filter(column=column, operators=operators)


def flag(column: Any) -> Filter:
    """`x=true` or `x=false`."""
    return Filter(column=column, operators={"": fields.Boolean})


class CommaList(fields.List):  # type: ignore[type-arg]
    """`a,b,c` in one parameter."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        return super()._deserialize(value.split(","), attr, data, **kwargs)


CONDITIONS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "": lambda column, value: column == value,
    "ne": lambda column, value: or_(column != value, column.is_(None)),
    "in": lambda column, value: column.in_(value),
    "prefix": lambda column, value: column.istartswith(value, autoescape=True),
    "null": lambda column, value: column.is_(None) if value else column.is_not(None),
    "gte": lambda column, value: column >= value,
    "gt": lambda column, value: column > value,
    "lte": lambda column, value: column <= value,
    "lt": lambda column, value: column < value,
}
