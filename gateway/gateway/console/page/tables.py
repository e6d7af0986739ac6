"""Tables: columns that are declared once and shown wherever rows of this kind are listed; cards on a phone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from gateway.console.page import cells
from gateway.console.page.cells import Cell
from gateway.console.page.rows import Row


@dataclass(frozen=True)
class Column:
    """One column: the key of its value in the row, the words over it, and how a value is shown."""

    key: str
    label: str
    cell: Cell = cells.text
    phone: int = 0
    """Its place on the card that the row becomes on a phone, from 1 to 4; 0 leaves it out there."""
    numeric: bool = False
    """Numbers stand at the end of the cell."""
    muted: bool = False
    strong: bool = False
    sticky: bool = False
    """It stays in sight when the table scrolls sideways."""
    cut: bool = False
    """Long texts end where the column ends."""
    sort: str = ""
    """The sort key of the API; with it the head of the column is a link that sorts by it."""
    label_is_hidden: bool = False

    @cached_property
    def head_style(self) -> str:
        return _words(("stick", self.sticky), ("num", self.numeric))

    @cached_property
    def style(self) -> str:
        return _words(
            (f"ph{self.phone}", bool(self.phone)),
            ("stick", self.sticky),
            ("num", self.numeric),
            ("muted", self.muted),
            ("strong", self.strong),
            ("w-pc", self.cut),
        )

    def show(self, row: Row) -> str:
        """The value of this row, ready for the page."""
        return self.cell(row, self.key)


@dataclass(frozen=True)
class Table:
    """Rows of one kind."""

    label: str
    columns: tuple[Column, ...]
    style: str = "plain"

    def without(self, *keys: str) -> "Table":
        """The same table where these columns say nothing new."""
        return replace(self, columns=tuple(one for one in self.columns if one.key not in keys))

    def changed(self, key: str, **changes: Any) -> "Table":
        """The same table with another look of one column."""
        columns = tuple(replace(one, **changes) if one.key == key else one for one in self.columns)
        return replace(self, columns=columns)


def _words(*styles: tuple[str, bool]) -> str:
    return " ".join(style for style, wanted in styles if wanted)


def sort_links(table: Table, current: str, href_of: Mapping[str, str]) -> dict[str, str]:
    """Where the heads of the sortable columns lead, by the key of the column; a second press turns the order round."""
    links = {}
    for column in table.columns:
        if column.sort:
            wanted = column.sort if current != column.sort else f"-{column.sort}"
            links[column.key] = href_of[wanted]
    return links
