"""Addresses of pages: a path with its query, and paths that may safely be redirected to."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit


def url_with(path: str, values: Mapping[str, str | None], **changes: str | None) -> str:
    """The path with these values as its query; empty ones are left out."""
    given = {name: value for name, value in {**values, **changes}.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def local_path(wanted: str | None) -> str:
    """The wanted path if it is one of this site, else "/": a redirect never leads to another site."""
    text = (wanted or "").strip()
    if not text.startswith("/") or text.startswith(("//", "/\\")) or any(ord(c) < 32 or c == "\\" for c in text):  # noqa: PLR2004 - controls
        return "/"
    parts = urlsplit(text)
    return "/" if parts.scheme or parts.netloc or parts.path.startswith(("/login", "/logout")) else text
