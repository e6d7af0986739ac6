"""Lists: flat filters, sorting and keyset pages, declared once and the same everywhere."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate
from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from servicekit.errors import FieldError, Invalid
from servicekit.records import Records
from servicekit.schemas import Instant, Schema

MAX_COUNT = 10_000


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


_CONDITIONS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
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


@dataclass(frozen=True, kw_only=True)
class Listing:
    """How one resource is listed. `sorts` must name columns or expressions that are never NULL.

    Without `records` each row is an entity, with whatever that loads.
    """

    reads: type[ma.Schema]
    id: Any
    sorts: Mapping[str, Any]
    default_sort: str
    filters: Mapping[str, Filter] = field(default_factory=dict)
    search: Callable[[str], ColumnElement[bool]] | None = None
    records: Records | None = None

    @cached_property
    def query_schema(self) -> type[ma.Schema]:
        """Every query parameter, named and typed, for checking and for OpenAPI."""
        names: dict[str, Any] = {
            "limit": fields.Integer(load_default=50, validate=validate.Range(min=1, max=200)),
            "cursor": fields.String(),
            "sort": fields.String(
                load_default=self.default_sort,
                metadata={"description": f"of {', '.join(self.sorts)}; - for descending"},
            ),
            "include_total": fields.Boolean(load_default=False),
        }
        if self.search:
            names["q"] = fields.String(validate=validate.Length(max=200))
        for name, one in self.filters.items():
            for operator, make in one.operators.items():
                names[f"{name}[{operator}]" if operator else name] = make()
        return Schema.from_dict(names, name=f"{self.reads.__name__.removesuffix('Read')}Query")

    @cached_property
    def make(self) -> Callable[[Sequence[Any]], Any]:
        """What to dump, of a row as `read_page` gets it."""
        return self.records.maker() if self.records is not None else itemgetter(0)

    def narrow(self, statement: Select[Any], query: Mapping[str, Any]) -> Select[Any]:
        """Apply filters and search."""
        for name, one in self.filters.items():
            for operator in one.operators:
                value = query.get(f"{name}[{operator}]" if operator else name)
                if value is not None:
                    statement = statement.where(_CONDITIONS[operator](one.column, value))
        if self.search and query.get("q"):
            statement = statement.where(self.search(query["q"]))
        return statement

    def order(self, sort: str) -> list[tuple[Any, bool]]:
        """(expression, descending) for each key of `sort`, closed by the id, so that no two rows tie."""
        keys: list[tuple[Any, bool]] = []
        for part in sort.split(","):
            name = part.removeprefix("-")
            if name not in self.sorts:
                detail = f"Cannot sort by {name!r}: use {', '.join(self.sorts)}, with - for descending."
                raise Invalid(detail, fields=[FieldError(pointer="sort", code="unknown_sort", detail=detail)])
            keys.append((self.sorts[name], part.startswith("-")))
        keys.append((self.id, keys[-1][1]))
        return keys


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list."""

    rows: Sequence[Any]
    next_cursor: str | None
    total: dict[str, Any] | None


def read_page(
    session: Session, listing: Listing, statement: Select[Any], query: Mapping[str, Any], *, secret: str
) -> Page:
    """One page by keyset: as fast at any depth, and a deleted row never breaks the cursor."""
    statement = listing.narrow(statement, query)
    total = _count(session, statement) if query["include_total"] else None
    keys = listing.order(query["sort"])
    mark = _filters_mark(query)
    if query.get("cursor"):
        values = _open_cursor(query["cursor"], mark, secret, [expression for expression, _ in keys])
        statement = statement.where(_beyond(keys, values))
    ordered = statement.order_by(None).order_by(
        *(expression.desc() if down else expression.asc() for expression, down in keys)
    )
    found = session.execute(
        ordered.add_columns(*(expression for expression, _ in keys)).limit(query["limit"] + 1)
    ).all()
    rows = found[: query["limit"]]
    cursor = None
    if len(found) > len(rows):
        cursor = _make_cursor(rows[-1][-len(keys) :], mark, secret)
    return Page(rows=[listing.make(row) for row in rows], next_cursor=cursor, total=total)


def _count(session: Session, statement: Select[Any]) -> dict[str, Any]:
    bounded = (
        statement.order_by(None)
        .with_only_columns(literal(1), maintain_column_froms=True)
        .limit(MAX_COUNT + 1)
        .subquery()
    )
    count = session.scalar(select(func.count()).select_from(bounded)) or 0
    return {"value": min(count, MAX_COUNT), "relation": "eq" if count <= MAX_COUNT else "gte"}


def _beyond(keys: Sequence[tuple[Any, bool]], values: Sequence[Any]) -> ColumnElement[bool]:
    bound = [literal(value, expression.type) for (expression, _), value in zip(keys, values, strict=True)]
    if len({down for _, down in keys}) == 1:  # one direction: a row comparison, which an index answers
        left, right = tuple_(*(expression for expression, _ in keys)), tuple_(*bound)
        return left < right if keys[0][1] else left > right
    steps = []
    for position, (expression, down) in enumerate(keys):
        same = [keys[i][0] == bound[i] for i in range(position)]
        steps.append(and_(*same, expression < bound[position] if down else expression > bound[position]))
    return or_(*steps)


def _filters_mark(query: Mapping[str, Any]) -> str:
    fixed = {name: str(value) for name, value in query.items() if name not in {"cursor", "limit", "include_total"}}
    return hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest()[:16]


def _make_cursor(values: Sequence[Any], mark: str, secret: str) -> str:
    plain = [value.isoformat() if isinstance(value, dt.datetime | dt.date) else value for value in values]
    body = json.dumps([mark, *plain], default=str, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(body, secret) + body).decode().rstrip("=")


def _open_cursor(cursor: str, mark: str, secret: str, expressions: Sequence[Any]) -> list[Any]:
    detail = "This cursor is not from this list, or its filters or its sorting have changed. Start again without it."
    mismatch = Invalid(detail, fields=[FieldError(pointer="cursor", code="cursor_mismatch", detail=detail)])
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        sealed, body = raw[:16], raw[16:]
        if not hmac.compare_digest(sealed, _seal(body, secret)):
            raise mismatch
        kept_mark, *values = json.loads(body)
    except ValueError as error:
        raise mismatch from error
    if kept_mark != mark or len(values) != len(expressions):
        raise mismatch
    return [_typed(value, expression) for value, expression in zip(values, expressions, strict=True)]


def _typed(value: Any, expression: Any) -> Any:
    kind = expression.type.python_type
    if kind in {dt.datetime, dt.date} and value is not None:
        return kind.fromisoformat(value)
    return value


def _seal(body: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), body, "sha256")[:16]
