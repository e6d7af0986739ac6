"""The event about what was written to a case."""

from typing import ClassVar

from servicekit.messaging.events import Event


class MessageAdded(Event, frozen=True, kw_only=True):
    """Somebody wrote to a case. `text` is there only in what goes out to the customer, for it is sent by e-mail."""

    TYPE: ClassVar[str] = "message.added.v1"

    id: str
    case_id: str
    case_number: str
    customer_id: str | None
    is_internal: bool
    direction: str
    author_id: str | None
    case_subject: str | None = None
    contact_id: str | None = None
    text: str | None = None


PUBLISHED: tuple[type[Event], ...] = (MessageAdded,)
