"""The gateway: `gunicorn "gateway.app:create_app()"` and `flask --app gateway.app worker`."""

import threading

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway import console
from gateway.compositions.customer_overview import views as overview
from gateway.http.authentication import install_admission
from gateway.http.dev_mail import install_dev_mail
from gateway.http.documents import install_documents
from gateway.http.proxy import install_proxy
from gateway.http.routing import committed_table
from gateway.http.security_headers import install_sealing
from gateway.http.upstreams import Upstreams
from gateway.identity.access import views as access_views
from gateway.identity.sessions.jobs import jobs
from gateway.identity.staff import views
from gateway.identity.staff.commands import install_commands, prepare
from gateway.identity.staff.events import PUBLISHED
from gateway.settings import Settings
from servicekit.auth import Minter
from servicekit.runtime.app import create_service
from servicekit.runtime.subdomains import Subdomain
from servicekit.service import Service

# They must answer before there is anybody, and say why nobody can come in yet.
NEEDS_NOBODY = frozenset({"livez", "readyz", "metrics"})


SUBDOMAINS = [Subdomain(routes=[views.routes, access_views.routes, overview.routes], jobs=jobs, published=PUBLISHED)]


def create_app(settings: Settings | None = None) -> Flask:
    """Settings come from the environment unless given."""
    settings = settings or Settings.from_environ()
    app = create_service(
        settings,
        package="gateway",
        subdomains=SUBDOMAINS,
    )
    app.config["TRUSTED_HOSTS"] = settings.known_hosts
    service: Service = app.extensions["service"]
    minter = Minter.from_file(settings.identity_signing_key)
    app.extensions["upstreams"] = Upstreams(settings.upstreams, minter, concurrency=settings.concurrency)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _install_first_start(app, service)
    install_admission(app, service, minter)
    install_proxy(app, committed_table())
    install_documents(app, service)
    install_dev_mail(app, settings)
    install_sealing(app, settings)
    install_commands(app, service)
    console.register(app)
    return app


def _install_first_start(app: Flask, service: Service) -> None:
    """The first request of each process makes sure that roles and the first administrator are there."""
    done = threading.Event()
    one_at_a_time = threading.Lock()

    @app.before_request
    def prepare_once() -> None:
        if done.is_set() or request.endpoint in NEEDS_NOBODY:
            return
        with one_at_a_time:
            if not done.is_set():
                prepare(service)
                done.set()
