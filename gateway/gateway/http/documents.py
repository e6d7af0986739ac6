"""The documents of the API: OpenAPI, AsyncAPI, the page that shows them, and how the gateway and the services are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request, send_from_directory, url_for

from gateway.http import authentication, routing, upstreams
from gateway.http.routing import committed
from gateway.http.security_headers import PAGE_POLICY
from servicekit.auth import ANONYMOUS
from servicekit.errors import Error, Forbidden, Unavailable
from servicekit.runtime import health
from servicekit.service import Service

documents = Blueprint("documents", __name__, static_folder="documents_static", static_url_path="/api/docs/static")

_VENDOR = Path(__file__).parent.with_name("console") / "static" / "vendor"
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Customer Manager API</title>
<link rel="stylesheet" href="{vendor}/swagger-ui.css">
</head>
<body>
<div id="api" data-document="{document}">
<noscript>The document itself: <a href="{document}">openapi.json</a></noscript>
</div>
<script src="{vendor}/swagger-ui-bundle.js"></script>
<script src="{start}"></script>
</body>
</html>
"""


@documents.get("/api/openapi.json")
def openapi() -> Response:
    """One OpenAPI 3.1 document for every service; it is the routing table, too."""
    return Response(routing.openapi(), content_type="application/json", headers={"Cache-Control": "no-cache"})


@documents.get("/api/asyncapi.json")
def asyncapi() -> Response:
    """Every event, as AsyncAPI 3.0."""
    return Response(committed("asyncapi.json"), content_type="application/json", headers={"Cache-Control": "no-cache"})


@documents.get("/api/docs")
def page() -> Response:
    """The API as a page."""
    html = _PAGE.format(
        vendor="/api/docs/vendor",
        document=url_for("documents.openapi"),
        start=url_for("documents.static", filename="start.js"),
    )
    return Response(html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": PAGE_POLICY})


@documents.get("/api/docs/vendor/<any('swagger-ui.css', 'swagger-ui-bundle.js'):name>")
def vendor_file(name: str) -> Response:
    """Swagger UI, as set-up put it in place."""
    return send_from_directory(_VENDOR, name, max_age=86_400)


def install_documents(app: Flask, service: Service) -> None:
    """Add the documents, and show health and metrics as an outsider may see them."""
    app.register_blueprint(documents)
    show_metrics = app.view_functions["metrics"]

    def readyz() -> tuple[Response, int]:
        """Ready when the gateway itself is: a service that is down is named and takes only its own routes with it."""
        own = health.checks(service)
        # Anybody may ask here: how much waits, and since when, is between the operator and the services.
        shown = {name: state if name == "database" or state == health.OK else "degraded" for name, state in own.items()}
        found = {**shown, **_services()}
        return jsonify({"status": health.status(found), "service": service.name, "checks": found}), health.code(own)

    def metrics() -> Any:
        if request.remote_addr not in {"127.0.0.1", "::1"}:
            principal = authentication.authenticate(is_public=False)
            if not principal.can("metrics:read"):
                raise Forbidden("This needs the permission metrics:read.")
        return show_metrics()

    app.view_functions["readyz"] = readyz
    app.view_functions["metrics"] = metrics


def _services() -> Mapping[str, str]:
    names = upstreams.of_this_app().names()
    return upstreams.parallel({name: lambda name=name: _state(name) for name in names})  # type: ignore[misc]


def _state(name: str) -> str:
    try:
        response = upstreams.call(ANONYMOUS, name, "GET", "/readyz")
    except Unavailable:
        return "cannot be reached"
    except Error as error:
        return error.detail
    if not response.is_ok:
        return "not ready"
    return "degraded" if (response.data or {}).get("status") == "degraded" else health.OK
