"""Names the rooms of this service; nothing else happens here."""

from flask import Flask

from customers.consumers import consumers
from customers.contacts.views import routes as contacts
from customers.directory.views import routes as directory
from customers.events import TOLD
from customers.settings import Settings
from customers.timeline.views import routes as timeline
from customers.transfer.views import routes as transfer
from servicekit.app import create_service


def create_app(settings: Settings | None = None) -> Flask:
    """The web application; its command line is `flask --app customers.app`."""
    return create_service(
        settings or Settings.from_environ(),
        package="customers",
        routes=[directory, contacts, timeline, transfer],
        consumers=consumers,
        events=TOLD,
    )
