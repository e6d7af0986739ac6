"""Keeping the local copy of the customers."""

from datetime import datetime

from sqlalchemy.orm import Session

from orders.projections.models import Customer
from orders.projections.rules import search_key
from servicekit.database.upsert import upsert_if_newer


def keep_customer(
    session: Session,
    *,
    customer_id: str,
    sequence: int,
    number: str,
    name: str,
    owner_id: str | None,
    team_id: str | None,
    is_archived: bool,
    is_blocked: bool,
    heard_at: datetime,
) -> bool:
    """Take what the directory told; False when something newer is known already."""
    told = Customer(
        id=customer_id,
        sequence=sequence,
        number=number,
        name=name,
        name_key=search_key(name),
        owner_id=owner_id,
        team_id=team_id,
        is_archived=is_archived,
        is_blocked=is_blocked,
        heard_at=heard_at,
    )
    return upsert_if_newer(session, told)
