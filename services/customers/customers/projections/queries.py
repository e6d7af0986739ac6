"""Look things up in the copies."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from customers.projections.models import CaseFact, OrderFact, User
from servicekit.auth import Principal, visible


def order_customer(session: Session, order_id: str | None) -> str | None:
    """The customer who placed the order, as far as it is known here."""
    order = session.get(OrderFact, order_id) if order_id else None
    return order.customer_id if order else None


def user_names(session: Session, user_ids: Iterable[str]) -> list[str]:
    """The names of those that are known, in the order asked for."""
    wanted = list(user_ids)
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(wanted))).all())
    return [names[user_id] for user_id in wanted if user_id in names]


def visible_case_ids(principal: Principal) -> Select[str]:
    """The cases in the caller's record scope, as far as they were told; for an IN condition of what tells of them."""
    told = select(CaseFact.id).where(CaseFact.sequence > 0)
    return visible(told, principal, owner=CaseFact.owner_id, team=CaseFact.team_id)
