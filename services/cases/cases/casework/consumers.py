"""Events that change cases: it became known whose case it is."""

from sqlalchemy.orm import Session

from cases.casework.actions import link_case
from cases.casework.models import Case
from cases.casework.payloads import SubmitterPayload
from cases.casework.queries import lock_case
from servicekit.errors import NotYet
from servicekit.messaging.consumers import Consumers, ReceivedEvent

consumers = Consumers()


@consumers.on("submitter.identified.v1", reads=SubmitterPayload)
def on_submitter_identified(session: Session, event: ReceivedEvent[SubmitterPayload]) -> None:
    """Link the case to the customer; the person is its contact."""
    if session.get(Case, event.data.case_id) is None:
        raise NotYet(f"There is no case {event.data.case_id} here.")
    case = lock_case(session, event.data.case_id)
    link_case(session, case, by=event.by, customer_id=event.data.customer_id, contact_id=event.data.person_id)
