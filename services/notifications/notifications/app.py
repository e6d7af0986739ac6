"""The notifications service: `gunicorn "notifications.app:create_app()"` and `flask --app notifications.app worker`."""

from flask import Flask

from notifications.mail.transports import transport_for
from notifications.settings import NotificationsSettings
from servicekit.runtime.app import create_service
from servicekit.runtime.subdomains import load_subdomains

# Consumers of one event run in this order: the others read what the projections stored.
SUBDOMAINS = load_subdomains("notifications", "projections", "in_app", "mail", "notices")


def create_app(settings: NotificationsSettings | None = None) -> Flask:
    """Settings come from the environment unless given; a mail address that cannot be read stops the start."""
    settings = settings or NotificationsSettings.from_environ()
    transport_for(settings.mail_url)
    return create_service(settings, package="notifications", subdomains=SUBDOMAINS)
