"""Reading the messages of a case."""

from sqlalchemy import Select, select

from cases.casework.models import Case
from cases.conversation.models import CaseMessage


def messages_of(case: Case) -> Select[CaseMessage]:
    return select(CaseMessage).where(CaseMessage.case_id == case.id)
