"""What a web form may ask, where an answer may go, and what a form needs before visitors may use it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from cases.casework.rules import Priority
from servicekit.errors import FieldError

HONEYPOT = "website_url_"
"""A field that people never see; whoever fills it in is a program."""

MAX_FIELDS = 60

ANY_TEXT = frozenset({"text", "textarea", "choice"})
MAPPINGS: dict[str, frozenset[str]] = {
    "customer.name": frozenset({"text"}),
    "customer.first_name": frozenset({"text"}),
    "customer.last_name": frozenset({"text"}),
    "customer.email": frozenset({"email"}),
    "customer.phone": frozenset({"phone"}),
    "organization.name": frozenset({"text"}),
    "case.subject": ANY_TEXT,
    "case.description": ANY_TEXT,
    "case.priority": frozenset({"choice"}),
}
"""Where an answer may go besides the case's own list of answers, and which types of field may go there."""

REACHABLE_BY = ("customer.email", "customer.phone")


def check_fields(fields: Sequence[Mapping[str, Any]], *, is_active: bool) -> list[FieldError]:
    """All problems of a form's fields at once, each with its place in the form's body."""
    problems: list[FieldError] = []
    if len(fields) > MAX_FIELDS:
        problems.append(FieldError(pointer="/fields", code="too_many", detail=f"At most {MAX_FIELDS} fields."))
    keys: set[str] = set()
    targets: set[str] = set()
    for index, field in enumerate(fields):
        place = f"/fields/{index}"
        if field["key"] in keys or field["key"] == HONEYPOT:
            problems.append(FieldError(pointer=f"{place}/key", code="duplicate", detail="This key is taken."))
        keys.add(field["key"])
        problems += _check_mapping(place, field, targets)
        problems += _check_options(place, field)
    if is_active and not targets.intersection(REACHABLE_BY):
        detail = "An active form asks for an e-mail or a phone number: map a field to customer.email or customer.phone."
        problems.append(FieldError(pointer="/fields", code="nobody_to_answer", detail=detail))
    return problems


def _check_mapping(place: str, field: Mapping[str, Any], targets: set[str]) -> Iterator[FieldError]:
    target = field.get("maps_to")
    if target is None:
        return
    pointer = f"{place}/maps_to"
    if target not in MAPPINGS:
        yield FieldError(pointer=pointer, code="unknown_target", detail=f"Known targets: {', '.join(MAPPINGS)}.")
    elif field["type"] not in MAPPINGS[target]:
        wanted = " or ".join(sorted(MAPPINGS[target]))
        yield FieldError(pointer=pointer, code="wrong_type", detail=f"{target} takes a field of type {wanted}.")
    elif target in targets:
        yield FieldError(pointer=pointer, code="duplicate", detail=f"Another field already goes to {target}.")
    targets.add(target)


def _check_options(place: str, field: Mapping[str, Any]) -> Iterator[FieldError]:
    options = field.get("options") or []
    if field["type"] in {"choice", "multichoice"} and not options:
        yield FieldError(pointer=f"{place}/options", code="required", detail="Name at least one option.")
    if field.get("maps_to") == "case.priority" and not set(options) <= set(Priority):
        yield FieldError(pointer=f"{place}/options", code="unknown_option", detail=f"Use {', '.join(Priority)}.")


def mapped(fields: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that go somewhere, by target; empty ones are left out."""
    found = {field["maps_to"]: answers.get(field["key"]) for field in fields if field.get("maps_to")}
    return {target: value for target, value in found.items() if value not in (None, "")}


def missing_contact(fields: Sequence[Mapping[str, Any]], found: Mapping[str, Any]) -> str | None:
    """The key of the field to fill in when nobody could be answered, else None."""
    if any(target in found for target in REACHABLE_BY):
        return None
    return next((field["key"] for field in fields if field.get("maps_to") in REACHABLE_BY), None)


def captured(fields: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Answers as they are stored: with the label and type that the field had on that day."""
    return [
        {"key": field["key"], "label": field["label"], "type": field["type"], "value": answers[field["key"]]}
        for field in fields
        if field["key"] in answers
    ]


def return_address(url: str, case_number: str) -> str:
    """The form's return page with the case's number added to whatever query it has."""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("case", case_number)]
    return urlunsplit(parts._replace(query=urlencode(query)))
