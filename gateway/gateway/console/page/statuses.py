"""How the states of things look: each a tone, an icon and a word, in a table that the noun's own package declares."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class StatusStyle:
    """How one state looks: never a colour alone."""

    tone: str
    icon: str
    word: str


StatusTable: TypeAlias = Mapping[str, StatusStyle]


def choices(table: StatusTable, *keys: str) -> tuple[tuple[str, str], ...]:
    """The states as the options of a select box: all of them, or the named ones."""
    return tuple((key, table[key].word) for key in keys or table)
