"""The API documents, and who may read health and metrics."""


def test_the_documents_are_served(gateway):
    assert gateway.http.get("/api/openapi.json").json["openapi"] == "3.1.0"
    assert gateway.http.get("/api/asyncapi.json").json["asyncapi"] == "3.0.0"
    page = gateway.http.get("/api/docs")
    assert page.status_code == 200
    assert "<script>" not in page.text
    with gateway.http.get("/api/docs/static/start.js") as script:
        assert script.status_code == 200
    assert gateway.http.get("/api/docs/vendor/secret.js").status_code == 404


def test_metrics_are_not_for_everybody(gateway):
    outside = {"REMOTE_ADDR": "192.0.2.7"}
    assert gateway.http.get("/metrics", environ_overrides=outside).status_code == 401
    assert gateway.http.get("/metrics").status_code == 200
