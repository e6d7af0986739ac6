"""The facts that customers hears: they fill the timeline and the figures, and a submitted form finds its customer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from customers.intake.actions import identify_submitter
from customers.intake.rules import Submitter
from customers.payloads import (
    BalancePayload,
    CasePayload,
    DecisionPayload,
    EmailPayload,
    FormPayload,
    MessagePayload,
    OfCase,
    OrderPayload,
    PaymentPayload,
    RunPayload,
    StepPayload,
    UserPayload,
)
from customers.projections import actions as facts
from customers.projections import queries as known
from customers.projections.models import BalanceFact, CaseFact, OrderFact, User
from customers.timeline import rules as say
from customers.timeline.actions import Story, Subject, attach_case, attach_order, tell
from servicekit.messaging.consumers import Consumers, ReceivedEvent

consumers = Consumers()


@consumers.on("form.submitted.v1", reads=FormPayload)
def on_form_submitted(session: Session, heard: ReceivedEvent[FormPayload]) -> None:
    """Find or make the customer, and tell who it was."""
    form = heard.data
    personal = form.personal
    submitter = Submitter(
        submission_id=form.submission_id,
        case_id=form.case_id,
        form_key=form.form_key,
        name=personal.name,
        first_name=personal.first_name,
        last_name=personal.last_name,
        email=personal.email,
        phone=personal.phone,
        organization_name=personal.organization_name,
        language=personal.language,
    )
    found = identify_submitter(session, submitter=submitter, at=heard.at)
    story = Story(
        kind="form.submitted",
        sentence=f"Sent the form {form.form_name}",
        body=found.remark if found else None,
        subject=Subject(type="case", id=form.case_id, number=form.case_number),
        at=heard.at,
        customer_id=found.customer_id if found else None,
        contact_id=found.contact_id if found else None,
        case_id=form.case_id,
        source_event=heard.id,
        data={"form_key": form.form_key, "submission_id": form.submission_id, "case_subject": form.case_subject},
    )
    tell(session, story)


def _keep_case(session: Session, heard: ReceivedEvent[CasePayload]) -> None:
    case = heard.data
    told = CaseFact(
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
        sequence=heard.sequence,
    )
    kept = facts.keep_case(session, told=told)
    if kept.customer_id is not None:
        attach_case(session, case_id=kept.id, customer_id=kept.customer_id, contact_id=kept.contact_id)


def _tell_case(
    session: Session,
    heard: ReceivedEvent[CasePayload],
    *,
    sentence: str,
    body: str | None = None,
    names_actor: bool = False,
) -> None:
    case = heard.data
    story = Story(
        kind=_kind(heard),
        sentence=sentence,
        body=body,
        names_actor=names_actor,
        subject=Subject(type="case", id=case.id, number=case.number),
        at=heard.at,
        actor_id=heard.actor,
        customer_id=case.customer_id,
        contact_id=case.contact_id,
        case_id=case.id,
        source_event=heard.id,
        data={"status": case.status, "previous_status": case.previous_status},
    )
    tell(session, story)


@consumers.on("case.opened.v1", reads=CasePayload)
def on_case_opened(session: Session, heard: ReceivedEvent[CasePayload]) -> None:
    """The subject of the case is its story's title."""
    _keep_case(session, heard)
    _tell_case(session, heard, sentence=f"Case {heard.data.number} opened: {heard.data.subject}")


@consumers.on("case.linked.v1", reads=CasePayload)
def on_case_linked(session: Session, heard: ReceivedEvent[CasePayload]) -> None:
    """Whatever waited for the customer of this case is handed over."""
    _keep_case(session, heard)
    _tell_case(session, heard, sentence=f"Case {heard.data.number} linked to this customer")


@consumers.on("case.updated.v1", reads=CasePayload)
def on_case_updated(session: Session, heard: ReceivedEvent[CasePayload]) -> None:
    """Changed fields are the case's own story."""
    _keep_case(session, heard)


@consumers.on("case.assigned.v1", reads=CasePayload)
def on_case_assigned(session: Session, heard: ReceivedEvent[CasePayload]) -> None:
    """Who works on it now."""
    _keep_case(session, heard)
    owner = known.user_names(session, [heard.data.owner_id] if heard.data.owner_id else [])
    _tell_case(session, heard, sentence=f"Case {heard.data.number} assigned{f' to {owner[0]}' if owner else ''}")


@consumers.on("case.transitioned.v1", reads=CasePayload)
def on_case_transitioned(session: Session, heard: ReceivedEvent[CasePayload]) -> None:
    """From which status to which."""
    case = heard.data
    _keep_case(session, heard)
    moved = say.case_transitioned(number=case.number, status=case.status, previous_status=case.previous_status)
    _tell_case(session, heard, sentence=moved, names_actor=True)


@consumers.on("case.closed.v1", "case.reopened.v1", reads=CasePayload)
def on_case_closed_or_reopened(session: Session, heard: ReceivedEvent[CasePayload]) -> None:
    """The two ends of a case's life."""
    _keep_case(session, heard)
    what = "closed" if heard.type == "case.closed.v1" else "reopened"
    _tell_case(session, heard, sentence=f"Case {heard.data.number} {what}", body=heard.data.subject, names_actor=True)


def _tell_of_case(
    session: Session,
    heard: ReceivedEvent[Any],
    of: OfCase,
    *,
    sentence: str,
    kind: str | None = None,
    body: str | None = None,
    actor_id: str | None = None,
    names_actor: bool = False,
    data: Mapping[str, Any] | None = None,
) -> None:
    story = Story(
        kind=kind or _kind(heard),
        sentence=sentence,
        body=body,
        names_actor=names_actor,
        subject=Subject(type="case", id=of.case_id, number=of.case_number),
        at=heard.at,
        actor_id=actor_id or heard.actor,
        customer_id=of.customer_id,
        case_id=of.case_id,
        source_event=heard.id,
        data=data or {},
    )
    tell(session, story)


_RUN = {"started": "Workflow started", "completed": "Workflow completed", "cancelled": "Workflow cancelled"}


@consumers.on("workflow.started.v1", "workflow.completed.v1", "workflow.cancelled.v1", reads=RunPayload)
def on_workflow_moved(session: Session, heard: ReceivedEvent[RunPayload]) -> None:
    """A workflow began or ended."""
    run = heard.data
    what = _RUN[heard.type.split(".")[1]]
    data = {"run_id": run.run_id, "outcome": run.outcome}
    _tell_of_case(session, heard, run, sentence=f"{what}: {run.workflow_name}", body=run.reason, data=data)


@consumers.on("workflow.failed.v1", reads=RunPayload)
def on_workflow_failed(session: Session, heard: ReceivedEvent[RunPayload]) -> None:
    """Somebody has to look at it."""
    run = heard.data
    told = say.workflow_failed(workflow_name=run.workflow_name, reason=run.reason)
    _tell_of_case(session, heard, run, sentence=told, data={"run_id": run.run_id})


@consumers.on("step.activated.v1", reads=StepPayload)
def on_step_activated(session: Session, heard: ReceivedEvent[StepPayload]) -> None:
    """Whose turn it is."""
    step = heard.data
    names = known.user_names(session, step.user_ids)
    told = say.step_activated(step_name=step.step_name, step_kind=step.step_kind, names=names)
    _tell_of_case(session, heard, step, sentence=told, data=_step_data(step, due_at=step.due_at))


@consumers.on("step.escalated.v1", reads=StepPayload)
def on_step_escalated(session: Session, heard: ReceivedEvent[StepPayload]) -> None:
    """It was late, and somebody above was told."""
    step = heard.data
    names = known.user_names(session, step.to_user_ids)
    told = say.step_escalated(step_name=step.step_name, level=step.level, names=names)
    _tell_of_case(session, heard, step, sentence=told, data={**_step_data(step), "level": step.level})


@consumers.on("step.decided.v1", reads=DecisionPayload)
def on_step_decided(session: Session, heard: ReceivedEvent[DecisionPayload]) -> None:
    """What was decided, with the decider's words."""
    decision = heard.data
    _tell_of_case(
        session,
        heard,
        decision,
        sentence=say.step_decided(outcome=decision.outcome, step_name=decision.step_name),
        body=decision.note,
        actor_id=decision.decided_by,
        names_actor=True,
        data={**_step_data(decision), "outcome": decision.outcome},
    )


@consumers.on("message.added.v1", reads=MessagePayload)
def on_message_added(session: Session, heard: ReceivedEvent[MessagePayload]) -> None:
    """That somebody wrote; an internal remark is no interaction with the customer."""
    message = heard.data
    _tell_of_case(
        session,
        heard,
        message,
        kind="case.remarked" if message.is_internal else None,
        sentence=say.message_added(
            case_number=message.case_number, is_internal=message.is_internal, direction=message.direction
        ),
        actor_id=message.author_id,
        names_actor=True,
        data={"message_id": message.id, "direction": message.direction},
    )


@consumers.on("email.sent.v1", "email.failed.v1", reads=EmailPayload)
def on_email_told(session: Session, heard: ReceivedEvent[EmailPayload]) -> None:
    """E-mails about a customer, its case or its order; one that is about none of them is not our story."""
    email = heard.data
    if not (email.customer_id or email.case_id or email.order_id):
        return
    story = Story(
        kind=_kind(heard),
        sentence=say.email_told(is_sent=heard.type == "email.sent.v1", subject=email.subject),
        subject=Subject(type="email", id=email.id),
        at=heard.at,
        customer_id=email.customer_id,
        case_id=email.case_id,
        order_id=email.order_id,
        source_event=heard.id,
        data={"template": email.kind, "to_user_id": email.to_user_id},
    )
    tell(session, story)


@consumers.on("order.placed.v1", "order.confirmed.v1", "order.fulfilled.v1", "order.cancelled.v1", reads=OrderPayload)
def on_order_told(session: Session, heard: ReceivedEvent[OrderPayload]) -> None:
    """Each state of an order."""
    order = heard.data
    told = OrderFact(
        id=order.id,
        number=order.number,
        customer_id=order.customer_id,
        status=order.status,
        total_minor=order.total.minor,
        currency=order.total.currency,
        placed_at=order.placed_at,
        sequence=heard.sequence,
    )
    facts.keep_order(session, told=told)
    attach_order(session, order_id=order.id, customer_id=order.customer_id)
    amount = f"{order.total.amount} {order.total.currency}"
    story = Story(
        kind=_kind(heard),
        sentence=say.order_told(number=order.number, what=heard.type.split(".")[1], total=amount),
        subject=Subject(type="order", id=order.id, number=order.number),
        at=heard.at,
        actor_id=heard.actor,
        customer_id=order.customer_id,
        order_id=order.id,
        source_event=heard.id,
        data={"status": order.status, "total": {"amount": str(order.total.amount), "currency": order.total.currency}},
    )
    tell(session, story)


@consumers.on("payment.received.v1", reads=PaymentPayload)
def on_payment_received(session: Session, heard: ReceivedEvent[PaymentPayload]) -> None:
    """Money came in."""
    payment = heard.data
    story = Story(
        kind=_kind(heard),
        sentence=f"Payment received: {payment.amount.amount} {payment.amount.currency}",
        subject=Subject(type="payment", id=payment.id),
        at=heard.at,
        actor_id=heard.actor,
        customer_id=payment.customer_id,
        source_event=heard.id,
    )
    tell(session, story)


@consumers.on("balance.changed.v1", reads=BalancePayload)
def on_balance_changed(session: Session, heard: ReceivedEvent[BalancePayload]) -> None:
    """The figures in the customer's header."""
    balance = heard.data
    told = BalanceFact(
        customer_id=balance.customer_id,
        currency=balance.total_value.currency,
        total_value_minor=balance.total_value.minor,
        open_balance_minor=balance.open_balance.minor,
        orders=balance.orders,
        last_order_at=balance.last_order_at,
        sequence=heard.sequence,
    )
    facts.keep_balance(session, told=told)


@consumers.on("user.created.v1", "user.updated.v1", "user.disabled.v1", reads=UserPayload)
def on_user_told(session: Session, heard: ReceivedEvent[UserPayload]) -> None:
    """The names that the timeline shows."""
    user = heard.data
    told = User(id=user.id, name=user.personal.name, is_active=user.is_active, sequence=heard.sequence)
    facts.keep_user(session, told=told)


def _kind(heard: ReceivedEvent[Any]) -> str:
    return heard.type.rpartition(".v")[0]


def _step_data(step: StepPayload | DecisionPayload, *, due_at: datetime | None = None) -> dict[str, Any]:
    data = {"step_id": step.step_id, "work_item_id": step.work_item_id}
    return {**data, "due_at": due_at.isoformat()} if due_at else data
