"""Storing the projections: the newest state wins, in whatever order the events come."""

from sqlalchemy.orm import Session

from notifications.projections.models import CaseProjection, ContactProjection, CustomerProjection, UserProjection
from notifications.projections.payloads import CasePayload, ContactPayload, CustomerPayload, UserPayload
from servicekit.database.upsert import upsert_if_newer


def store_user(session: Session, user: UserPayload, *, sequence: int) -> None:
    projection = UserProjection(
        id=user.id,
        sequence=sequence,
        name=user.personal.name,
        email=user.personal.email,
        language=user.personal.language,
        is_active=user.is_active,
    )
    upsert_if_newer(session, projection)


def store_customer(session: Session, customer: CustomerPayload, *, sequence: int) -> None:
    projection = CustomerProjection(
        id=customer.id,
        sequence=sequence,
        kind=customer.kind,
        owner_id=customer.owner_id,
        team_id=customer.team_id,
        primary_contact_id=customer.primary_contact_id,
        name=customer.personal.name,
        email=customer.personal.email,
        language=customer.personal.language,
    )
    upsert_if_newer(session, projection)


def store_contact(session: Session, contact: ContactPayload, *, sequence: int) -> None:
    projection = ContactProjection(
        id=contact.id,
        sequence=sequence,
        organization_id=contact.organization_id,
        is_primary=contact.is_primary,
        name=contact.personal.name,
        email=contact.personal.email,
    )
    upsert_if_newer(session, projection)


def store_case(session: Session, case: CasePayload, *, sequence: int) -> None:
    projection = CaseProjection(
        id=case.id,
        sequence=sequence,
        number=case.number,
        subject=case.subject[:500],
        customer_id=case.customer_id,
        owner_id=case.owner_id,
        team_id=case.team_id,
    )
    upsert_if_newer(session, projection)
