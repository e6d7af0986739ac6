"""The events that mail publishes: what became of an e-mail. They carry no address."""

from typing import ClassVar

from servicekit.messaging.events import Event


class EmailEvent(Event, frozen=True, kw_only=True):
    """Which e-mail, what it was about and for whom; `kind` is the key of its template."""

    id: str
    kind: str
    to_user_id: str | None
    case_id: str | None
    order_id: str | None
    customer_id: str | None
    subject: str


class EmailSent(EmailEvent, frozen=True, kw_only=True):
    """The mail server has taken the e-mail over."""

    TYPE: ClassVar[str] = "email.sent.v1"


class EmailFailed(EmailEvent, frozen=True, kw_only=True):
    """The e-mail was refused for good, or given up; a person may have it tried again."""

    TYPE: ClassVar[str] = "email.failed.v1"
    reason: str


PUBLISHED: tuple[type[Event], ...] = (EmailSent, EmailFailed)
