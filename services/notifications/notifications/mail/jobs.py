"""What happens by the clock: mail goes out, and mail whose sender died is found."""

from functools import lru_cache

from notifications.mail import actions
from notifications.mail.delivery import Postman
from notifications.settings import NotificationsSettings
from servicekit.runtime.jobs import Jobs, Work

jobs = Jobs()


@jobs.every(seconds=0.5)
def deliver_mail(work: Work) -> int:
    return postman(work.settings).deliver_due(work)


@jobs.every(seconds=5)
def find_lost_mail(work: Work) -> int:
    is_repeatable = postman(work.settings).transport.is_repeatable
    with work.database.write() as session:
        return actions.note_lost(session, is_repeatable=is_repeatable, now=work.now())


@lru_cache(maxsize=4)
def postman(settings: NotificationsSettings) -> Postman:
    """One for a process: it holds the threads and what is known of the mail host."""
    return Postman(settings)
