"""JSON schemas of several services side by side: which names clash, and the same schema under other names."""

from collections.abc import Iterator, Mapping
from typing import Any


def clashes(schemas: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Names that mean different things in two services, or refer to such a name."""
    by_name: dict[str, list[Any]] = {}
    for known in schemas.values():
        for name, schema in known.items():
            by_name.setdefault(name, []).append(schema)
    shared = {name: found for name, found in by_name.items() if len(found) > 1}
    found = {name for name, same in shared.items() if any(one != same[0] for one in same)}
    while more := {name for name in shared.keys() - found if any(refers(one, found) for one in shared[name])}:
        found |= more
    return found


def refers(schema: Any, names: set[str]) -> bool:
    """Does it point to one of them?"""
    return any(ref.rpartition("/")[2] in names for ref in references(schema))


def references(node: Any) -> Iterator[str]:
    """Every $ref inside."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def with_names(node: Any, names: Mapping[str, str], *, old: str = "#/components/schemas/") -> Any:
    """The same with its references renamed; references elsewhere are left alone."""
    if isinstance(node, list):
        return [with_names(one, names, old=old) for one in node]
    if not isinstance(node, dict):
        return node
    changed = {key: with_names(value, names, old=old) for key, value in node.items()}
    ref = node.get("$ref")
    if isinstance(ref, str) and ref.startswith(old):
        name = ref.removeprefix(old)
        changed["$ref"] = f"#/components/schemas/{names.get(name, name)}"
    return changed
