"""Storing the projections: the newest state wins, in whatever order the events come."""

from datetime import datetime

from sqlalchemy.orm import Session

from orders.projections.models import CustomerProjection
from orders.projections.payloads import CustomerPayload
from orders.projections.rules import search_key
from servicekit.database.upsert import upsert_if_newer


def store_customer(session: Session, customer: CustomerPayload, *, sequence: int, published_at: datetime) -> bool:
    """Insert or overwrite the projection; False when it shows a state as new as this one already."""
    projection = CustomerProjection(
        id=customer.id,
        sequence=sequence,
        number=customer.number,
        name=customer.personal.name,
        name_key=search_key(customer.personal.name),
        owner_id=customer.owner_id,
        team_id=customer.team_id,
        is_archived=customer.is_archived,
        is_blocked=customer.is_blocked,
        published_at=published_at,
    )
    return upsert_if_newer(session, projection)
