"""Keeping the local copies: newer wins, whatever order the events come in."""

from typing import Any

from sqlalchemy.orm import Session

from notifications.payloads import CasePayload, ContactPayload, CustomerPayload, UserPayload
from notifications.projections.models import Case, Contact, Customer, User
from servicekit.database.upsert import upsert_if_newer

_Copy = User | Customer | Contact | Case


def keep_user(session: Session, heard: UserPayload, *, sequence: int) -> None:
    _keep(
        session,
        User,
        heard.id,
        sequence,
        name=heard.personal.name,
        email=heard.personal.email,
        language=heard.personal.language,
        is_active=heard.is_active,
    )


def keep_customer(session: Session, heard: CustomerPayload, *, sequence: int) -> None:
    _keep(
        session,
        Customer,
        heard.id,
        sequence,
        kind=heard.kind,
        owner_id=heard.owner_id,
        team_id=heard.team_id,
        primary_contact_id=heard.primary_contact_id,
        name=heard.personal.name,
        email=heard.personal.email,
        language=heard.personal.language,
    )


def keep_contact(session: Session, heard: ContactPayload, *, sequence: int) -> None:
    _keep(
        session,
        Contact,
        heard.id,
        sequence,
        organization_id=heard.organization_id,
        is_primary=heard.is_primary,
        name=heard.personal.name,
        email=heard.personal.email,
    )


def keep_case(session: Session, heard: CasePayload, *, sequence: int) -> None:
    _keep(
        session,
        Case,
        heard.id,
        sequence,
        number=heard.number,
        subject=heard.subject[:500],
        customer_id=heard.customer_id,
        owner_id=heard.owner_id,
        team_id=heard.team_id,
    )


def _keep(session: Session, entity: type[_Copy], id: str, sequence: int, **values: Any) -> None:
    upsert_if_newer(session, entity(id=id, sequence=sequence, **values))
