"""The facts that orders hears: who the customers are and whether they may buy."""

from sqlalchemy.orm import Session

from orders.projections.actions import keep_customer
from servicekit.messaging.consumers import Consumers, ReceivedEvent
from servicekit.messaging.events import Payload

consumers = Consumers()


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


@consumers.on(
    "customer.created.v1",
    "customer.updated.v1",
    "customer.archived.v1",
    "customer.restored.v1",
    "customer.blocked.v1",
    "customer.unblocked.v1",
    reads=CustomerPayload,
)
def on_customer_told(session: Session, heard: ReceivedEvent[CustomerPayload]) -> None:
    """Every one of them shows the customer's whole state, so the newest wins, in whatever order they come."""
    keep_customer(
        session,
        customer_id=heard.data.id,
        sequence=heard.sequence,
        number=heard.data.number,
        name=heard.data.personal.name,
        owner_id=heard.data.owner_id,
        team_id=heard.data.team_id,
        is_archived=heard.data.is_archived,
        is_blocked=heard.data.is_blocked,
        heard_at=heard.at,
    )
