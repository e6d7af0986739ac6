"""The facts that this service hears, and what it reads of them."""

import msgspec
from sqlalchemy.orm import Session

from cases.casework.actions import link_case
from cases.casework.models import Case
from cases.casework.queries import hold
from cases.projections.actions import keep_contact, keep_customer, keep_user
from cases.projections.models import KnownCustomer, KnownUser
from servicekit.errors import NotYet
from servicekit.messaging.consumers import Consumers, ReceivedEvent
from servicekit.messaging.events import Payload

consumers = Consumers()


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """The name in the personal part of a directory event."""

    name: str


class UserPayload(Payload, frozen=True, kw_only=True):
    """A member of staff as the gateway tells it."""

    id: str
    is_active: bool
    roles: tuple[str, ...]
    team_ids: tuple[str, ...]
    manager_id: str | None = None
    personal: Named


class CustomerPayload(Payload, frozen=True, kw_only=True):
    """A customer as the customers service tells it."""

    id: str
    number: str
    kind: str
    owner_id: str | None
    team_id: str | None
    is_archived: bool
    is_blocked: bool
    personal: Named


class ContactPayload(Payload, frozen=True, kw_only=True):
    """A person who became a contact of an organization."""

    organization_id: str
    person_id: str


class SubmitterPayload(Payload, frozen=True, kw_only=True):
    """Who submitted the form that opened a case."""

    case_id: str
    customer_id: str
    person_id: str


@consumers.on("user.created.v1", "user.updated.v1", "user.disabled.v1", reads=UserPayload)
def on_user_told(session: Session, heard: ReceivedEvent[UserPayload]) -> None:
    """Keep who may be given work; a user who is disabled gets none from now on."""
    user = heard.data
    told = KnownUser(
        id=user.id,
        sequence=heard.sequence,
        name=user.personal.name,
        is_active=user.is_active,
        manager_id=user.manager_id,
    )
    keep_user(session, told=told, roles=user.roles, team_ids=user.team_ids)


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
    """Keep what cases show of a customer, and whether work for it is refused."""
    customer = heard.data
    told = KnownCustomer(
        id=customer.id,
        sequence=heard.sequence,
        number=customer.number,
        name=customer.personal.name,
        kind=customer.kind,
        is_archived=customer.is_archived,
        is_blocked=customer.is_blocked,
        owner_id=customer.owner_id,
        team_id=customer.team_id,
    )
    keep_customer(session, told=told)


@consumers.on("contact.added.v1", reads=ContactPayload)
def on_contact_added(session: Session, heard: ReceivedEvent[ContactPayload]) -> None:
    """Keep whom a case of the organization may name as its contact."""
    keep_contact(session, organization_id=heard.data.organization_id, person_id=heard.data.person_id)


@consumers.on("submitter.identified.v1", reads=SubmitterPayload)
def on_submitter_identified(session: Session, heard: ReceivedEvent[SubmitterPayload]) -> None:
    """Link the case to the customer; the person is its contact."""
    if session.get(Case, heard.data.case_id) is None:
        raise NotYet(f"There is no case {heard.data.case_id} here.")
    case = hold(session, heard.data.case_id)
    link_case(session, case, customer_id=heard.data.customer_id, contact_id=heard.data.person_id, now=heard.at)
