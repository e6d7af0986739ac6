"""Keep the copies up to date: the newest version wins, in whatever order the events arrive."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, inspect, or_, select
from sqlalchemy.orm import Session

from customers.projections.models import BalanceFact, CaseFact, CustomerFacts, OrderFact, User
from servicekit.database.locks import add_locked, lock_or_create
from servicekit.database.upsert import upsert_if_newer

_CASE_COLUMNS = [column.key for column in inspect(CaseFact).column_attrs]


def facts_of(session: Session, customer_id: str) -> CustomerFacts:
    """The customer's figures, locked until commit; made empty where there are none yet."""
    return lock_or_create(session, CustomerFacts, customer_id, orders=0, open_cases=0)


def open_facts(session: Session, customer_id: str) -> CustomerFacts:
    """The figures of a customer that is made in this transaction."""
    facts = CustomerFacts(customer_id=customer_id, orders=0, open_cases=0)
    add_locked(session, facts)
    return facts


def note_interaction(session: Session, *, customer_ids: Iterable[str | None], at: datetime) -> None:
    """Something passed between us and these customers at that time; only a later one counts."""
    for customer_id in sorted({known for known in customer_ids if known is not None}):
        facts = facts_of(session, customer_id)
        if facts.last_interaction_at is None or facts.last_interaction_at < at:
            facts.last_interaction_at = at


def keep_balance(session: Session, *, told: BalanceFact) -> None:
    """Keep the newest telling of an account. The customer's amounts are those of the currency most used."""
    facts = facts_of(session, told.customer_id)
    if not upsert_if_newer(session, told):
        return
    accounts = session.scalars(select(BalanceFact).where(BalanceFact.customer_id == told.customer_id)).all()
    main = min(accounts, key=lambda account: (-account.orders, account.currency))
    facts.currency = main.currency
    facts.total_value_minor, facts.open_balance_minor = main.total_value_minor, main.open_balance_minor
    facts.orders = sum(account.orders for account in accounts)
    facts.last_order_at = max((one.last_order_at for one in accounts if one.last_order_at is not None), default=None)


def hold_case(session: Session, *, case_id: str, number: str | None, at: datetime) -> CaseFact:
    """The case as far as it is known, locked until commit; an empty one (sequence 0) where it was not told yet.

    Without the lock, an entry of the case and the link to its customer could miss each other in two transactions.
    """
    return lock_or_create(
        session, CaseFact, case_id, number=number or "", subject="", status="", is_open=False, opened_at=at, sequence=0
    )


def keep_case(session: Session, *, told: CaseFact) -> CaseFact:
    """Keep the newest telling of a case and count anew for its customer and contact; gives what is kept now."""
    kept = hold_case(session, case_id=told.id, number=told.number, at=told.opened_at)
    before = (kept.is_open, kept.customer_id, kept.contact_id)
    if kept.sequence >= told.sequence:
        return kept
    for name in _CASE_COLUMNS:
        setattr(kept, name, getattr(told, name))
    if before != (kept.is_open, kept.customer_id, kept.contact_id):
        touched = {*before[1:], kept.customer_id, kept.contact_id}
        for customer_id in sorted(known for known in touched if known is not None):
            facts = facts_of(session, customer_id)
            facts.open_cases = _count_open_cases(session, customer_id)
    return kept


def keep_order(session: Session, *, told: OrderFact) -> None:
    """Keep the newest telling of an order."""
    upsert_if_newer(session, told)


def keep_user(session: Session, *, told: User) -> None:
    """Keep the newest telling of a member of staff."""
    upsert_if_newer(session, told)


def _count_open_cases(session: Session, customer_id: str) -> int:
    is_theirs = or_(CaseFact.customer_id == customer_id, CaseFact.contact_id == customer_id)
    return session.scalar(select(func.count()).select_from(CaseFact).where(is_theirs, CaseFact.is_open.is_(True))) or 0
