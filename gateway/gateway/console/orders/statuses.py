"""How orders look in each state."""

from typing import Final

from gateway.console.page.statuses import StatusStyle, StatusTable

ORDER: Final[StatusTable] = {
    "draft": StatusStyle("neutral", "circle", "Draft"),
    "placed": StatusStyle("info", "circle-dashed", "Placed"),
    "confirmed": StatusStyle("info", "circle-half-2", "Confirmed"),
    "fulfilled": StatusStyle("good", "circle-check", "Fulfilled"),
    "cancelled": StatusStyle("neutral", "circle-x", "Cancelled"),
}
