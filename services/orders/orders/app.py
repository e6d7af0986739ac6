"""The orders service: `gunicorn "orders.app:create_app()"` and `flask --app orders.app worker`."""

from flask import Flask

from orders.catalogue.views import routes as catalogue
from orders.consumers import consumers
from orders.events import PUBLISHED
from orders.jobs import jobs
from orders.ledger.views import routes as ledger
from orders.sales.views import routes as sales
from orders.settings import OrdersSettings
from servicekit.runtime.app import create_service
from servicekit.runtime.subdomains import Subdomain

SUBDOMAINS = [Subdomain(routes=[catalogue, sales, ledger], consumers=consumers, jobs=jobs, published=PUBLISHED)]


def create_app(settings: OrdersSettings | None = None) -> Flask:
    """Settings come from the environment unless given."""
    return create_service(
        settings or OrdersSettings.from_environ(),
        package="orders",
        subdomains=SUBDOMAINS,
    )
