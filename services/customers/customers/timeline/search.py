"""What an entry of the timeline is found by: numbers, names, subject and body, folded; not the words of its title."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, true

from customers.timeline.models import TimelineEntry
from customers.timeline.rules import money_text
from servicekit.addresses import fold

_TEXTS = ("name", "owner_name", "form_name", "workflow_name", "step_name", "reason", "subject", "title")
_AMOUNTS = ("total", "amount")


def search_text(*, number: str | None, data: Mapping[str, Any], body: str | None) -> str:
    """Everything of an entry that somebody may look for, in comparable form."""
    texts = [data.get(name) for name in _TEXTS]
    amounts = [money_text(data[name]) for name in _AMOUNTS if name in data]
    parts = [number, *texts, *data.get("people", ()), *amounts, body]
    return "\n".join(fold(part) for part in parts if part)


def matching(query: str) -> ColumnElement[bool]:
    """Every word of `query` is in the search text."""
    found = (TimelineEntry.search_text.contains(word, autoescape=True) for word in fold(query).split())
    return and_(true(), *found)
