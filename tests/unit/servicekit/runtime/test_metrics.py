"""Metrics."""

from servicekit.testing.harness import ApiClient, RunningService


def test_metrics_count_requests_by_route_template(library: RunningService, librarian: ApiClient) -> None:
    librarian.get("/books")
    text = library.app.test_client().get("/metrics").text
    assert 'http_request_seconds_count{method="GET",route="/api/v1/books",status="200"} 1.0' in text
    assert "outbox_pending 0.0" in text
