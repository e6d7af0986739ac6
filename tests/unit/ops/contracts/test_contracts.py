"""What the services promise side by side: names that clash, paths that collide, events that nobody publishes."""

from pathlib import Path

import pytest

from ops.contracts.__main__ import differences
from ops.contracts.asyncapi import merge_events, refuse_unpublished
from ops.contracts.errors import ContractError
from ops.contracts.events_page import events_page
from ops.contracts.openapi import published_apis
from ops.contracts.schemas import clashes


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


def test_the_same_schema_in_two_services_keeps_its_name():
    published = published_apis(
        {"cases": api("cases", "/a", {"Thing": ONE}), "orders": api("orders", "/b", {"Thing": ONE})}
    )
    assert [one["components"]["schemas"] for one in published.values()] == [{"Thing": ONE}] * 2


def test_different_schemas_of_one_name_get_their_service_in_front_and_every_reference_follows():
    holder = {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
    published = published_apis(
        {
            "cases": api("cases", "/a", {"Thing": ONE, "Things": holder}, answer="Things"),
            "orders": api("orders", "/b", {"Thing": OTHER, "Things": holder}, answer="Things"),
        }
    )
    schemas = {service: one["components"]["schemas"] for service, one in published.items()}
    assert {service: set(names) for service, names in schemas.items()} == {
        "cases": {"CasesThing", "CasesThings"},
        "orders": {"OrdersThing", "OrdersThings"},
    }
    assert schemas["orders"]["OrdersThings"]["items"] == {"$ref": "#/components/schemas/OrdersThing"}
    answer = published["cases"]["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
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
        published_apis({"cases": api("cases", "/a", {}), "orders": api("orders", "/a", {})})
    published = published_apis({"cases": api("cases", "/a", {}), "orders": api("orders", "/a", {}, method="post")})
    assert [list(one["paths"]["/a"]) for one in published.values()] == [["get"], ["post"]]


def test_every_operation_says_how_it_refuses():
    operation = published_apis({"cases": api("cases", "/a", {})})["cases"]["paths"]["/a"]["get"]
    assert list(operation["responses"]) == ["200", "401", "403", "429", "503", "default"]
    assert operation["operationId"] == "show"


def test_stale_and_superfluous_files_are_named(tmp_path: Path):
    (tmp_path / "cases.json").write_text("as it is")
    (tmp_path / "orders.json").write_text("as it was")
    (tmp_path / "sales.json").write_text("of a service that is no more")
    files = {tmp_path / "cases.json": "as it is", tmp_path / "orders.json": "new", tmp_path / "gateway.json": "first"}
    found = {path.stem: state for path, state in differences(files, tmp_path).items()}
    assert found == {"orders": "stale", "gateway": "stale", "sales": "superfluous"}


def event(kind, **properties):
    return {"type": kind, "meaning": "It happened.", "schema": {"type": "object", "properties": properties}}


def test_consuming_what_nobody_publishes_or_needing_what_is_not_in_it_is_refused():
    publisher = {"publishes": [event("case.opened.v1", id={"type": "string"})], "consumes": []}

    def consumer(kind, *required):
        return {"publishes": [], "consumes": [{"type": kind, "by": "on_it", "schema": {"required": list(required)}}]}

    refuse_unpublished({"cases": publisher, "orders": consumer("case.opened.v1", "id")})
    with pytest.raises(ContractError, match="which nobody publishes"):
        refuse_unpublished({"cases": publisher, "orders": consumer("case.exploded.v1")})
    with pytest.raises(ContractError, match="needs 'colour'"):
        refuse_unpublished({"cases": publisher, "orders": consumer("case.opened.v1", "id", "colour")})


def test_inner_definitions_of_an_event_move_to_the_components():
    schema = {
        "type": "object",
        "properties": {"total": {"$ref": "#/$defs/Money"}},
        "$defs": {"Money": {"type": "object"}},
    }
    document = merge_events(
        {"orders": {"publishes": [{"type": "order.placed.v1", "meaning": "x", "schema": schema}], "consumes": []}}
    )
    schemas = document["components"]["schemas"]
    assert schemas["order.placed.v1"]["properties"]["total"] == {"$ref": "#/components/schemas/order.placed.v1.Money"}
    assert schemas["order.placed.v1.Money"] == {"type": "object"}
    assert document["channels"]["order.placed.v1"]["bindings"]["amqp"]["exchange"]["name"] == "crm.events"


def test_the_page_of_events_names_the_sub_domains_that_consume_each():
    publisher = {"publishes": [event("case.opened.v1", id={"type": "string"})], "consumes": []}
    consumed = [{"type": "case.opened.v1", "by": by, "schema": {}} for by in ("timeline", "projections")]
    page = events_page({"cases": publisher, "customers": {"publishes": [], "consumes": consumed}})
    assert "| `case.opened.v1` | It happened. | `id?` | customers (projections, timeline) |" in page
