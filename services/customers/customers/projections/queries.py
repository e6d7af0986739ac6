"""Look things up in the projections."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from customers.projections.models import CaseProjection, OrderProjection, UserProjection
from servicekit.auth import Principal, visible


def find_order_customer_id(session: Session, order_id: str | None) -> str | None:
    """The customer who placed the order, as far as it is known here."""
    order = session.get(OrderProjection, order_id) if order_id else None
    return order.customer_id if order else None


def known_user_names(session: Session, user_ids: Iterable[str]) -> list[str]:
    """The names of those that are known, in the order asked for."""
    wanted = list(user_ids)
    found = select(UserProjection.id, UserProjection.name).where(UserProjection.id.in_(wanted))
    names = dict(session.execute(found).all())
    return [names[user_id] for user_id in wanted if user_id in names]


def visible_case_ids(principal: Principal) -> Select[str]:
    """The cases in the caller's record scope, as far as they are known; for an IN condition of what is about them."""
    known = select(CaseProjection.id).where(CaseProjection.sequence > 0)
    return visible(known, principal, owner=CaseProjection.owner_id, team=CaseProjection.team_id)
