"""A list's address is its state: filters, sort and place in it are read from the query and written back into links."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

PAGE_ROWS = 50


@dataclass(frozen=True)
class Chip:
    """One filter that is set, and the address without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True)
class Sort:
    """One order of the list."""

    label: str
    href: str
    current: bool


def chosen(*names: str) -> dict[str, str]:
    """The named query parameters, empty where absent; `after` is the place in the list."""
    return {name: request.args.get(name, "").strip()[:200] for name in (*names, "after")}


def address(path: str, values: Mapping[str, str | None], **changes: str | None) -> str:
    """The path with these values, without the empty ones."""
    given = {name: value for name, value in {**values, **changes}.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def chips(
    path: str, filters: Mapping[str, str], labels: Mapping[str, str], words: Mapping[str, Mapping[str, str]]
) -> list[Chip]:
    """The filters that are set, as words."""
    return [
        Chip(labels[name], words.get(name, {}).get(value, value), address(path, filters, **{name: None, "after": None}))
        for name, value in filters.items()
        if value and name in labels
    ]


def sorts(path: str, filters: Mapping[str, str], options: Iterable[tuple[str, str]]) -> list[Sort]:
    """The ways to sort; the first is the one when nothing is said."""
    known = list(options)
    current = filters.get("sort") or known[0][0]
    return [Sort(label, address(path, filters, sort=key, after=None), key == current) for key, label in known]
