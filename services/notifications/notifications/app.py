"""The notifications service: `gunicorn "notifications.app:create_app()"` and `flask --app notifications.app worker`."""

from flask import Flask

from notifications.consumers import consumers
from notifications.events import PUBLISHED
from notifications.in_app.views import routes as centre
from notifications.jobs import jobs
from notifications.mail.transports import transport_for
from notifications.mail.views import routes as mail
from notifications.settings import NotificationsSettings
from servicekit.runtime.app import create_service
from servicekit.runtime.subdomains import Subdomain

SUBDOMAINS = [Subdomain(routes=[centre, mail], consumers=consumers, jobs=jobs, published=PUBLISHED)]


def create_app(settings: NotificationsSettings | None = None) -> Flask:
    """Settings come from the environment unless given; a mail address that cannot be read stops the start."""
    settings = settings or NotificationsSettings.from_environ()
    transport_for(settings.mail_url)
    return create_service(
        settings,
        package="notifications",
        subdomains=SUBDOMAINS,
    )
