"""HTTP: routes declared once, request parsing, serialization, pagination, filters, problems, idempotency, OpenAPI."""
