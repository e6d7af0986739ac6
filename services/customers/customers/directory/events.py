"""The events about customers. The wire name of each is written here and nowhere else."""

from typing import ClassVar

import msgspec

from servicekit.messaging.events import Event


class CustomerPersonal(msgspec.Struct, frozen=True, kw_only=True):
    """What identifies a customer; only directory events carry it."""

    name: str
    email: str | None = None
    phone: str | None = None
    language: str | None = None


class CustomerState(Event, frozen=True, kw_only=True):
    """The public part of a customer, in full; `changed` names the fields that this event is about.

    `primary_contact_id` is the person, a customer too, at whom an organization is written to.
    """

    id: str
    number: str
    kind: str
    status: str
    owner_id: str | None
    team_id: str | None
    is_archived: bool
    is_blocked: bool
    changed: tuple[str, ...] = ()
    primary_contact_id: str | None = None
    personal: CustomerPersonal


class CustomerCreated(CustomerState, frozen=True, kw_only=True):
    """A customer was added to the directory."""

    TYPE: ClassVar[str] = "customer.created.v1"


class CustomerUpdated(CustomerState, frozen=True, kw_only=True):
    """Fields of a customer changed; `changed` names them."""

    TYPE: ClassVar[str] = "customer.updated.v1"


class CustomerArchived(CustomerState, frozen=True, kw_only=True):
    """A customer left the general lists and is read-only until restored."""

    TYPE: ClassVar[str] = "customer.archived.v1"


class CustomerRestored(CustomerState, frozen=True, kw_only=True):
    """An archived customer came back."""

    TYPE: ClassVar[str] = "customer.restored.v1"


class CustomerBlocked(CustomerState, frozen=True, kw_only=True):
    """A customer may place no new orders and not log in to the portal."""

    TYPE: ClassVar[str] = "customer.blocked.v1"


class CustomerUnblocked(CustomerState, frozen=True, kw_only=True):
    """The block of a customer was lifted."""

    TYPE: ClassVar[str] = "customer.unblocked.v1"


PUBLISHED: tuple[type[Event], ...] = (
    CustomerCreated,
    CustomerUpdated,
    CustomerArchived,
    CustomerRestored,
    CustomerBlocked,
    CustomerUnblocked,
)
