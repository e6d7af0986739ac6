"""CSV as other programs read it, and as no spreadsheet runs it."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

COLUMNS = (
    "number",
    "kind",
    "name",
    "email",
    "phone",
    "industry",
    "website",
    "street",
    "city",
    "postcode",
    "country",
    "status",
    "owner_id",
    "source",
    "customer_since",
    "created_at",
)
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str:
    """As text; what a spreadsheet would take for a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_RUN_BY_SPREADSHEETS) else text


def csv_lines(rows: Iterable[Mapping[Any, Any]]) -> Iterator[str]:
    """The header, then a line for each row."""
    yield _line(COLUMNS)
    for row in rows:
        yield _line([cell(row[name]) for name in COLUMNS])


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
