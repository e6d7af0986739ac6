"""What mail does because time has passed: e-mails go out, and those whose sender died are found."""

from functools import lru_cache

from notifications.mail import actions
from notifications.mail.delivery import MailSender
from notifications.settings import NotificationsSettings
from servicekit.jobs import Jobs, Work

jobs = Jobs()


@jobs.every(seconds=0.5)
def deliver_mail(work: Work) -> int:
    return mail_sender(work.settings).deliver_due(work)


@jobs.every(seconds=5)
def find_lost_mail(work: Work) -> int:
    is_repeatable = mail_sender(work.settings).transport.is_repeatable
    with work.database.write() as session:
        return actions.resolve_lost_emails(session, by=work.by(), is_repeatable=is_repeatable)


@lru_cache(maxsize=4)
def mail_sender(settings: NotificationsSettings) -> MailSender:
    """One for a process: it holds the threads and the circuit breaker of the mail host."""
    return MailSender(settings)
