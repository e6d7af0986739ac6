"""What a list shows, read as plain columns: entities that a session tracks cost too much to be shown once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import Mapper

Make = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True, kw_only=True)
class Records:
    """How to read `entity` to be shown: without the columns of `leaves_out`, with the row each of `along` leads to.

    What comes out is an `entity` that no session knows: its columns and what its properties make of them can be read;
    anything that was not read raises `UnmappedInstanceError`, and nothing is ever written.
    """

    entity: type
    leaves_out: Sequence[Any] = ()
    along: Sequence[Any] = ()

    @cached_property
    def statement(self) -> Select[Any]:
        """All of them, by their columns; built once, since building it takes as long as answering it."""
        statement = select(*(column for part in self._parts() for column in part)).select_from(self.entity)
        for relationship in self.along:
            statement = statement.outerjoin(relationship)
        return statement

    def maker(self) -> Make:
        """Makes a record of a row of such a statement; what stands behind the columns is left alone."""
        own, *others = self._parts()
        make = _maker(self.entity, own, 0)
        start, more = len(own), []
        for relationship, columns in zip(self.along, others, strict=True):
            more.append((relationship.key, _maker(_target(relationship), columns, start), start + _key_of(columns)))
            start += len(columns)

        def make_all(row: Sequence[Any]) -> Any:
            record = make(row)
            for name, make_other, key in more:
                record.__dict__[name] = None if row[key] is None else make_other(row)
            return record

        return make_all if more else make

    def _parts(self) -> list[list[Any]]:
        left_out = {column.key for column in self.leaves_out}
        own = [column for column in _columns(self.entity) if column.key not in left_out]
        return [own, *(_columns(_target(relationship)) for relationship in self.along)]


def _columns(entity: type) -> list[Any]:
    mapper: Mapper[Any] = inspect(entity)
    return [getattr(entity, attribute.key) for attribute in mapper.column_attrs]


def _target(relationship: Any) -> type:
    found: type = relationship.property.mapper.class_
    return found


def _key_of(columns: Sequence[Any]) -> int:
    """Where a column stands that is NULL only where there is no row."""
    return next(place for place, column in enumerate(columns) if column.property.columns[0].primary_key)


def _maker(entity: type, columns: Sequence[Any], start: int) -> Make:
    names = [column.key for column in columns]
    end = start + len(names)

    def make(row: Sequence[Any]) -> Any:
        record: Any = object.__new__(entity)
        record.__dict__.update(zip(names, row[start:end], strict=True))
        return record

    return make
