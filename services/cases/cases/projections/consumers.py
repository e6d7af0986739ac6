"""Events about users, customers and contacts, which are stored as projections."""

from sqlalchemy.orm import Session

from cases.projections.actions import store_contact, store_customer, store_user
from cases.projections.models import CustomerProjection, UserProjection
from cases.projections.payloads import ContactPayload, CustomerPayload, UserPayload
from servicekit.messaging.consumers import Consumers, ReceivedEvent

consumers = Consumers()


@consumers.on("user.created.v1", "user.updated.v1", "user.disabled.v1", reads=UserPayload)
def on_user_changed(session: Session, event: ReceivedEvent[UserPayload]) -> None:
    """Store who may be given work; a user who is disabled gets none from now on."""
    user = event.data
    projection = UserProjection(
        id=user.id,
        sequence=event.sequence,
        name=user.personal.name,
        is_active=user.is_active,
        manager_id=user.manager_id,
    )
    store_user(session, projection, roles=user.roles, team_ids=user.team_ids)


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
    """Store what cases show of a customer, and whether work for it is refused."""
    customer = event.data
    projection = CustomerProjection(
        id=customer.id,
        sequence=event.sequence,
        number=customer.number,
        name=customer.personal.name,
        kind=customer.kind,
        is_archived=customer.is_archived,
        is_blocked=customer.is_blocked,
        owner_id=customer.owner_id,
        team_id=customer.team_id,
    )
    store_customer(session, projection)


@consumers.on("contact.added.v1", reads=ContactPayload)
def on_contact_added(session: Session, event: ReceivedEvent[ContactPayload]) -> None:
    """Store whom a case of the organization may name as its contact."""
    store_contact(session, organization_id=event.data.organization_id, person_id=event.data.person_id)
