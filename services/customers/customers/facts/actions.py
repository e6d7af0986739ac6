"""Keep the copies up to date: the newest version wins, in whatever order the events arrive."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.entities import Base
from customers.facts.models import CaseFact, CustomerFacts, OrderFact, User
from servicekit.money import Money
from servicekit.upsert import insert_if_absent


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What orders tells of a customer's account."""

    total_value: Money
    open_balance: Money
    orders: int
    last_order_at: datetime | None


def facts_of(session: Session, customer_id: str) -> CustomerFacts:
    """The customer's figures, locked until commit; made empty where there are none yet."""
    insert_if_absent(session, CustomerFacts, customer_id=customer_id, orders=0, open_cases=0, balance_sequence=0)
    return session.scalars(select(CustomerFacts).where(CustomerFacts.customer_id == customer_id).with_for_update()).one()


def note_interaction(session: Session, *, customer_ids: Iterable[str | None], at: datetime) -> None:
    """Something passed between us and these customers at that time; only a later one counts."""
    for customer_id in sorted({known for known in customer_ids if known is not None}):
        facts = facts_of(session, customer_id)
        if facts.last_interaction_at is None or facts.last_interaction_at < at:
            facts.last_interaction_at = at


def keep_balance(session: Session, *, customer_id: str, balance: Balance, sequence: int) -> None:
    """Orders told the account of the customer; an older telling changes nothing."""
    facts = facts_of(session, customer_id)
    if facts.balance_sequence >= sequence:
        return
    facts.balance_sequence = sequence
    facts.currency = balance.total_value.currency
    facts.total_value_minor = balance.total_value.minor
    facts.open_balance_minor = balance.open_balance.minor
    facts.orders = balance.orders
    facts.last_order_at = balance.last_order_at


def keep_case(session: Session, *, told: CaseFact) -> CaseFact:
    """Keep the newest telling of a case and count the open cases of its customers again; gives what is kept now."""
    before = session.get(CaseFact, told.id)
    if before is not None and before.sequence >= told.sequence:
        return before
    touched = {told.customer_id, before.customer_id if before else None}
    kept = session.merge(told)
    session.flush()
    for customer_id in sorted(known for known in touched if known is not None):
        facts = facts_of(session, customer_id)
        facts.open_cases = _count_open_cases(session, customer_id)
    return kept


def keep_order(session: Session, *, told: OrderFact) -> None:
    """Keep the newest telling of an order."""
    _keep(session, OrderFact, told)


def keep_user(session: Session, *, told: User) -> None:
    """Keep the newest telling of a member of staff."""
    _keep(session, User, told)


def _keep(session: Session, entity: type[Base], told: OrderFact | User) -> None:
    before = session.get(entity, told.id)
    if before is None or before.sequence < told.sequence:  # type: ignore[attr-defined]
        session.merge(told)


def _count_open_cases(session: Session, customer_id: str) -> int:
    is_open = (CaseFact.customer_id == customer_id) & CaseFact.is_open.is_(True)
    return session.scalar(select(func.count()).select_from(CaseFact).where(is_open)) or 0
