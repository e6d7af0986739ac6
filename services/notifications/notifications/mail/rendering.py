"""An e-mail's content as HTML and as text: one pair of layouts for all kinds, so that both always show the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications.mail.templates import EmailContent
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


def render(content: EmailContent, settings: NotificationsSettings) -> Rendered:
    context = {
        "content": content,
        "link": settings.public_url.rstrip("/") + content.path if content.path else "",
        "due": write_time(content.due_at, settings.time_zone) if content.due_at else "",
        "product": settings.product_name,
    }
    return Rendered(
        html=_ENVIRONMENT.get_template("email.html").render(context),
        text=_ENVIRONMENT.get_template("email.txt").render(context),
    )


def dump_content(content: EmailContent) -> dict[str, Any]:
    """The content as JSON, for its row."""
    data: dict[str, Any] = msgspec.to_builtins(content)
    return data


def load_content(data: dict[str, Any]) -> EmailContent:
    return msgspec.convert(data, EmailContent)


def write_time(instant: datetime, time_zone: str) -> str:
    """`Mon 2 Mar 2026, 15:00 UTC`: always with the zone, because readers may be anywhere."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"
