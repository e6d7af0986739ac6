"""Writing to a case."""

from sqlalchemy.orm import Session

from cases.casework.actions import add_history_entry, move_case
from cases.casework.models import Case
from cases.casework.rules import CaseStatus
from cases.conversation.events import MessageAdded
from cases.conversation.models import CaseMessage
from cases.conversation.rules import Direction, status_after_message
from cases.projections.references import must_be_open_to_work
from servicekit.actor import Actor
from servicekit.ids import new_id
from servicekit.messaging.outbox import record


def add_message(
    session: Session,
    case: Case,
    *,
    by: Actor,
    author_name: str | None,
    body: str,
    is_internal: bool,
    direction: Direction,
) -> CaseMessage:
    """Write to a case. The first reply stops the response clock; a message of the customer brings the case back."""
    must_be_open_to_work(session, case.customer_id)
    message = CaseMessage(
        id=new_id("msg"),
        case_id=case.id,
        direction=direction,
        is_internal=is_internal,
        body=body,
        author_id=by.id,
        author_name=author_name,
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(message)
    is_reply = direction is Direction.OUT and not is_internal
    record(session, _message_added(case, message, text=body if is_reply else None), about=message, at=by.now)
    if is_reply and case.first_response_at is None:
        case.first_response_at = by.now
        case.bump(by.now)
    detail = {"message_id": message.id, "is_internal": is_internal, "direction": direction}
    add_history_entry(session, case.id, by=by, kind="message_added", detail=detail)
    after = status_after_message(CaseStatus(case.status), direction, is_internal=is_internal)
    if after != case.status:
        move_case(session, case, by=by, to=after, reason="The customer wrote.")
    return message


def _message_added(case: Case, message: CaseMessage, *, text: str | None) -> MessageAdded:
    return MessageAdded(
        id=message.id,
        case_id=case.id,
        case_number=case.number,
        customer_id=case.customer_id,
        is_internal=message.is_internal,
        direction=message.direction,
        author_id=message.author_id,
        case_subject=case.subject,
        contact_id=case.contact_id,
        text=text,
    )
