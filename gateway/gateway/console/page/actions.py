"""Actions: the buttons of a list or a record, declared with the permission they need and where they lead."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypeVar

from gateway.console.page.current_user import can
from gateway.console.page.rows import Row

T = TypeVar("T")
Of: TypeAlias = T | Callable[[Any], T]
"""A value, or a function that makes it of the record."""


def resolve(value: Of[T], record: Row) -> T:
    """The value for this record."""
    return value(record) if callable(value) else value


@dataclass(frozen=True, kw_only=True)
class Action:
    """One button: a link, or with `post` a form of its own."""

    label: Of[str]
    href: Of[str]
    """Where it leads. In a text `{id}` and other names are filled in from the record; a function gives it whole."""
    icon: Of[str]
    needs: str = ""
    when: Of[bool] = True
    place: Literal["primary", "plain", "menu"] = "plain"
    """One filled button at most, the others quiet; `menu` behind the three dots."""
    post: bool = False
    values: Of[Mapping[str, Any]] = field(default_factory=dict)
    """Hidden fields of the form."""
    hide_on_phone: bool = False


@dataclass(frozen=True, kw_only=True)
class Button:
    """An action as it stands on the page of one record."""

    label: str
    href: str
    icon: str
    place: str
    post: bool
    values: Mapping[str, Any]
    hide_on_phone: bool


def buttons(actions: Of[Iterable[Action]], record: Row) -> list[Button]:
    """The actions that the current user may take on this record now."""
    return [
        Button(
            label=resolve(one.label, record),
            href=one.href(record) if callable(one.href) else one.href.format_map(record),
            icon=resolve(one.icon, record),
            place=one.place,
            post=one.post,
            values=resolve(one.values, record),
            hide_on_phone=one.hide_on_phone,
        )
        for one in resolve(actions, record)
        if can(one.needs) and resolve(one.when, record)
    ]
