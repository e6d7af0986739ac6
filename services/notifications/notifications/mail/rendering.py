"""A letter as HTML and as text: one pair of templates for all kinds, so that both always say the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications.mail.templates import Letter
from notifications.settings import NotificationsSettings

_ENVIRONMENT = Environment(
    loader=PackageLoader("notifications.mail", "layouts"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """Both parts of an e-mail."""

    html: str
    text: str


def render(letter: Letter, settings: NotificationsSettings) -> Rendered:
    context = {
        "letter": letter,
        "link": settings.public_url.rstrip("/") + letter.path if letter.path else "",
        "due": write_time(letter.due_at, settings.time_zone) if letter.due_at else "",
        "product": settings.product_name,
    }
    return Rendered(
        html=_ENVIRONMENT.get_template("email.html").render(context),
        text=_ENVIRONMENT.get_template("email.txt").render(context),
    )


def stored(letter: Letter) -> dict[str, Any]:
    """The letter as JSON, for its row."""
    data: dict[str, Any] = msgspec.to_builtins(letter)
    return data


def restored(data: dict[str, Any]) -> Letter:
    return msgspec.convert(data, Letter)


def write_time(instant: datetime, time_zone: str) -> str:
    """`Mon 2 Mar 2026, 15:00 UTC`: the zone is always said, because readers may be anywhere."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"
