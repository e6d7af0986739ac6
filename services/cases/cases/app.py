"""The cases service, put together: `gunicorn "cases.app:create_app()"` and `flask --app cases.app worker`."""

from flask import Flask

from cases.casework import views as casework
from cases.casework.events import PUBLISHED
from cases.forms import views as forms
from cases.projections.consumers import consumers
from cases.service_contracts import views as agreements
from cases.settings import Settings
from cases.workflows.definitions import views as definitions
from cases.workflows.items import views as items
from cases.workflows.runs import views as runs
from cases.workflows.timers.jobs import jobs
from servicekit.runtime.app import create_service
from servicekit.runtime.subdomains import Subdomain

SUBDOMAINS = [
    Subdomain(
        routes=[
            casework.routes,
            casework.case_types,
            agreements.routes,
            forms.routes,
            definitions.routes,
            runs.routes,
            items.routes,
        ],
        consumers=consumers,
        jobs=jobs,
        published=PUBLISHED,
    )
]


def create_app(settings: Settings | None = None) -> Flask:
    """The Flask app, with its worker and its commands."""
    return create_service(
        settings or Settings.from_environ(),
        package="cases",
        subdomains=SUBDOMAINS,
    )
