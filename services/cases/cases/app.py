"""The cases service, put together: `gunicorn "cases.app:create_app()"` and `flask --app cases.app worker`."""

from flask import Flask

from cases.settings import Settings
from servicekit.runtime.app import create_service
from servicekit.runtime.subdomains import load_subdomains

SUBDOMAINS = load_subdomains(
    "cases",
    "projections",
    "casework",
    "conversation",
    "case_types",
    "service_contracts",
    "forms",
    "workflows.definitions",
    "workflows.runs",
    "workflows.items",
    "workflows.timers",
)


def create_app(settings: Settings | None = None) -> Flask:
    """The Flask app, with its worker and its commands."""
    return create_service(settings or Settings.from_environ(), package="cases", subdomains=SUBDOMAINS)
