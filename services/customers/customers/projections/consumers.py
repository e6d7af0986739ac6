"""Consumers that store what other services published; those of the other sub-domains read what stands here by then."""

from sqlalchemy.orm import Session

from customers.projections.actions import store_balance, store_case, store_order, store_user
from customers.projections.models import BalanceProjection, CaseProjection, OrderProjection, UserProjection
from customers.projections.payloads import BalancePayload, CasePayload, OrderPayload, UserPayload
from servicekit.messaging.consumers import Consumers, ReceivedEvent

consumers = Consumers()


@consumers.on(
    "case.opened.v1",
    "case.linked.v1",
    "case.updated.v1",
    "case.assigned.v1",
    "case.transitioned.v1",
    "case.closed.v1",
    "case.reopened.v1",
    reads=CasePayload,
)
def on_case_changed(session: Session, event: ReceivedEvent[CasePayload]) -> None:
    """The case that entries of the timeline belong to, and whether it counts as open."""
    case = event.data
    projection = CaseProjection(
        id=case.id,
        number=case.number,
        subject=case.subject[:300],
        status=case.status,
        is_open=case.is_open,
        customer_id=case.customer_id,
        contact_id=case.contact_id,
        owner_id=case.owner_id,
        team_id=case.team_id,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        sequence=event.sequence,
    )
    store_case(session, projection)


@consumers.on("order.placed.v1", "order.confirmed.v1", "order.fulfilled.v1", "order.cancelled.v1", reads=OrderPayload)
def on_order_changed(session: Session, event: ReceivedEvent[OrderPayload]) -> None:
    """Whose order it is."""
    order = event.data
    projection = OrderProjection(
        id=order.id,
        number=order.number,
        customer_id=order.customer_id,
        status=order.status,
        total_minor=order.total.minor,
        currency=order.total.currency,
        placed_at=order.placed_at,
        sequence=event.sequence,
    )
    store_order(session, projection)


@consumers.on("balance.changed.v1", reads=BalancePayload)
def on_balance_changed(session: Session, event: ReceivedEvent[BalancePayload]) -> None:
    """The figures in the customer's header."""
    balance = event.data
    projection = BalanceProjection(
        customer_id=balance.customer_id,
        currency=balance.total_value.currency,
        total_value_minor=balance.total_value.minor,
        open_balance_minor=balance.open_balance.minor,
        orders=balance.orders,
        last_order_at=balance.last_order_at,
        sequence=event.sequence,
    )
    store_balance(session, projection)


@consumers.on("user.created.v1", "user.updated.v1", "user.disabled.v1", reads=UserPayload)
def on_user_changed(session: Session, event: ReceivedEvent[UserPayload]) -> None:
    """The names that the timeline shows."""
    user = event.data
    projection = UserProjection(id=user.id, name=user.personal.name, is_active=user.is_active, sequence=event.sequence)
    store_user(session, projection)
