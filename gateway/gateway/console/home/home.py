"""Home: what waits for me, what is late, whom I dealt with."""

from typing import Final

from flask import Blueprint, Response

from gateway.console.cases.decision import waiting_for_me
from gateway.console.cases.list import TABLE as CASES
from gateway.console.page import formatters
from gateway.console.page.client import ApiRequest
from gateway.console.page.current_user import current_user
from gateway.console.page.rendering import render
from gateway.console.page.shell import fetch_page

blueprint = Blueprint("console_home", __name__)

NOON: Final = 12
EVENING: Final = 18
MOST_ITEMS: Final = 8


@blueprint.get("/")
def show_home() -> Response:
    """The page that one starts from."""
    work = {"mine": "true", "state[in]": "open,claimed", "limit": 20}
    my_cases = {"owner_id": current_user().id, "status[in]": "new,working,waiting", "limit": 8}
    responses = fetch_page(
        work=ApiRequest("cases", "/work-items", work, needs="cases:read"),
        cases=ApiRequest("cases", "/cases", my_cases, needs="cases:read"),
        customers=ApiRequest("customers", "/customers", {"sort": "-updated_at", "limit": 8}, needs="customers:read"),
        unread=ApiRequest("notifications", "/notifications", {"is_read": "false", "limit": 5}),
    )
    items = waiting_for_me(responses["work"].rows)
    return render(
        "home/home.html",
        work=responses["work"],
        cases=responses["cases"],
        customers=responses["customers"],
        unread=responses["unread"],
        items=items[:MOST_ITEMS],
        late=sum(1 for item in items if item.get("is_overdue")),
        cases_table=CASES,
        greeting=_greeting(),
        today=f"{formatters.today():%A} {formatters.short_day(formatters.today())}",
    )


def _greeting() -> str:
    hour = formatters.today().hour
    return "Good morning" if hour < NOON else "Good afternoon" if hour < EVENING else "Good evening"
