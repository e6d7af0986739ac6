"""Typed fields that users define at run time: what they may hold, and how answers are checked."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from servicekit.errors import FieldError, Invalid

MAX_TEXT = 500
MAX_LONG_TEXT = 20_000
MAX_DIGITS = 30


class FieldType(StrEnum):
    """What a field holds."""

    TEXT = "text"
    TEXTAREA = "textarea"
    EMAIL = "email"
    PHONE = "phone"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    CHECKBOX = "checkbox"
    CHOICE = "choice"
    MULTICHOICE = "multichoice"


@dataclass(frozen=True, kw_only=True)
class FieldSpec:
    """One defined field; `options` are the values of a choice."""

    key: str
    label: str
    type: FieldType
    is_required: bool = False
    options: tuple[str, ...] = ()


def check_answers(specs: Sequence[FieldSpec], answers: Mapping[str, Any], *, where: str = "") -> dict[str, Any]:
    """Convert answers to what is stored (JSON values); raises Invalid that names each wrong field under `where`.

    Empty text is no answer. Values arrive as JSON or as the text of an HTML form.
    """
    known = {spec.key: spec for spec in specs}
    errors = [
        FieldError(pointer=f"{where}/{key}", code="unknown_field", detail="There is no such field here.")
        for key in answers
        if key not in known
    ]
    values: dict[str, Any] = {}
    for spec in specs:
        answer = answers.get(spec.key)
        if answer in (None, "", []) or (
            spec.type is FieldType.CHECKBOX and spec.is_required and not _checkbox_or_false(answer)
        ):
            if spec.is_required:
                errors.append(
                    FieldError(
                        pointer=f"{where}/{spec.key}", code="required", detail=f"{spec.label}: this is required."
                    )
                )
            continue
        try:
            values[spec.key] = _CONVERTERS[spec.type](spec, answer)
        except (ValueError, InvalidOperation) as error:
            errors.append(FieldError(pointer=f"{where}/{spec.key}", code="invalid", detail=f"{spec.label}: {error}"))
    if errors:
        raise Invalid(errors[0].detail, fields=errors)
    return values


def _checkbox_or_false(answer: Any) -> bool:
    try:
        return _checkbox(None, answer)
    except ValueError:
        return False


def _text(limit: int) -> Callable[[FieldSpec, Any], str]:
    def convert(_spec: FieldSpec, answer: Any) -> str:
        if not isinstance(answer, str):
            raise ValueError("give text.")  # noqa: TRY004 - a wrong value, shown to a person
        if len(answer) > limit:
            raise ValueError(f"give at most {limit} characters.")
        if "\0" in answer:
            raise ValueError("give text without NUL characters.")
        return answer.strip()

    return convert


def _email(spec: FieldSpec, answer: Any) -> str:
    value = _text(254)(spec, answer)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", value):
        raise ValueError("give an e-mail address such as name@example.com.")
    return value


def _phone(spec: FieldSpec, answer: Any) -> str:
    value = _text(40)(spec, answer)
    if sum(c.isdigit() for c in value) < 5 or re.search(r"[^\d\s+()./x-]", value):  # noqa: PLR2004 - the shortest real numbers
        raise ValueError("give a phone number such as +49 40 555 0134.")
    return value


def _number(_spec: FieldSpec, answer: Any) -> str:
    try:
        value = Decimal(str(answer).strip())
    except InvalidOperation as error:
        raise ValueError("give a number such as 12.5.") from error
    # 1e20000000 is six characters here and twenty million once it is written out.
    if isinstance(answer, bool) or not value.is_finite() or abs(value.adjusted()) > MAX_DIGITS:
        raise ValueError("give a number such as 12.5.")
    if len(value.as_tuple().digits) > MAX_DIGITS:
        raise ValueError(f"give at most {MAX_DIGITS} digits.")
    return format(value, "f")


def _integer(_spec: FieldSpec, answer: Any) -> int:
    if isinstance(answer, bool) or not re.fullmatch(r"[+-]?\d{1,15}", str(answer).strip()):
        raise ValueError("give a whole number.")
    return int(answer)


def _date(_spec: FieldSpec, answer: Any) -> str:
    try:
        return date.fromisoformat(str(answer)).isoformat()
    except ValueError as error:
        raise ValueError("give a date such as 2027-03-31.") from error


def _checkbox(_spec: FieldSpec | None, answer: Any) -> bool:
    if isinstance(answer, bool):
        return answer
    if str(answer).lower() in {"on", "true", "yes", "1"}:
        return True
    if str(answer).lower() in {"off", "false", "no", "0"}:
        return False
    raise ValueError("give true or false.")


def _choice(spec: FieldSpec, answer: Any) -> str:
    if answer not in spec.options:
        raise ValueError(f"choose one of {', '.join(spec.options)}.")
    return str(answer)


def _multichoice(spec: FieldSpec, answer: Any) -> list[str]:
    chosen = answer if isinstance(answer, list) else [answer]
    if any(one not in spec.options for one in chosen):
        raise ValueError(f"choose from {', '.join(spec.options)}.")
    return [option for option in spec.options if option in chosen]


_CONVERTERS: dict[FieldType, Callable[[FieldSpec, Any], Any]] = {
    FieldType.TEXT: _text(MAX_TEXT),
    FieldType.TEXTAREA: _text(MAX_LONG_TEXT),
    FieldType.EMAIL: _email,
    FieldType.PHONE: _phone,
    FieldType.NUMBER: _number,
    FieldType.INTEGER: _integer,
    FieldType.DATE: _date,
    FieldType.CHECKBOX: _checkbox,
    FieldType.CHOICE: _choice,
    FieldType.MULTICHOICE: _multichoice,
}
