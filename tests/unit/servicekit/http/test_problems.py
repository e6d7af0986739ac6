"""Errors as problems."""

import pytest

from servicekit.auth import Kind
from servicekit.testing.harness import ApiClient, RunningService


def titles(answer) -> list[str]:
    return [one["title"] for one in answer.json["data"]]


def test_an_unexpected_error_shows_nothing_of_the_inside(library: RunningService) -> None:
    answer = library.client(kind=Kind.PUBLIC).get("/broken")
    assert (answer.status_code, answer.json["code"]) == (500, "unexpected")
    assert "SELECT" not in answer.text
    assert "passwd" not in answer.text


def test_a_request_id_is_taken_over_or_made(librarian: ApiClient) -> None:
    assert librarian.get("/books", headers={"X-Request-Id": "req-12345678"}).headers["X-Request-Id"] == "req-12345678"
    assert librarian.get("/books", headers={"X-Request-Id": "bad id\t"}).headers["X-Request-Id"].startswith("req_")


def test_two_who_make_the_same_thing_at_once_get_one_thing_and_one_409(
    librarian: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.toy.app.new_id", lambda _prefix: "boo_same")
    assert librarian.post("/books", {"title": "Emma"}).status_code == 201
    second = librarian.post("/books", {"title": "Momo"})
    assert (second.status_code, second.json["code"]) == (409, "conflict")
    assert titles(librarian.get("/books")) == ["Emma"]
