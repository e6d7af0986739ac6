"""Forms: errors at their fields, and edits that clash with somebody else's."""

import pytest
from flask import Flask

from gateway.console.page.client import ApiResponse
from gateway.console.page.forms import Form, changed, merge, opened_values, packed


def refusal(*errors, detail="No."):
    return ApiResponse(service="books", status=422, data={"detail": detail, "errors": list(errors)})


def test_an_error_stands_at_the_field_that_its_pointer_names():
    form = Form(values={"email": "x", "city": ""})
    form.refused(refusal({"pointer": "/email", "detail": "Wrong."}, {"pointer": "/address/city", "detail": "Needed."}))
    assert form.errors == {"email": "Wrong.", "city": "Needed."}
    assert form.general == []
    assert form.is_wrong


def test_an_error_of_a_field_that_the_form_does_not_have_stands_above_it():
    form = Form(values={"email": "x"}).refused(refusal({"pointer": "/version", "detail": "Too old."}))
    assert (form.errors, form.general) == ({}, ["Too old."])


def test_a_pointer_may_be_the_name_of_another_field():
    form = Form(values={"sku-2": ""})
    form.refused(refusal({"pointer": "/lines/0/sku", "detail": "Unknown."}), names={"/lines/0/sku": "sku-2"})
    assert form.errors == {"sku-2": "Unknown."}


def test_without_errors_the_service_sentence_stands_above_the_form():
    assert Form().refused(refusal(detail="The customer is blocked.")).general == ["The customer is blocked."]
    assert Form().refused(ApiResponse(service="books", status=503)).general == ["This cannot be done right now."]


def test_the_fields_of_the_machinery_are_not_values():
    with Flask("form").test_request_context(data={"name": " Ada ", "_csrf": "t", "_once": "k"}, method="POST"):
        form = Form.posted()
    assert (form.values, form.key) == ({"name": "Ada"}, "k")


@pytest.mark.parametrize(
    ("was", "mine", "now", "clashes"),
    [
        ({"a": "1"}, {"a": "2"}, {"a": "1"}, []),
        ({"a": "1"}, {"a": "2"}, {"a": "2"}, []),
        ({"a": "1"}, {"a": "2"}, {"a": "3"}, [("a", "A", "3", "2")]),
        ({"a": "1", "b": "1"}, {"a": "2"}, {"a": "1", "b": "9"}, []),
        ({}, {"a": "2"}, {}, []),
    ],
)
def test_only_a_field_that_both_changed_differently_clashes(was, mine, now, clashes):
    merged = merge(mine, was, now, {"a": "A"})
    assert [(one.name, one.label, one.theirs, one.mine) for one in merged.clashes] == clashes
    assert merged.changes == mine


def test_what_was_opened_travels_with_the_form():
    values = {"name": "Åsa", "note": None}
    with Flask("form").test_request_context(data={"_was": packed(values)}, method="POST"):
        assert opened_values() == {"name": "Åsa", "note": ""}
    for broken in ("", "[1]", "{"):
        with Flask("form").test_request_context(data={"_was": broken}, method="POST"):
            assert opened_values() == {}


def test_changed_are_the_fields_that_differ_from_what_was_opened():
    assert changed({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "x"}) == {"b": "2"}
