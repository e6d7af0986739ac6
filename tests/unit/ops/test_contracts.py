"""Merging what the services promise: names that clash, paths that collide, events nobody tells."""

import pytest

from ops.contracts import ContractError, check_hearing, clashes, merge_apis, merge_events


def api(service, path, schemas, method="get", answer="Thing"):
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{answer}"}}}
    operation = {
        "operationId": "show",
        "tags": [service],
        "x-service": service,
        "x-needs": f"{service}:read",
        "responses": {"200": {"description": "ok", "content": content}, "default": {"description": "a problem"}},
    }
    return {"paths": {path: {method: operation}}, "components": {"schemas": schemas}}


ONE = {"type": "object", "properties": {"a": {"type": "string"}}}
OTHER = {"type": "object", "properties": {"b": {"type": "string"}}}


def test_the_same_schema_in_two_services_is_there_once():
    merged = merge_apis({"cases": api("cases", "/a", {"Thing": ONE}), "orders": api("orders", "/b", {"Thing": ONE})})
    assert merged["components"]["schemas"] == {"Thing": ONE}


def test_different_schemas_of_one_name_get_their_service_in_front_and_every_reference_follows():
    holder = {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
    merged = merge_apis(
        {
            "cases": api("cases", "/a", {"Thing": ONE, "Things": holder}, answer="Things"),
            "orders": api("orders", "/b", {"Thing": OTHER, "Things": holder}, answer="Things"),
        }
    )
    schemas = merged["components"]["schemas"]
    assert set(schemas) == {"CasesThing", "OrdersThing", "CasesThings", "OrdersThings"}
    assert schemas["OrdersThings"]["items"] == {"$ref": "#/components/schemas/OrdersThing"}
    answer = merged["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/CasesThings"}


def test_a_name_that_only_refers_to_a_clash_clashes_too():
    holder = {"$ref": "#/components/schemas/Thing"}
    far = {"$ref": "#/components/schemas/Holder"}
    found = clashes(
        {"a": {"Thing": ONE, "Holder": holder, "Far": far}, "b": {"Thing": OTHER, "Holder": holder, "Far": far}}
    )
    assert found == {"Thing", "Holder", "Far"}


def test_two_services_cannot_serve_the_same_operation():
    with pytest.raises(ContractError, match="GET /a is served by cases and by orders"):
        merge_apis({"cases": api("cases", "/a", {}), "orders": api("orders", "/a", {})})
    merged = merge_apis({"cases": api("cases", "/a", {}), "orders": api("orders", "/a", {}, method="post")})
    assert set(merged["paths"]["/a"]) == {"get", "post"}


def test_every_operation_says_how_it_refuses():
    operation = merge_apis({"cases": api("cases", "/a", {})})["paths"]["/a"]["get"]
    assert list(operation["responses"]) == ["200", "401", "403", "429", "503", "default"]
    assert operation["operationId"] == "cases_show"


def told(kind, **properties):
    return {"type": kind, "meaning": "It happened.", "schema": {"type": "object", "properties": properties}}


def test_hearing_what_nobody_tells_or_needing_what_is_not_said_is_refused():
    tells = {"tells": [told("case.opened.v1", id={"type": "string"})], "hears": []}

    def hears(kind, *required):
        return {"tells": [], "hears": [{"type": kind, "by": "on_it", "schema": {"required": list(required)}}]}

    check_hearing({"cases": tells, "orders": hears("case.opened.v1", "id")})
    with pytest.raises(ContractError, match="which nobody tells"):
        check_hearing({"cases": tells, "orders": hears("case.exploded.v1")})
    with pytest.raises(ContractError, match="needs 'colour'"):
        check_hearing({"cases": tells, "orders": hears("case.opened.v1", "id", "colour")})


def test_inner_definitions_of_an_event_move_to_the_components():
    schema = {
        "type": "object",
        "properties": {"total": {"$ref": "#/$defs/Money"}},
        "$defs": {"Money": {"type": "object"}},
    }
    document = merge_events(
        {"orders": {"tells": [{"type": "order.placed.v1", "meaning": "x", "schema": schema}], "hears": []}}
    )
    schemas = document["components"]["schemas"]
    assert schemas["order.placed.v1"]["properties"]["total"] == {"$ref": "#/components/schemas/order.placed.v1.Money"}
    assert schemas["order.placed.v1.Money"] == {"type": "object"}
    assert document["channels"]["order.placed.v1"]["bindings"]["amqp"]["exchange"]["name"] == "crm.events"
