"""How cases, their priorities and the work items of their workflows look in each state."""

from typing import Final

from gateway.console.page.statuses import StatusStyle, StatusTable

CASE: Final[StatusTable] = {
    "new": StatusStyle("info", "circle-dashed", "New"),
    "working": StatusStyle("info", "circle-half-2", "Working"),
    "waiting": StatusStyle("wait", "hourglass", "Waiting"),
    "resolved": StatusStyle("good", "circle-check", "Resolved"),
    "closed": StatusStyle("neutral", "circle", "Closed"),
    "cancelled": StatusStyle("neutral", "circle-x", "Cancelled"),
}
PRIORITY: Final[StatusTable] = {
    "low": StatusStyle("neutral", "arrow-down", "Low"),
    "normal": StatusStyle("neutral", "minus", "Normal"),
    "high": StatusStyle("warn", "arrow-up", "High"),
    "urgent": StatusStyle("bad", "flag", "Urgent"),
}
WORK_ITEM: Final[StatusTable] = {
    "open": StatusStyle("info", "circle-dashed", "Open"),
    "claimed": StatusStyle("info", "user-check", "Claimed"),
    "decided": StatusStyle("good", "circle-check", "Decided"),
    "withdrawn": StatusStyle("neutral", "circle-x", "Withdrawn"),
}
PRESSING: Final = frozenset({"high", "urgent"})
"""Priorities that stand out."""
ORIGINS: Final = {
    "web": "through a web form",
    "phone": "by phone",
    "email": "by e-mail",
    "in_person": "in person",
    "api": "from a program",
}
