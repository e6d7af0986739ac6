"""The event about contacts. Its wire name is written here and nowhere else."""

from typing import ClassVar

import msgspec

from servicekit.messaging.events import Event


class ContactPersonal(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach the contact."""

    name: str
    email: str | None = None
    phone: str | None = None


class ContactAdded(Event, frozen=True, kw_only=True):
    """A person became a contact of an organization."""

    TYPE: ClassVar[str] = "contact.added.v1"

    id: str
    organization_id: str
    person_id: str
    is_primary: bool
    personal: ContactPersonal


PUBLISHED: tuple[type[Event], ...] = (ContactAdded,)
