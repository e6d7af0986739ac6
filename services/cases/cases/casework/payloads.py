"""What casework reads of other services' events."""

from servicekit.messaging.events import Payload


class SubmitterPayload(Payload, frozen=True, kw_only=True):
    """Who submitted the form that opened a case."""

    case_id: str
    customer_id: str
    person_id: str
