"""Delivery of e-mails: claim and commit, speak to the server without any transaction, then commit the result."""

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

from notifications.mail import actions, queries
from notifications.mail.message import smtp_message
from notifications.mail.models import Email
from notifications.mail.rules import SmtpReply, Verdict
from notifications.mail.transports import Transport, transport_for
from notifications.settings import NotificationsSettings
from servicekit.circuit_breaker import CircuitBreaker, CircuitState
from servicekit.errors import Unavailable
from servicekit.jobs import Work
from servicekit.service import utc_now

RECORD_PAUSES: Final = (0.5, 1, 2, 5, 10, 30)
PARALLEL: Final = 4
PATIENCE_SECONDS: Final = 2.0
_log = logging.getLogger(__name__)


class MailSender:
    """Delivers for one process: four e-mails at a time, one circuit breaker for its mail host."""

    def __init__(self, settings: NotificationsSettings, *, transport: Transport | None = None) -> None:
        self._settings = settings
        self.transport = transport or transport_for(settings.mail_url)
        self._now = utc_now
        self._breaker = CircuitBreaker(
            threshold=3, first_pause=5, longest_pause=60, clock=lambda: self._now().timestamp()
        )
        self._pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="mail")
        self._under_way: set[Future[None]] = set()

    def deliver_due(self, work: Work) -> int:
        """Begin what is due and return how many were begun. A slow one goes on in its own thread."""
        self._now = work.now
        self._under_way = {one for one in self._under_way if not one.done()}
        begun = [self._pool.submit(self._deliver, work, email) for email in self._claim(work)]
        self._under_way.update(begun)
        finished, _ = wait(begun, timeout=PATIENCE_SECONDS)
        for one in finished:
            one.result()
        return len(begun)

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()

    def _claim(self, work: Work) -> list[Email]:
        with work.database.read() as session:  # a read locks nothing, and most of the time nothing is due
            if session.scalar(queries.due_emails(now=work.now()).with_only_columns(Email.id).limit(1)) is None:
                return []
        permitted = self._breaker.permits(PARALLEL - len(self._under_way))
        if permitted == 0:
            return []
        emails: list[Email] = []
        try:
            with work.database.write() as session:
                emails = list(
                    actions.claim_due_emails(session, by=work.by(), limit=permitted, lease=self.transport.lease)
                )
        finally:
            if not emails:
                self._breaker.gave_up()
        return emails

    def _deliver(self, work: Work, email: Email) -> None:
        reply = self._attempt(email)
        self._report(reply)
        self._record(work, email, reply)
        about = {"email_id": email.id, "kind": email.kind, "attempt": email.attempts, "verdict": reply.verdict.value}
        _log.info("mail attempted", extra=about)

    def _report(self, reply: SmtpReply) -> None:
        """What an attempt has shown of the mail host."""
        is_unknown = reply.verdict is Verdict.UNKNOWN
        if is_unknown and self._breaker.state is CircuitState.CLOSED:
            self._breaker.gave_up()
        elif is_unknown or reply.is_host_down:
            # A probe that nobody answered to the end: the next one waits, or mail after mail ended as unknown.
            self._breaker.failed()
        else:
            self._breaker.succeeded()

    def _record(self, work: Work, email: Email, reply: SmtpReply) -> None:
        """The result is not lost when the database is away for a moment."""
        for pause in (*RECORD_PAUSES, None):
            try:
                with work.database.write() as session:
                    actions.record_result(session, email.id, by=work.by(), attempt=email.attempts, reply=reply)
            except Unavailable:
                if pause is None or work.is_stopping():
                    raise
                time.sleep(pause)
            else:
                return

    def _attempt(self, email: Email) -> SmtpReply:
        try:
            return self.transport.send(smtp_message(email, self._settings))
        except Exception as error:  # noqa: BLE001 - one e-mail that cannot be written must not stop the others
            _log.exception("mail cannot be written", extra={"email_id": email.id})
            return SmtpReply(verdict=Verdict.REFUSED, detail=f"It could not be written: {type(error).__name__}.")
