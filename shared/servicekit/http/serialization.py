"""Serialization: schemas turned into plain functions once, so that marshmallow does not decide anew for each row."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import marshmallow as ma
from marshmallow import fields

from servicekit.http.schemas import Instant, MoneyField, instant_text, money_parts

Writer = Callable[[Any], Any]
_MISSING = object()
_NOTHING: Mapping[str, Any] = {}


@cache
def schema_of(schema: type[ma.Schema], *, partial: bool = False) -> ma.Schema:
    """The one instance that loads; making one copies every field of it."""
    return schema(partial=partial)


@cache
def dumper(schema: type[ma.Schema]) -> Callable[[Any], dict[str, Any]]:
    """Does what `schema().dump` does."""
    made = schema_of(schema)
    if any(made._hooks.values()):  # noqa: SLF001 - marshmallow has no other way to ask
        return made.dump
    parts = [_part(name, field) for name, field in made.dump_fields.items()]

    def dump(thing: Any) -> dict[str, Any]:
        is_mapping = isinstance(thing, Mapping)
        known = thing if is_mapping else getattr(thing, "__dict__", _NOTHING)
        row = {}
        for key, name, write, field, attribute in parts:
            if write is None:
                value = field.serialize(attribute, thing)
                if value is not ma.missing:
                    row[key] = value
                continue
            value = known.get(name, _MISSING)
            if value is _MISSING:  # an entity has its columns in its __dict__, but not its properties
                value = _MISSING if is_mapping else getattr(thing, name, _MISSING)
                if value is _MISSING:
                    continue
            row[key] = None if value is None else write(value)
        return row

    return dump


def _part(name: str, field: fields.Field[Any]) -> tuple[str, str, Writer | None, fields.Field[Any], str]:
    key = field.data_key if field.data_key is not None else name
    attribute = field.attribute or name
    is_plain = "." not in attribute and field.dump_default is ma.missing
    return key, attribute, _writer(field) if is_plain else None, field, name


def _writer(field: fields.Field[Any]) -> Writer | None:
    """How this kind of field is written; None leaves it to marshmallow."""
    if getattr(field, "as_string", False) or (type(field) is fields.Date and field.format not in {None, "iso"}):
        return None
    if type(field) is fields.Nested:
        nested = field.schema
        if field.many or nested.many or nested.only is not None or nested.exclude:
            return None
        return dumper(type(nested))
    if type(field) is fields.Dict and type(field.key_field) is type(field.value_field) is fields.String:
        return _write_texts
    return _WRITERS.get(type(field))


def _write_texts(value: Mapping[Any, Any]) -> dict[str, str | None]:
    return {str(key): None if one is None else str(one) for key, one in value.items()}


_WRITERS: dict[type, Writer] = {
    fields.String: str,
    fields.Integer: int,
    fields.Boolean: bool,
    fields.Date: dt.date.isoformat,
    Instant: instant_text,
    MoneyField: money_parts,
}
