"""Consumers: which events a service hears, what it reads of them, and what they do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy.orm import Session

from servicekit.events import Envelope, Heard

D = TypeVar("D", bound=Heard)


@dataclass(frozen=True, kw_only=True)
class Delivered(Generic[D]):
    """One event as a consumer gets it: `at` is when it happened, `sequence` the version of its aggregate."""

    id: str
    type: str
    subject: str
    at: datetime
    sequence: int
    actor: str | None
    correlation_id: str
    data: D


Handler = Callable[[Session, Delivered[Any]], None]


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """One event type that is heard."""

    reads: type[Heard]
    handle: Handler
    type: str

    def open(self, envelope: Envelope) -> Delivered[Any]:
        """Check the event against what this consumer reads; raises msgspec.ValidationError."""
        return Delivered(
            id=envelope.id,
            type=envelope.type,
            subject=envelope.subject,
            at=envelope.time,
            sequence=envelope.sequence,
            actor=envelope.actor,
            correlation_id=envelope.correlationid,
            data=msgspec.json.decode(envelope.data, type=self.reads, strict=False),
        )


class Consumers:
    """All that one service hears; one handler a type."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.by_type: dict[str, Consumer] = {}

    def on(
        self, *types: str, reads: type[D]
    ) -> Callable[[Callable[[Session, Delivered[D]], None]], Callable[[Session, Delivered[D]], None]]:
        """Hear these types; the handler runs in the transaction that marks the event as processed."""

        def register(handle: Callable[[Session, Delivered[D]], None]) -> Callable[[Session, Delivered[D]], None]:
            for one in types:
                if one in self.by_type:
                    raise ValueError(f"{self.service} already hears {one}")
                self.by_type[one] = Consumer(type=one, reads=reads, handle=handle)
            return handle

        return register
