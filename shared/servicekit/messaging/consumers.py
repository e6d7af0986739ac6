"""Consumers: which events a sub-domain listens to, what it reads of them, and what they do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy.orm import Session

from servicekit.actor import Actor
from servicekit.messaging.events import Envelope, Payload

D = TypeVar("D", bound=Payload)


@dataclass(frozen=True, kw_only=True)
class ReceivedEvent(Generic[D]):
    """One event as a consumer gets it: `at` is when it happened, `sequence` the version of its aggregate."""

    id: str
    type: str
    subject: str
    at: datetime
    sequence: int
    actor: str | None
    correlation_id: str
    data: D

    @property
    def by(self) -> Actor:
        """The actor of what follows from it: nobody in particular, at the time when it happened."""
        return Actor.system(now=self.at, cause=self.id)


Handler = Callable[[Session, ReceivedEvent[Any]], None]


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """What one sub-domain does with one event type."""

    reads: type[Payload]
    handle: Handler
    type: str

    def open(self, envelope: Envelope) -> ReceivedEvent[Any]:
        """Check the event against what this consumer reads; raises msgspec.ValidationError."""
        return ReceivedEvent(
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
    """The consumers of one sub-domain, or of a whole service, by event type and in the order in which they run."""

    def __init__(self) -> None:
        self.by_type: dict[str, tuple[Consumer, ...]] = {}

    def on(
        self, *types: str, reads: type[D]
    ) -> Callable[[Callable[[Session, ReceivedEvent[D]], None]], Callable[[Session, ReceivedEvent[D]], None]]:
        """Listen to these types; the handler runs in the transaction that marks the event as processed."""

        def register(
            handle: Callable[[Session, ReceivedEvent[D]], None],
        ) -> Callable[[Session, ReceivedEvent[D]], None]:
            for one in types:
                if one in self.by_type:
                    raise ValueError(f"{handle.__module__} already listens to {one}")
                self.by_type[one] = (Consumer(type=one, reads=reads, handle=handle),)
            return handle

        return register

    def extend(self, others: "Consumers") -> None:
        """Let another sub-domain listen as well, behind those that are there."""
        for one, consumers in others.by_type.items():
            self.by_type[one] = (*self.by_type.get(one, ()), *consumers)
