"""Home: what waits for me, what is late, whom I dealt with."""

from flask import Blueprint, Response

from gateway.console.cases.decision import still_mine
from gateway.console.page import formatters as wording
from gateway.console.page import staff as people
from gateway.console.page.client import Question, me
from gateway.console.page.rendering import ask_page, page

blueprint = Blueprint("console_home", __name__)

NOON, EVENING = 12, 18


@blueprint.get("/")
def show_home() -> Response:
    """The answer to «what now?»."""
    answers = ask_page(
        work=Question(
            "cases", "/work-items", {"mine": "true", "state[in]": "open,claimed", "limit": 20}, needs="cases:read"
        ),
        cases=Question(
            "cases",
            "/cases",
            {"owner_id": me().id, "status[in]": "new,working,waiting", "limit": 8},
            needs="cases:read",
        ),
        customers=Question("customers", "/customers", {"sort": "-updated_at", "limit": 8}, needs="customers:read"),
        unread=Question("notifications", "/notifications", {"is_read": "false", "limit": 5}),
    )
    mine = still_mine(answers["work"].rows)
    return page(
        "home/home.html",
        work=answers["work"],
        cases=answers["cases"],
        customers=answers["customers"],
        unread=answers["unread"],
        items=mine[:8],
        late=sum(1 for item in mine if item.get("is_overdue")),
        people=people.names(),
        greeting=_greeting(),
        today=f"{wording.today():%A} {wording.short_day(wording.today())}",
    )


def _greeting() -> str:
    hour = wording.today().hour
    return "Good morning" if hour < NOON else "Good afternoon" if hour < EVENING else "Good evening"
