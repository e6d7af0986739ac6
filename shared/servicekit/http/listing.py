"""A `Listing` is the registry of a resource's filterable, sortable and searchable fields, declared once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate
from sqlalchemy import ColumnElement, Select

from servicekit.database.records import Records
from servicekit.errors import FieldError, Invalid
from servicekit.http.filters import CONDITIONS, Filter
from servicekit.http.schemas import Schema


@dataclass(frozen=True, kw_only=True)
class Listing:
    """How one resource is listed. `sorts` must name columns or expressions that are never NULL.

    Without `records` each row is an entity, with whatever that loads.
    """

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
        return Schema.from_dict(names, name="ListQuery")

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
                    statement = statement.where(CONDITIONS[operator](one.column, value))
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
