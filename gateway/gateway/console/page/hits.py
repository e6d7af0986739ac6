"""What the search over everything asks of each noun: where to look, and how a row reads as a hit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that matches."""

    id: str
    href: str
    title: str
    text: str
    status: str
    is_square: bool = False
    """The avatar of an organization, where the source has avatars."""


@dataclass(frozen=True, kw_only=True)
class SearchSource:
    """One kind of thing that can be found: the service's list with `q`, read with the permission `needs`."""

    service: str
    path: str
    needs: str
    label: str
    href: str
    """The list page that shows all that match."""
    status_kind: str
    icon: str
    has_avatar: bool = False
    hit: Callable[[Mapping[str, Any]], Hit]
