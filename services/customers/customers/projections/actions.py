"""Store projections: the newest version wins, in whatever order the events arrive."""

from sqlalchemy import func, inspect, or_, select
from sqlalchemy.orm import Session

from customers.projections.locks import lock_case, lock_figures
from customers.projections.models import BalanceProjection, CaseProjection, OrderProjection, UserProjection
from servicekit.database.upsert import upsert_if_newer

_CASE_COLUMNS = [column.key for column in inspect(CaseProjection).column_attrs]


def store_balance(session: Session, balance: BalanceProjection) -> None:
    """Store the newest version of an account. The customer's amounts are those of the currency most used."""
    figures = lock_figures(session, balance.customer_id)
    if not upsert_if_newer(session, balance):
        return
    theirs = select(BalanceProjection).where(BalanceProjection.customer_id == balance.customer_id)
    accounts = session.scalars(theirs).all()
    main = min(accounts, key=lambda account: (-account.orders, account.currency))
    figures.currency = main.currency
    figures.total_value_minor, figures.open_balance_minor = main.total_value_minor, main.open_balance_minor
    figures.orders = sum(account.orders for account in accounts)
    figures.last_order_at = max((one.last_order_at for one in accounts if one.last_order_at is not None), default=None)


def store_case(session: Session, case: CaseProjection) -> None:
    """Store the newest version of a case, and count the open cases of its customer and contact anew."""
    stored = lock_case(session, case_id=case.id, number=case.number, at=case.opened_at)
    before = (stored.is_open, stored.customer_id, stored.contact_id)
    if stored.sequence >= case.sequence:
        return
    for name in _CASE_COLUMNS:
        setattr(stored, name, getattr(case, name))
    if before != (stored.is_open, stored.customer_id, stored.contact_id):
        concerned = {*before[1:], stored.customer_id, stored.contact_id}
        for customer_id in sorted(known for known in concerned if known is not None):
            figures = lock_figures(session, customer_id)
            figures.open_cases = _count_open_cases(session, customer_id)


def store_order(session: Session, order: OrderProjection) -> None:
    """Store the newest version of an order."""
    upsert_if_newer(session, order)


def store_user(session: Session, user: UserProjection) -> None:
    """Store the newest version of a member of staff."""
    upsert_if_newer(session, user)


def _count_open_cases(session: Session, customer_id: str) -> int:
    is_theirs = or_(CaseProjection.customer_id == customer_id, CaseProjection.contact_id == customer_id)
    open_cases = select(func.count()).select_from(CaseProjection).where(is_theirs, CaseProjection.is_open.is_(True))
    return session.scalar(open_cases) or 0
