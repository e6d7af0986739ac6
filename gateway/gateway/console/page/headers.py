"""The headers of every page: content security policy, caching, and what the answer varies by."""

from typing import Final

from flask import Response, request

from gateway.console.page import csrf
from gateway.http.security_headers import PAGE_POLICY

STATIC_FOREVER: Final = "public, max-age=31536000, immutable"


def add_page_headers(response: Response) -> Response:
    """Forbid what a page of ours never does. Both htmx headers are in Vary: one address answers pages and fragments."""
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    if request.endpoint and request.endpoint.endswith(".static"):
        response.headers["Cache-Control"] = STATIC_FOREVER if "v" in request.args else "public, max-age=300"
        return response
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(("HX-Request", "HX-Target", "Cookie"))
    csrf.keep_visitor(response)
    return response
