"""Events: facts as classes, and the CloudEvents envelope in which they travel."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from servicekit.ids import uuid7


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that a service publishes. Subclasses set TYPE (`book.lent.v1`); the docstring says what happened."""

    TYPE: ClassVar[str]


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What one consumer reads of an event: its own smaller copy. Members it does not name are ignored."""


class Envelope(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A CloudEvent 1.0 in structured mode. `sequence` is the aggregate's version, as CloudEvents' extension has it."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    correlationid: str
    data: msgspec.Raw
    specversion: str = "1.0"
    datacontenttype: str = "application/json"
    actor: str | None = None
    causationid: str | None = None
    traceparent: str | None = None

    def __post_init__(self) -> None:
        """Refuse another major version of the envelope itself."""
        if self.specversion != "1.0":
            raise ValueError(f"specversion {self.specversion} is not read here")


_encoder = msgspec.json.Encoder(decimal_format="string")
_decoder = msgspec.json.Decoder(Envelope)


def encode_data(event: Event) -> msgspec.Raw:
    """The event's own part of the envelope."""
    return msgspec.Raw(_encoder.encode(event))


def encode(envelope: Envelope) -> bytes:
    """The envelope as it goes on the wire; the members that have defaults are written as well."""
    fields: dict[str, Any] = {"specversion": envelope.specversion, "datacontenttype": envelope.datacontenttype}
    for name in Envelope.__struct_fields__:
        value = getattr(envelope, name)
        if value is not None:
            fields[name] = value
    return _encoder.encode(fields)


def decode(body: bytes) -> Envelope:
    """Read an envelope; raises msgspec.DecodeError (not JSON) or msgspec.ValidationError (not an event)."""
    return _decoder.decode(body)


def new_event_id() -> str:
    """The id of an event, which is also its place among those of the same instant."""
    return str(uuid7())


def topic(event_type: str) -> str:
    """`book.lent.v1` without its major version."""
    return event_type.rpartition(".v")[0]
