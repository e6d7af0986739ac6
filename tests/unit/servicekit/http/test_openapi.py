"""The OpenAPI document of a service."""

from openapi_spec_validator import validate

from servicekit.testing.harness import RunningService


def openapi(library: RunningService) -> dict:
    return library.app.test_client().get("/openapi.json").json


def test_openapi_is_valid_3_1_and_names_every_route(library: RunningService) -> None:
    document = openapi(library)
    validate(document)
    assert document["openapi"] == "3.1.0"
    documented = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    routed = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in library.app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.rule.startswith("/api/") and method not in {"HEAD", "OPTIONS"}
    }
    assert documented == routed


def test_openapi_says_what_each_route_needs_and_which_service_owns_it(library: RunningService) -> None:
    paths = openapi(library)["paths"]
    assert paths["/api/v1/books"]["post"]["x-needs"] == "books:write"
    assert paths["/api/v1/opening-hours"]["get"]["security"] == []
    assert paths["/api/v1/books"]["get"]["x-service"] == "library"
    names = {parameter["name"] for parameter in paths["/api/v1/books"]["get"]["parameters"]}
    assert {"limit", "cursor", "sort", "q", "title", "title[prefix]", "created_at[gte]"} <= names
    assert paths["/api/v1/books/{id}:lend"]["post"]["parameters"][-1]["required"] is True
