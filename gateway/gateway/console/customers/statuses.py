"""How customers look in each state, and what kinds of them there are."""

from collections.abc import Mapping
from typing import Any, Final

from gateway.console.page.statuses import StatusStyle, StatusTable

CUSTOMER: Final[StatusTable] = {
    "prospect": StatusStyle("info", "circle-dashed", "Prospect"),
    "active": StatusStyle("good", "circle-check", "Active"),
    "inactive": StatusStyle("neutral", "circle", "Inactive"),
    "churned": StatusStyle("neutral", "door-exit", "Churned"),
    "blocked": StatusStyle("bad", "ban", "Blocked"),
    "archived": StatusStyle("neutral", "archive", "Archived"),
}
OUTCOME: Final[StatusTable] = {
    "positive": StatusStyle("good", "mood-smile", "Positive"),
    "neutral": StatusStyle("neutral", "mood-neutral", "Neutral"),
    "negative": StatusStyle("bad", "mood-sad", "Negative"),
}
KINDS: Final = (("organization", "Organization"), ("individual", "Person"))


def shown_status(customer: Mapping[str, Any]) -> str:
    """Archived and blocked hide the status below."""
    if customer.get("is_archived"):
        return "archived"
    return "blocked" if customer.get("is_blocked") else str(customer["status"])


def is_organization(customer: Mapping[str, Any]) -> bool:
    """Companies and the like; the others are persons."""
    return bool(customer["kind"] == "organization")
