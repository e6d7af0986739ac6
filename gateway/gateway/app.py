"""The gateway: `gunicorn "gateway.app:create_app()"` and `flask --app gateway.app worker`."""

from functools import partial

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway import console
from gateway.http.authentication import install_authentication
from gateway.http.dev_mail import install_dev_mail
from gateway.http.documents import install_documents
from gateway.http.first_request import install_first_request
from gateway.http.proxy import install_proxy
from gateway.http.routing import committed_table
from gateway.http.security_headers import install_security_headers
from gateway.http.upstreams import Upstreams
from gateway.identity.staff.commands import install_commands
from gateway.identity.staff.first_start import prepare
from gateway.settings import Settings
from servicekit.auth import Minter
from servicekit.runtime.app import create_service
from servicekit.runtime.subdomains import load_subdomains
from servicekit.service import Service

SUBDOMAINS = load_subdomains(
    "gateway",
    "identity.access",
    "identity.sessions",
    "identity.staff",
    "identity.login",
    "compositions.customer_overview",
    "compositions.search",
)


def create_app(settings: Settings | None = None) -> Flask:
    """Settings come from the environment unless given."""
    settings = settings or Settings.from_environ()
    app = create_service(settings, package="gateway", subdomains=SUBDOMAINS)
    app.config["TRUSTED_HOSTS"] = settings.known_hosts
    service: Service = app.extensions["service"]
    minter = Minter.from_file(settings.identity_signing_key)
    app.extensions["upstreams"] = Upstreams(settings.upstreams, minter, concurrency=settings.concurrency)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    install_first_request(app, partial(prepare, service))
    install_authentication(app, service, minter)
    install_proxy(app, committed_table())
    install_documents(app, service)
    install_dev_mail(app, settings)
    install_security_headers(app, settings)
    install_commands(app, service)
    console.register(app)
    return app
