"""The routing table is the committed document, and the document is what is served."""

import json

from openapi_spec_validator import validate

from gateway.http.routing import committed, committed_table, openapi


def test_the_merged_document_is_valid_and_every_operation_has_a_home():
    document = json.loads(openapi())
    validate(document)
    routes = committed_table().routes
    assert {route.service for route in routes.values()} == {"gateway", "customers", "cases", "orders", "notifications"}
    assert all(route.needs for route in routes.values())


def test_what_the_gateway_serves_is_what_its_document_says(gateway):
    documented = {key for key, route in committed_table().routes.items() if route.service == "gateway"}
    served = set()
    for operation in gateway.app.extensions["operations"]:
        served.add((operation.method, operation.path.replace("<", "{").replace(">", "}")))
    assert served == documented


def test_every_message_of_the_asyncapi_document_points_to_what_is_there():
    document = json.loads(committed("asyncapi.json"))
    assert document["asyncapi"] == "3.0.0"
    text = json.dumps(document)
    pointers = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}
    assert len(pointers) > 50
    for pointer in pointers:
        node = document
        for step in pointer.removeprefix("#/").split("/"):
            node = node[step]
        assert node
