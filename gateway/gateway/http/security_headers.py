"""Security headers: what every answer of the gateway carries unless its view has set it itself."""

from typing import Final

from flask import Flask, Response, g

from gateway.settings import Settings

ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    # What is not a page of ours needs nothing at all; pages set their own.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}
PAGE_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HSTS: Final = "max-age=31536000; includeSubDomains"


def install_security_headers(app: Flask, settings: Settings) -> None:
    """Set what a view has not set itself."""

    @app.after_request
    def set_security_headers(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if settings.is_https:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        for name, value in g.get("rate_limit_headers", {}).items():
            response.headers[name] = value
        return response
