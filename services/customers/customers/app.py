"""Names the rooms of this service; nothing else happens here."""

from flask import Flask

from customers.activities.views import routes as timeline
from customers.consumers import consumers
from customers.contacts.views import routes as contacts
from customers.directory.views import routes as directory
from customers.events import PUBLISHED
from customers.settings import Settings
from customers.transfer.views import routes as transfer
from servicekit.runtime.app import create_service
from servicekit.runtime.subdomains import Subdomain

SUBDOMAINS = [Subdomain(routes=[directory, contacts, timeline, transfer], consumers=consumers, published=PUBLISHED)]


def create_app(settings: Settings | None = None) -> Flask:
    """The web application; its command line is `flask --app customers.app`."""
    return create_service(
        settings or Settings.from_environ(),
        package="customers",
        subdomains=SUBDOMAINS,
    )
