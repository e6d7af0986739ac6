"""The event about a submitted form, the only one of this service with personal data."""

from typing import ClassVar

import msgspec

from servicekit.messaging.events import Event


class Autoresponder(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor is answered at once; `{case_number}` and `{name}` stand for the values."""

    subject: str
    text: str


class SubmitterPersonal(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor answered about themselves."""

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    organization_name: str | None = None
    language: str | None = None


class FormSubmitted(Event, frozen=True, kw_only=True):
    """A visitor submitted a web form, which opened a case; from `personal` the directory knows the customer."""

    TYPE: ClassVar[str] = "form.submitted.v1"

    submission_id: str
    form_key: str
    form_name: str
    case_id: str
    case_number: str
    case_subject: str
    autoresponder: Autoresponder | None
    personal: SubmitterPersonal


PUBLISHED: tuple[type[Event], ...] = (FormSubmitted,)
