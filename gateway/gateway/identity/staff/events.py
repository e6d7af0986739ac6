"""The events that the gateway publishes: who belongs to the staff."""

from typing import ClassVar

import msgspec

from servicekit.messaging.events import Event


class Personal(msgspec.Struct, frozen=True, kw_only=True):
    """What identifies a person; erasure scrubs it everywhere."""

    name: str
    email: str
    language: str


class UserEvent(Event, frozen=True, kw_only=True):
    """The whole state of a member of the staff."""

    id: str
    is_active: bool
    roles: list[str]
    team_ids: list[str]
    manager_id: str | None
    personal: Personal


class UserCreated(UserEvent, frozen=True, kw_only=True):
    """Somebody has joined the staff."""

    TYPE: ClassVar[str] = "user.created.v1"


class UserUpdated(UserEvent, frozen=True, kw_only=True):
    """A member of the staff, or one of their roles or teams, has changed."""

    TYPE: ClassVar[str] = "user.updated.v1"


class UserDisabled(UserEvent, frozen=True, kw_only=True):
    """A member of the staff may no longer come in."""

    TYPE: ClassVar[str] = "user.disabled.v1"


PUBLISHED: tuple[type[Event], ...] = (UserCreated, UserUpdated, UserDisabled)
