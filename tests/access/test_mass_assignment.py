"""No operation takes a field that it does not know, nor one that it only shows, nor one inside of another."""

from collections.abc import Iterator
from typing import Any

from tests.access.callers import ADMINISTRATOR
from tests.access.operations import BODIES, Operation, document, filled, operations, path_of
from tests.access.scenario import Scenario
from tests.access.storage import watch_storage

INTRUDER = "no_such_field"


def schema_of(operation: Operation) -> dict[str, Any] | None:
    """What it takes as JSON; None where it takes nothing."""
    content = _described(operation).get("requestBody", {}).get("content", {})
    return resolved(content["application/json"]["schema"]) if "application/json" in content else None


def shown_by(operation: Operation) -> set[str]:
    """The names that its answer has, most of which nobody may write."""
    answers = _described(operation)["responses"]
    contents = [answers[code].get("content", {}) for code in ("200", "201") if code in answers]
    schemas = [resolved(one["application/json"]["schema"]) for one in contents if "application/json" in one]
    return {name for schema in schemas for name in schema.get("properties", {})}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, where it is named; the one that is no null, where there is a choice."""
    if "$ref" in schema:
        return resolved(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for choice in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(choice, ()):
            if one.get("type") != "null":
                return resolved(one)
    return schema


def with_intruder(schema: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """For each object within: a value that has an unknown field there, and the pointer that must name it."""
    if "properties" in schema:
        yield {INTRUDER: 1}, f"/{INTRUDER}"
        for name, below in schema["properties"].items():
            for value, pointer in with_intruder(resolved(below)):
                yield {name: value}, f"/{name}{pointer}"
    elif "items" in schema:
        for value, pointer in with_intruder(resolved(schema["items"])):
            yield [value], f"/0{pointer}"


def _described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = document()["paths"][operation.path][operation.method.lower()]
    return found


def refusal(scenario: Scenario, operation: Operation, body: dict[str, Any], pointers: set[str]) -> str:
    """What is wrong with the answer, which must be 422 and name all of these."""
    known = scenario.known(ADMINISTRATOR)
    whole = {**filled(BODIES.get(operation.name, {}), known), **body}
    answer = scenario.caller(ADMINISTRATOR).ask(operation.method, path_of(operation, known), json=whole)
    if answer.status_code != 422:
        return f"{operation.name} with {body}: {answer.status_code} {answer.text[:200]}"
    unnamed = pointers - {error["pointer"] for error in answer.json()["errors"]}
    return f"{operation.name} with {body}: does not name {sorted(unnamed)}: {answer.text[:300]}" if unnamed else ""


def test_an_unknown_field_is_refused_by_name_everywhere_and_changes_nothing(idle: Scenario) -> None:
    wrong = []
    tried = [(operation, schema) for operation in operations() if (schema := schema_of(operation)) is not None]
    with watch_storage(idle.stack) as storage:
        for operation, schema in tried:
            for value, pointer in with_intruder(schema):
                wrong.append(refusal(idle, operation, value, {pointer}))
            if shown := shown_by(operation) - schema.get("properties", {}).keys():
                wrong.append(refusal(idle, operation, dict.fromkeys(shown, 1), {f"/{name}" for name in shown}))
            wrong += [f"{operation.name}: {change}" for change in storage.changes()]
    assert not any(wrong), "\n".join(one for one in wrong if one)
    assert len(wrong) > 60, f"only {len(wrong)} bodies were tried"
