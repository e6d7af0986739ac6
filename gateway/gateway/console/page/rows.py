"""Reading the rows that the API gives."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]


def value_of(row: Row, key: str) -> Any:
    """The value at a path of names, `facts.open_cases`; None where something on the way is missing."""
    found: Any = row
    for name in key.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
