"""The events that the projections are stored from: who the customers are and whether they may buy."""

from sqlalchemy.orm import Session

from orders.projections.actions import store_customer
from orders.projections.payloads import CustomerPayload
from servicekit.messaging.consumers import Consumers, ReceivedEvent

consumers = Consumers()


@consumers.on(
    "customer.created.v1",
    "customer.updated.v1",
    "customer.archived.v1",
    "customer.restored.v1",
    "customer.blocked.v1",
    "customer.unblocked.v1",
    reads=CustomerPayload,
)
def on_customer_changed(session: Session, event: ReceivedEvent[CustomerPayload]) -> None:
    """Each of these events shows the customer's whole state, so the newest wins, in whatever order they come."""
    store_customer(session, event.data, sequence=event.sequence, published_at=event.at)
