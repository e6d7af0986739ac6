"""What the projections read of other services' events."""

import msgspec

from servicekit.messaging.events import Payload


class NamePayload(msgspec.Struct, frozen=True, kw_only=True):
    """The name in the personal part of an event about a user or a customer."""

    name: str


class UserPayload(Payload, frozen=True, kw_only=True):
    """A member of staff, as the gateway publishes it."""

    id: str
    is_active: bool
    roles: tuple[str, ...]
    team_ids: tuple[str, ...]
    manager_id: str | None = None
    personal: NamePayload


class CustomerPayload(Payload, frozen=True, kw_only=True):
    """A customer, as the customers service publishes it."""

    id: str
    number: str
    kind: str
    owner_id: str | None
    team_id: str | None
    is_archived: bool
    is_blocked: bool
    personal: NamePayload


class ContactPayload(Payload, frozen=True, kw_only=True):
    """A person who became a contact of an organization."""

    organization_id: str
    person_id: str
