"""The orders service: `gunicorn "orders.app:create_app()"` and `flask --app orders.app worker`."""

from flask import Flask

from orders.settings import OrdersSettings
from servicekit.runtime.app import create_service
from servicekit.runtime.subdomains import load_subdomains

# Consumers of one event run in this order: the others read what the projections stored.
SUBDOMAINS = load_subdomains("orders", "projections", "catalogue", "sales", "ledger")


def create_app(settings: OrdersSettings | None = None) -> Flask:
    """Settings come from the environment unless given."""
    return create_service(settings or OrdersSettings.from_environ(), package="orders", subdomains=SUBDOMAINS)
