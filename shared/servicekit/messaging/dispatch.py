"""Dispatch: a delivery is checked, taken through the inbox and given to its consumers in one commit, or parked."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from servicekit.context import Trace, tracing
from servicekit.database.engine import Database
from servicekit.errors import Error, NotYet, Unavailable
from servicekit.failpoints import reach
from servicekit.messaging import inbox, outbox
from servicekit.messaging.bus import MAX_ATTEMPTS, Delivery, Done, Outage, Outcome, Retry
from servicekit.messaging.consumers import Consumer, Consumers
from servicekit.messaging.dead_letters import park
from servicekit.messaging.events import Envelope, decode, topic

log = logging.getLogger(__name__)

# Within one delivery: a lost race or an event that is some milliseconds ahead of another.
QUICK_RETRIES = (0.03, 0.1, 0.3, 0.6)


class Unreadable(Exception):
    """This message can never have its effect as it is; `reason` is one word for the operator."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    """Gives deliveries to the consumers of one service.

    Several sub-domains may listen to one type: they run in the order of `consumers`, in one transaction with one inbox
    row; where one of them cannot have its effect, none has, and one message is parked.
    """

    service: str
    database: Database
    consumers: Consumers
    now: Callable[[], datetime]
    wake: Callable[..., None]
    one_group: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, delivery: Delivery) -> Outcome:
        """The bus asks once a delivery; whatever is answered, nothing is lost and nothing happens twice."""
        try:
            envelope, consumers = self._open(delivery.body)
            self._apply_with_patience(envelope, consumers)
        except Unreadable as error:
            return self._park(delivery, error.reason, str(error))
        except NotYet as error:
            return self._retry(delivery, "not_yet", error.detail)
        except Unavailable as error:
            return Outage(error.detail)
        except Error as error:
            return self._park(delivery, error.code, error.detail)
        except Exception as error:
            log.exception("a consumer failed", extra={"type": delivery.type, "attempt": delivery.attempt})
            return self._retry(delivery, "failed", f"{type(error).__name__}: {error}")
        return Done()

    def receive_together(self, deliveries: Sequence[Delivery]) -> bool:
        """All of them in one commit; False when one could not have its effect: then each is received alone.

        One group at a time, and none that waits long for a row: a group holds many, and two of them would soon wait for
        each other, which PostgreSQL notices only after a second.
        """
        try:
            opened = [self._open(delivery.body) for delivery in deliveries]
            with self.one_group, self.database.write() as session:
                if not self.database.is_sqlite:
                    session.connection().exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
                for envelope, consumers in opened:
                    self._effect(session, envelope, consumers)
                    session.expunge_all()  # each reads what is stored, as it would alone
                reach("consumer-before-commit")
            reach("consumer-after-commit")
            self.wake(has_events=outbox.has_recorded(session))
        except Exception as error:  # noqa: BLE001 - whatever it was, each of them meets it again alone
            log.info("received one by one", extra={"reason": repr(error)})
            return False
        return True

    def apply(self, session: Session, body: bytes) -> bool:
        """The effect of one message in the caller's transaction; False when it had its effect before. For replays."""
        envelope, consumers = self._open(body)
        return self._effect(session, envelope, consumers)

    def _open(self, body: bytes) -> tuple[Envelope, Sequence[Consumer]]:
        try:
            envelope = decode(body)
        except msgspec.ValidationError as error:
            raise Unreadable("not_an_event", str(error)) from error
        except (msgspec.DecodeError, ValueError) as error:
            raise Unreadable("undecodable", str(error)) from error
        consumers = self.consumers.by_type.get(envelope.type)
        if consumers is None:
            known = [one for one in self.consumers.by_type if topic(one) == topic(envelope.type)]
            if known:
                raise Unreadable("unknown_version", f"{envelope.type}: this service reads {', '.join(known)}")
            raise Unreadable("unknown_type", f"{envelope.type} is not listened to here")
        return envelope, consumers

    def _apply_with_patience(self, envelope: Envelope, consumers: Sequence[Consumer]) -> None:
        for pause in (*QUICK_RETRIES, None):
            try:
                with self.database.write() as session:
                    self._effect(session, envelope, consumers)
                    reach("consumer-before-commit")
                reach("consumer-after-commit")
                self.wake(has_events=outbox.has_recorded(session))
                return
            except (NotYet, StaleDataError, IntegrityError, DBAPIError) as error:
                if pause is None or (isinstance(error, DBAPIError) and not _is_race(error)):
                    raise
                time.sleep(pause)

    def _effect(self, session: Session, envelope: Envelope, consumers: Sequence[Consumer]) -> bool:
        if not inbox.is_first(session, consumer=self.service, event_id=envelope.id, now=self.now()):
            return False
        try:
            received = [(consumer, consumer.open(envelope)) for consumer in consumers]
        except msgspec.ValidationError as error:
            raise Unreadable("schema_violation", f"{envelope.type}: {error}") from error
        trace = Trace(
            correlation_id=envelope.correlationid,
            causation_id=envelope.id,
            actor=envelope.actor,
            traceparent=envelope.traceparent,
        )
        reach("consumer-effect", about=envelope.subject)
        with tracing(trace):
            for consumer, event in received:
                consumer.handle(session, event)
            outbox.finalize_events(session)
        return True

    def _retry(self, delivery: Delivery, reason: str, detail: str) -> Outcome:
        if delivery.attempt >= MAX_ATTEMPTS:
            return self._park(delivery, reason, detail)
        return Retry(detail)

    def _park(self, delivery: Delivery, reason: str, detail: str) -> Outcome:
        try:
            with self.database.write() as session:
                park(session, delivery.body, reason=reason, detail=detail, attempts=delivery.attempt, now=self.now())
        except Unavailable as error:
            return Outage(error.detail)
        log.error("message parked", extra={"type": delivery.type, "reason": reason, "detail": detail})
        return Done()


def _is_race(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return True
    return getattr(error.orig, "sqlstate", None) in {"40001", "40P01", "55P03"}
