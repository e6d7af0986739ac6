"""What this service reads of others' events to store its projections."""

import msgspec

from servicekit.messaging.events import Payload


class Personal(msgspec.Struct, frozen=True, kw_only=True):
    """How to address and reach somebody."""

    name: str = ""
    email: str | None = None
    language: str | None = None


class UserPayload(Payload, frozen=True, kw_only=True):
    id: str
    is_active: bool
    personal: Personal


class CustomerPayload(Payload, frozen=True, kw_only=True):
    id: str
    kind: str
    owner_id: str | None
    team_id: str | None
    primary_contact_id: str | None = None
    personal: Personal


class ContactPayload(Payload, frozen=True, kw_only=True):
    id: str
    organization_id: str
    is_primary: bool
    personal: Personal


class CasePayload(Payload, frozen=True, kw_only=True):
    id: str
    number: str
    subject: str
    customer_id: str | None
    owner_id: str | None
    team_id: str | None
