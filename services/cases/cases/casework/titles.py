"""Titles of the entries in a case's history, made when they are read."""

from collections.abc import Mapping
from typing import Any

_TITLES = {
    "opened": "Case opened",
    "updated": "Changed: {changed}",
    "assigned": "Given to somebody else",
    "transitioned": "{from} → {to}",
    "linked": "The customer was identified",
    "message_added": "Message added",
    "workflow_started": "Workflow “{workflow}” started",
    "workflow_completed": "Workflow “{workflow}” finished: {outcome}",
    "workflow_cancelled": "Workflow “{workflow}” cancelled",
    "workflow_failed": "Workflow “{workflow}” stopped: {reason}",
    "step_activated": "“{step}” waits for its people",
    "step_reminded": "“{step}”: reminder sent",
    "step_escalated": "“{step}” escalated, level {level}",
    "step_decided": "“{step}”: {outcome}",
    "work_item_claimed": "“{step}” was taken",
}


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def title_of(kind: str, detail: Mapping[str, Any]) -> str:
    """One short sentence for people; a kind that is not known here is shown by its name."""
    values = {name: _text(value) for name, value in detail.items()}
    return _TITLES.get(kind, kind.replace("_", " ").capitalize()).format_map(_Values(values))


def _text(value: Any) -> str:
    """A change is stored as what was before and after, and either may be nothing."""
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return "–" if value is None else str(value)
