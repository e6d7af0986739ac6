"""What this service reads of the customers' events."""

from servicekit.messaging.events import Payload


class NamePayload(Payload, frozen=True, kw_only=True):
    """How the customer is called."""

    name: str


class CustomerPayload(Payload, frozen=True, kw_only=True):
    """What an order needs to know of a customer."""

    id: str
    number: str
    owner_id: str | None = None
    team_id: str | None = None
    is_archived: bool = False
    is_blocked: bool = False
    personal: NamePayload
