"""Formatters: how values read on a page. Money, numbers, times in the reader's zone, initials, safe Markdown."""

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import UnknownCurrencyError, format_currency
from flask import g, request
from markupsafe import Markup

from servicekit.markdown import REMARK

ZONE_COOKIE: Final = "crm_zone"
HUES: Final = 5


def humanize(key: str) -> str:
    """`first_response` and `step.decided` as words."""
    words = re.sub(r"[_.\-]+", " ", key).strip()
    return words[:1].upper() + words[1:]


def markdown(text: str | None) -> Markup:
    """A person's text with emphasis, lists and links; everything else is inert."""
    return Markup(REMARK.render(text))  # noqa: S704 - cleaned by the renderer


def money(value: dict[str, Any] | None, *, whole: bool = False) -> str:
    """`{"amount":"12480.00","currency":"EUR"}` as €12,480.00; whole amounts for headlines."""
    if not value:
        return "–"
    try:
        amount = Decimal(str(value["amount"]))
        text = format_currency(amount, value["currency"], locale="en", currency_digits=True)
    except (KeyError, InvalidOperation, UnknownCurrencyError):
        return "–"
    return re.sub(r"[.]\d+$", "", text) if whole and abs(amount) >= 1000 else text  # noqa: PLR2004 - above it nobody reads cents


def amounts(text: str) -> str:
    """A text with `2000.00 EUR` in it, with the amount formatted as everywhere else."""
    return re.sub(
        r"(-?\d+\.\d{2,3}) ([A-Z]{3})\b", lambda found: money({"amount": found[1], "currency": found[2]}), text
    )


def is_positive_money(value: dict[str, Any] | None) -> bool:
    """Money above zero; an absent amount is not."""
    try:
        return bool(value) and Decimal(str((value or {})["amount"])) > 0
    except (KeyError, InvalidOperation):
        return False


def number(value: str | float | None) -> str:
    """A quantity without trailing zeros: 40.00 is 40."""
    try:
        plain = Decimal(str(value))
    except InvalidOperation:
        return "–"
    return f"{plain.normalize():,f}"


def percent(value: str | None) -> str:
    """A rate of "0.19" as 19 %."""
    try:
        return f"{number(str(Decimal(str(value)) * 100))} %"
    except InvalidOperation:
        return "–"


def zone() -> tzinfo:
    """The reader's time zone, from the cookie that their browser sets; UTC without it."""
    if "zone" not in g:
        try:
            g.zone = ZoneInfo(request.cookies.get(ZONE_COOKIE, "UTC")[:64])
        except (ZoneInfoNotFoundError, ValueError, OSError):
            g.zone = UTC
    found: tzinfo = g.zone
    return found


def instant(value: str | None) -> datetime | None:
    """An RFC 3339 text as an instant in the reader's zone; a date is its first moment there."""
    if not value:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    if _is_date(value):
        return parsed.replace(tzinfo=zone())
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(zone())


def _is_date(value: str | None) -> bool:
    return len(value or "") == len("2026-11-22")


def today() -> datetime:
    """Now, in the reader's zone."""
    return datetime.now(zone())


def when(value: str | None) -> str:
    """Today 13:05 · yesterday 16:20 · 12 Nov · 12 Nov 2025."""
    at = instant(value)
    if at is None:
        return "–"
    days = (today().date() - at.date()).days
    if _is_date(value):
        return {0: "today", 1: "yesterday"}.get(days) or short_day(at)
    if days == 0:
        return f"today {at:%H:%M}"
    if days == 1:
        return f"yesterday {at:%H:%M}"
    return short_day(at)


def short_day(at: datetime) -> str:
    """12 Nov, with the year when it is not this one."""
    return f"{at.day} {at:%b}" if at.year == today().year else f"{at.day} {at:%b %Y}"


def clock(value: str | None) -> str:
    """13:05."""
    at = instant(value)
    return f"{at:%H:%M}" if at else "–"


def full(value: str | None) -> str:
    """The whole instant with its zone, for a title."""
    at = instant(value)
    if at is None:
        return ""
    return f"{at.day} {at:%b %Y}" if _is_date(value) else f"{at.day} {at:%b %Y, %H:%M %Z}"


def day(value: str | None) -> str:
    """The heading of a day: Today, Yesterday, Thursday 12 Nov."""
    at = instant(value)
    if at is None:
        return "–"
    days = (today().date() - at.date()).days
    return {0: "Today", 1: "Yesterday"}.get(days) or f"{at:%A} {short_day(at)}"


@dataclass(frozen=True)
class Due:
    """How a deadline reads now."""

    tone: str
    word: str
    is_late: bool = False


def due(value: str | None) -> Due | None:
    """`2 days late`, `due 16:00, in 1 h 38 m`, `Thu 26 Nov`."""
    at = instant(value)
    if at is None:
        return None
    left = at - today()
    if left <= timedelta(0):
        return Due("bad", f"{span(-left)} late", is_late=True)
    if at.date() == today().date():
        return Due("warn", f"{at:%H:%M}, in {span(left)}")
    return Due("neutral", f"{at:%a} {short_day(at)}")


def span(length: timedelta) -> str:
    """A length of time as people say it: 1 h 38 m, 2 days, 40 min."""
    minutes = max(1, int(length.total_seconds()) // 60)
    hours, days = minutes // 60, length.days
    if days >= 1:
        return "1 day" if days == 1 else f"{days} days"
    if hours >= 1:
        return f"{hours} h {minutes % 60} m" if minutes % 60 else f"{hours} h"
    return f"{minutes} min"


def initials(name: str | None) -> str:
    """NL for Nordwind Logistik GmbH."""
    words = [word for word in re.split(r"[\s.@_\-]+", name or "") if word[:1].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def hue(key: str | None) -> int:
    """One of the identity hues, always the same for the same id."""
    return zlib.crc32((key or "").encode()) % HUES + 1


def plural(count: int | None, one: str, many: str = "") -> str:
    """1 case, 2 cases."""
    return f"{count or 0:,} {one if count == 1 else many or one + 's'}"


def web_url(value: str | None) -> str:
    """A website as the target of a link; only http and https."""
    text = (value or "").strip()
    return text if re.match(r"https?://", text, re.IGNORECASE) else f"https://{text}"


def web_name(value: str | None) -> str:
    """A website without scheme and www."""
    return re.sub(r"^https?://(www\.)?|/$", "", (value or "").strip(), flags=re.IGNORECASE)
