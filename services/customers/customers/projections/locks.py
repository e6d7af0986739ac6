"""Rows that events of one customer or case want at once: locked until commit, made empty where there are none yet."""

from datetime import datetime

from sqlalchemy.orm import Session

from customers.projections.models import CaseProjection, CustomerFigures
from servicekit.database.locks import add_locked, lock_or_create


def lock_figures(session: Session, customer_id: str) -> CustomerFigures:
    """The customer's figures, locked until commit; made empty where there are none yet."""
    return lock_or_create(session, CustomerFigures, customer_id, orders=0, open_cases=0)


def add_figures(session: Session, customer_id: str) -> CustomerFigures:
    """The figures of a customer that is made in this transaction: nobody else can want them yet."""
    figures = CustomerFigures(customer_id=customer_id, orders=0, open_cases=0)
    add_locked(session, figures)
    return figures


def lock_case(session: Session, *, case_id: str, number: str | None, at: datetime) -> CaseProjection:
    """The case as far as it is known, locked until commit; an empty one (sequence 0) where no event of it came yet.

    Without the lock, an entry of the case and the link to its customer could miss each other in two transactions.
    """
    return lock_or_create(
        session,
        CaseProjection,
        case_id,
        number=number or "",
        subject="",
        status="",
        is_open=False,
        opened_at=at,
        sequence=0,
    )
