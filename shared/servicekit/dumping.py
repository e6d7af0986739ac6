"""Schemas made once, and turned into plain functions that dump: what marshmallow decides a row anew is decided once."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import marshmallow as ma
from marshmallow import fields

from servicekit.schemas import Instant, MoneyField, instant_text, money_parts

Writer = Callable[[Any], Any]
_MISSING = object()
_Part = tuple[str, str, Writer | None, fields.Field[Any], str]
"""Key in the answer, attribute of the thing, how to write it; the field and its name, where marshmallow writes it."""


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
    by_kind: dict[type, Callable[[Any], dict[str, Any]]] = {}

    def dump(thing: Any) -> dict[str, Any]:
        kind = type(thing)
        dump_kind = by_kind.get(kind)
        if dump_kind is None:
            dump_kind = by_kind[kind] = _for_kind(kind, parts)
        return dump_kind(thing)

    return dump


def _for_kind(kind: type, parts: Sequence[_Part]) -> Callable[[Any], dict[str, Any]]:
    def dump(thing: Any) -> dict[str, Any]:
        row = {}
        for key, name, write, field, attribute in parts:
            if write is None:
                value = field.serialize(attribute, thing)
                if value is not ma.missing:
                    row[key] = value
                continue
            value = thing.get(name, _MISSING) if is_mapping else getattr(thing, name, _MISSING)
            if value is not _MISSING:
                row[key] = None if value is None else write(value)
        return row

    is_mapping = issubclass(kind, Mapping)
    return _compiled(kind, parts, dump) if hasattr(kind, "__mapper__") else dump


def _compiled(kind: type, parts: Sequence[_Part], otherwise: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    """One expression for all fields: a page is hundreds of rows times fields, and the loop half of its time."""
    mapped = kind.__mapper__.attrs  # type: ignore[attr-defined] # the caller has looked
    used: dict[str, Any] = {"otherwise": otherwise}
    lines = []
    for number, (key, name, write, field, attribute) in enumerate(parts):
        use = f"write{number}"
        if write is None:
            used[use] = _by_marshmallow(field, attribute)
            lines.append(f"{key!r}: {use}(thing),")
            continue
        used[use] = write
        # An entity has its columns in its __dict__, but not its properties.
        read = f"known[{name!r}]" if name in mapped else f"thing.{name}"
        lines.append(f"{key!r}: value if (value := {read}) is None or value.__class__ is {use} else {use}(value),")
    source = f"""
def dump(thing):
    known = thing.__dict__
    try:
        return {{{" ".join(lines)}}}
    except (KeyError, AttributeError):  # something is not loaded yet, or not there
        return otherwise(thing)
"""
    exec(source, used)  # noqa: S102 - of names that our own schemas declare
    made: Callable[[Any], dict[str, Any]] = used["dump"]
    return made


def _by_marshmallow(field: fields.Field[Any], name: str) -> Writer:
    def write(thing: Any) -> Any:
        value = field.serialize(name, thing)
        if value is ma.missing:
            raise KeyError(name)
        return value

    return write


def _part(name: str, field: fields.Field[Any]) -> _Part:
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
