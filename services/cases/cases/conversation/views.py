"""The conversation of a case over HTTP."""

from sqlalchemy import Select

from cases.casework.queries import get_case, lock_visible_case
from cases.conversation import actions, queries
from cases.conversation.listing import CASE_MESSAGES
from cases.conversation.models import CaseMessage
from cases.conversation.rules import Direction
from cases.conversation.schemas import MessageCreate, MessageRead
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("cases")


@routes.page("/cases/<id>/messages", needs="cases:read", listing=CASE_MESSAGES, returns=MessageRead)
def list_case_messages(call: Call, id: str) -> Select[CaseMessage]:
    """List the messages of a case, the oldest first."""
    return queries.messages_of(get_case(call.session, id, call.principal))


@routes.post("/cases/<id>/messages", needs="cases:write", body=MessageCreate, returns=MessageRead)
def add_case_message(call: Call, id: str) -> CaseMessage:
    """Write to a case: a public reply, or a note among colleagues."""
    case = lock_visible_case(call.session, id, call.principal)
    return actions.add_message(
        call.session,
        case,
        by=call.by,
        author_name=call.principal.name,
        body=call.body["body"],
        is_internal=call.body["is_internal"],
        direction=Direction(call.body["direction"]),
    )
