"""What mail reads of the cases' events."""

from servicekit.messaging.events import Payload


class CasePayload(Payload, frozen=True, kw_only=True):
    """Whose case it is: e-mails about it belong to the same customer."""

    id: str
    customer_id: str | None
