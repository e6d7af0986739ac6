"""The security headers that every answer carries."""

import pytest


@pytest.mark.parametrize(
    "path", ["/api/v1/me", "/api/v1/cases", "/api/v1/nothing", "/api/docs", "/api/openapi.json", "/livez"]
)
def test_every_answer_carries_the_security_headers(start_gateway, echo, path):
    gateway = start_gateway(CRM_CASES_URL=echo.url, CRM_PUBLIC_URL="https://crm.example")
    headers = gateway.http.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] in {"no-store", "no-cache"}
    assert headers["X-Request-Id"]
