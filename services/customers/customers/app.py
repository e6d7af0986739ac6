"""Names the sub-domains of this service; nothing else happens here."""

from flask import Flask

from customers.settings import Settings
from servicekit.runtime.app import create_service
from servicekit.runtime.subdomains import load_subdomains

SUBDOMAINS = load_subdomains(
    "customers", "projections", "timeline", "directory", "contacts", "activities", "intake", "transfer"
)


def create_app(settings: Settings | None = None) -> Flask:
    """The web application; its command line is `flask --app customers.app`."""
    return create_service(settings or Settings.from_environ(), package="customers", subdomains=SUBDOMAINS)
