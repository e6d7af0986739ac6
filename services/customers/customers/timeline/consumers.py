"""Consumers that add entries to the timeline: what happened to cases, workflows, orders, payments and e-mails."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from customers.projections.queries import known_user_names
from customers.timeline.actions import EntrySubject, NewEntry, add_entry, attach_case, attach_order
from customers.timeline.payloads import (
    CasePayload,
    DecisionPayload,
    EmailPayload,
    MessagePayload,
    OfCase,
    OrderPayload,
    PaymentPayload,
    RunPayload,
    StepPayload,
)
from servicekit.messaging.consumers import Consumers, ReceivedEvent
from servicekit.messaging.events import topic
from servicekit.money import Money

consumers = Consumers()


@consumers.on("case.opened.v1", reads=CasePayload)
def on_case_opened(session: Session, event: ReceivedEvent[CasePayload]) -> None:
    """The title shows the subject of the case."""
    _add_case_entry(session, event, data={"subject": event.data.subject})


@consumers.on("case.updated.v1", reads=CasePayload)
def on_case_updated(session: Session, event: ReceivedEvent[CasePayload]) -> None:
    """No entry: the case has a history of its fields. Its customer may be another one now."""
    attach_case(session, event.data.id, by=event.by)


@consumers.on("case.assigned.v1", reads=CasePayload)
def on_case_assigned(session: Session, event: ReceivedEvent[CasePayload]) -> None:
    """Who works on it now, where the name is known."""
    case = event.data
    names = known_user_names(session, [case.owner_id] if case.owner_id else [])
    _add_case_entry(session, event, data={"owner_name": names[0] if names else None})


@consumers.on("case.linked.v1", "case.transitioned.v1", reads=CasePayload)
def on_case_moved(session: Session, event: ReceivedEvent[CasePayload]) -> None:
    """To a customer, or from one status to the next."""
    _add_case_entry(session, event)


@consumers.on("case.closed.v1", "case.reopened.v1", reads=CasePayload)
def on_case_closed_or_reopened(session: Session, event: ReceivedEvent[CasePayload]) -> None:
    """The two ends of a case's life, with its subject as the text."""
    _add_case_entry(session, event, body=event.data.subject)


@consumers.on("workflow.started.v1", "workflow.completed.v1", "workflow.cancelled.v1", reads=RunPayload)
def on_workflow_moved(session: Session, event: ReceivedEvent[RunPayload]) -> None:
    """A workflow began or ended."""
    run = event.data
    data = {"run_id": run.run_id, "outcome": run.outcome, "workflow_name": run.workflow_name}
    _add_entry_of_case(session, event, run, body=run.reason, data=data)


@consumers.on("workflow.failed.v1", reads=RunPayload)
def on_workflow_failed(session: Session, event: ReceivedEvent[RunPayload]) -> None:
    """Somebody has to look at it."""
    run = event.data
    data = {"run_id": run.run_id, "workflow_name": run.workflow_name, "reason": run.reason}
    _add_entry_of_case(session, event, run, data=data)


@consumers.on("step.activated.v1", reads=StepPayload)
def on_step_activated(session: Session, event: ReceivedEvent[StepPayload]) -> None:
    """Who has to do it, as far as their names are known."""
    step = event.data
    data = {
        **_step_data(step),
        **({"due_at": step.due_at.isoformat()} if step.due_at else {}),
        "step_kind": step.step_kind,
        "people": known_user_names(session, step.user_ids),
    }
    _add_entry_of_case(session, event, step, data=data)


@consumers.on("step.escalated.v1", reads=StepPayload)
def on_step_escalated(session: Session, event: ReceivedEvent[StepPayload]) -> None:
    """To whom it was escalated, as far as their names are known."""
    step = event.data
    people = known_user_names(session, step.to_user_ids)
    data = {**_step_data(step), "level": step.level, "people": people}
    _add_entry_of_case(session, event, step, data=data)


@consumers.on("step.decided.v1", reads=DecisionPayload)
def on_step_decided(session: Session, event: ReceivedEvent[DecisionPayload]) -> None:
    """What was decided, with the words of who decided it."""
    decision = event.data
    data = {**_step_data(decision), "outcome": decision.outcome}
    _add_entry_of_case(session, event, decision, body=decision.note, actor_id=decision.decided_by, data=data)


@consumers.on("message.added.v1", reads=MessagePayload)
def on_message_added(session: Session, event: ReceivedEvent[MessagePayload]) -> None:
    """That somebody wrote; an internal remark is no interaction with the customer, so it is of another kind."""
    message = event.data
    kind = "case.remarked" if message.is_internal else "message.added"
    data = {"message_id": message.id, "direction": message.direction}
    _add_entry_of_case(session, event, message, kind=kind, actor_id=message.author_id, data=data)


@consumers.on("email.sent.v1", "email.failed.v1", reads=EmailPayload)
def on_email_sent_or_failed(session: Session, event: ReceivedEvent[EmailPayload]) -> None:
    """E-mails about a customer, its case or its order; one that is about none of them is left out."""
    email = event.data
    if not (email.customer_id or email.case_id or email.order_id):
        return
    new = NewEntry(
        kind=topic(event.type),
        subject=EntrySubject(type="email", id=email.id),
        customer_id=email.customer_id,
        case_id=email.case_id,
        order_id=email.order_id,
        source_event=event.id,
        data={"template": email.kind, "to_user_id": email.to_user_id, "subject": email.subject},
    )
    add_entry(session, new, by=event.by)


@consumers.on("order.placed.v1", "order.confirmed.v1", "order.fulfilled.v1", "order.cancelled.v1", reads=OrderPayload)
def on_order_changed(session: Session, event: ReceivedEvent[OrderPayload]) -> None:
    """Each state of an order; entries that waited for its customer are handed over."""
    order = event.data
    attach_order(session, order.id, by=event.by, customer_id=order.customer_id)
    new = NewEntry(
        kind=topic(event.type),
        subject=EntrySubject(type="order", id=order.id, number=order.number),
        actor_id=event.actor,
        customer_id=order.customer_id,
        order_id=order.id,
        source_event=event.id,
        data={"status": order.status, "total": _money_data(order.total)},
    )
    add_entry(session, new, by=event.by)


@consumers.on("payment.received.v1", reads=PaymentPayload)
def on_payment_received(session: Session, event: ReceivedEvent[PaymentPayload]) -> None:
    """Money came in."""
    payment = event.data
    new = NewEntry(
        kind=topic(event.type),
        subject=EntrySubject(type="payment", id=payment.id),
        actor_id=event.actor,
        customer_id=payment.customer_id,
        source_event=event.id,
        data={"amount": _money_data(payment.amount)},
    )
    add_entry(session, new, by=event.by)


def _add_case_entry(
    session: Session,
    event: ReceivedEvent[CasePayload],
    *,
    body: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """The projection of the case is stored already: first its other entries go where the case belongs now."""
    case = event.data
    attach_case(session, case.id, by=event.by)
    new = NewEntry(
        kind=topic(event.type),
        body=body,
        subject=EntrySubject(type="case", id=case.id, number=case.number),
        actor_id=event.actor,
        customer_id=case.customer_id,
        contact_id=case.contact_id,
        case_id=case.id,
        source_event=event.id,
        data={"status": case.status, "previous_status": case.previous_status, **(data or {})},
    )
    add_entry(session, new, by=event.by)


def _add_entry_of_case(
    session: Session,
    event: ReceivedEvent[Any],
    of: OfCase,
    *,
    data: Mapping[str, Any],
    kind: str | None = None,
    body: str | None = None,
    actor_id: str | None = None,
) -> None:
    new = NewEntry(
        kind=kind or topic(event.type),
        body=body,
        subject=EntrySubject(type="case", id=of.case_id, number=of.case_number),
        actor_id=actor_id or event.actor,
        customer_id=of.customer_id,
        case_id=of.case_id,
        source_event=event.id,
        data=data,
    )
    add_entry(session, new, by=event.by)


def _step_data(step: StepPayload | DecisionPayload) -> dict[str, Any]:
    return {"step_id": step.step_id, "work_item_id": step.work_item_id, "step_name": step.step_name}


def _money_data(money: Money) -> dict[str, str]:
    return {"amount": str(money.amount), "currency": money.currency}
