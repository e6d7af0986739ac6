"""A key and an id never mean two different things: a key that looks like an id is refused."""

from typing import Any

import pytest

from servicekit.ids import new_id
from tests.unit.cases.conftest import PERSON, CasesHarness

MAKES: dict[str, dict[str, Any]] = {
    "/forms": {"name": "Contact us", "fields": PERSON},
    "/case-types": {"name": "Repair"},
    "/workflows": {"name": "Refund"},
}


@pytest.mark.parametrize("path", MAKES)
def test_a_key_that_is_the_id_of_another_is_refused_and_the_other_still_found(cases: CasesHarness, path: str) -> None:
    first = cases.admin.post(path, {"key": "first", **MAKES[path]}).json

    answer = cases.admin.post(path, {"key": first["id"], **MAKES[path]})

    assert answer.status_code == 422
    [error] = answer.json["errors"]
    assert (error["pointer"], error["detail"]) == ("/key", "This looks like an id. Choose a key that says what it is.")
    assert cases.admin.get(f"{path}/{first['id']}").json["key"] == "first"


@pytest.mark.parametrize("path", MAKES)
@pytest.mark.parametrize("prefix", ["frm", "cty", "wfl"])
def test_a_key_that_looks_like_an_id_is_refused_before_there_is_one(
    cases: CasesHarness, path: str, prefix: str
) -> None:
    answer = cases.admin.post(path, {"key": new_id(prefix), **MAKES[path]})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/key")


@pytest.mark.parametrize("path", MAKES)
@pytest.mark.parametrize("key", ["frm_contact", "cty_repairs_and_returns_of_2026", "wfl"])
def test_a_key_may_begin_like_an_id(cases: CasesHarness, path: str, key: str) -> None:
    assert cases.admin.post(path, {"key": key, **MAKES[path]}).status_code == 201
