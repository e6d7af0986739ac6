"""What intake reads of a submitted form."""

import msgspec

from servicekit.messaging.events import Payload


class SubmitterPersonal(msgspec.Struct, frozen=True, kw_only=True):
    """What a visitor said about themselves."""

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    organization_name: str | None = None
    language: str | None = None


class FormPayload(Payload, frozen=True, kw_only=True):
    """A submitted form and the case that it opened."""

    submission_id: str
    form_key: str
    form_name: str
    case_id: str
    case_number: str
    case_subject: str
    personal: SubmitterPersonal
