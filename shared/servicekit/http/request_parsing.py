"""Request parsing: bodies and query strings are read, limited and checked before a transaction begins."""

import json
from typing import Any

from flask import request

from servicekit.errors import FieldError, Invalid, Malformed, TooLarge, UnsupportedMedia
from servicekit.http.routes import Operation
from servicekit.http.schemas import load
from servicekit.http.serialization import schema_of

JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def refuse_nul() -> None:
    """No text anywhere holds a NUL character: PostgreSQL cannot keep one, so it is refused before it gets there."""
    raw = request.get_data(cache=True) if request.mimetype in JSON_TYPES else b""
    texts = [request.path, *request.args.values(), *request.form.values()]
    if b"\\u0000" in raw or any("\0" in text for text in texts):
        raise Malformed("The request holds a NUL character. Leave it out.")


def read_query(operation: Operation) -> dict[str, Any]:
    """The query parameters; an unknown or repeated one is refused, so that a typo never returns everything."""
    schema = operation.listing.query_schema if operation.listing else operation.query
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        raise _wrong_parameter(repeated[0], "repeated", f"{repeated[0]} is given more than once.")
    if schema is None:
        if request.args:
            name = next(iter(request.args))
            raise _wrong_parameter(name, "unknown_parameter", f"There is no parameter {name!r} here.")
        return {}
    try:
        return load(schema_of(schema), request.args.to_dict())
    except Invalid as error:
        fields = [
            FieldError(
                pointer=field.pointer.removeprefix("/"),
                code="unknown_parameter" if field.code == "unknown_field" else field.code,
                detail="There is no such parameter here." if field.code == "unknown_field" else field.detail,
            )
            for field in error.fields
        ]
        raise Invalid(f"{fields[0].pointer}: {fields[0].detail}", fields=fields) from error


def read_body(operation: Operation) -> dict[str, Any]:
    """The checked body; `is_partial` routes take any part of it."""
    if operation.body is None or not operation.writes:
        return {}
    request.max_content_length = operation.max_bytes
    if (request.content_length or 0) > operation.max_bytes:
        raise TooLarge(f"The body has {request.content_length} bytes; this route takes {operation.max_bytes}.")
    return load(schema_of(operation.body, partial=operation.is_partial), _read_object(operation))


def _read_object(operation: Operation) -> Any:
    if operation.accepts_form and request.mimetype in FORM_TYPES:
        return {name: values if len(values) > 1 else values[0] for name, values in request.form.lists()}
    raw = request.get_data(cache=True)
    if not raw:
        return {}
    if request.mimetype not in JSON_TYPES:
        raise UnsupportedMedia(f"Send application/json; this is {request.mimetype or 'of no named type'}.")
    try:
        value = json.loads(raw, parse_constant=_refuse_constant)
        if b"\\u" in raw:
            json.dumps(value, ensure_ascii=False).encode()  # half a character (a lone surrogate) cannot be stored
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The body is not JSON: {error}.") from error
    if not isinstance(value, dict):
        detail = "The body must be a JSON object."
        raise Invalid(detail, fields=[FieldError(pointer="", code="wrong_type", detail=detail)])
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _wrong_parameter(name: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, fields=[FieldError(pointer=name, code=code, detail=detail)])
