"""Bodies and query strings."""

import pytest

from servicekit.testing.harness import ApiClient


def titles(answer) -> list[str]:
    return [one["title"] for one in answer.json["data"]]


def test_a_new_thing_answers_201_with_location_etag_and_body(librarian: ApiClient) -> None:
    answer = librarian.post("/books", {"title": "Emma"})
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert librarian.get(answer.headers["Location"]).json == answer.json


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/title", "required"),
        ({"title": ""}, "/title", "invalid"),
        ({"title": 7}, "/title", "invalid"),
        ({"title": "Emma", "titel": "x"}, "/titel", "unknown_field"),
        ([], "", "wrong_type"),
    ],
)
def test_a_wrong_body_names_each_field_and_stores_nothing(librarian: ApiClient, body, pointer, code) -> None:
    answer = librarian.post("/books", body)
    assert answer.status_code == 422
    assert (answer.json["errors"][0]["pointer"], answer.json["errors"][0]["code"]) == (pointer, code)
    assert titles(librarian.get("/books")) == []


@pytest.mark.parametrize(
    "raw", [b'{"title": NaN}', b'{"title": Infinity}', b'{"title": "\\ud800"}', b'{"title": "\xff"}']
)
def test_a_body_that_only_looks_like_json_is_400(librarian: ApiClient, raw: bytes) -> None:
    assert librarian.post("/books", data=raw, content_type="application/json").status_code == 400


def test_a_body_that_is_not_json_is_400_and_of_another_type_415(librarian: ApiClient) -> None:
    assert librarian.post("/books", data="{", content_type="application/json").status_code == 400
    assert librarian.post("/books", data="title=Emma", content_type="text/plain").status_code == 415


@pytest.mark.parametrize("path", ["/books?q=a%00b", "/books/b%00"])
def test_a_nul_character_is_refused_wherever_it_stands(librarian: ApiClient, path: str) -> None:
    assert librarian.get(path).status_code == 400
    assert librarian.post("/books", {"title": "Em\0ma"}).status_code == 400


def test_a_body_over_the_limit_is_413(librarian: ApiClient) -> None:
    answer = librarian.post("/books", {"title": "x" * 2_000_000})
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_an_unknown_query_parameter_is_refused_by_name(librarian: ApiClient) -> None:
    answer = librarian.get("/books?titel=Emma")
    assert answer.status_code == 422
    assert answer.json["errors"][0] == {
        "pointer": "titel",
        "code": "unknown_parameter",
        "detail": "There is no such parameter here.",
    }


def test_an_idempotency_key_with_another_body_is_refused(librarian: ApiClient) -> None:
    librarian.post("/books", {"title": "Emma"}, headers={"Idempotency-Key": "k1"})
    answer = librarian.post("/books", {"title": "Momo"}, headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/books?created_at[gte]=0001-01-01T00:00:00%2B14:00", 422),
        ("/books?created_at[gte]=9999-12-31T23:59:59-14:00", 422),
        ("/books?created_at[gte]=yesterday", 422),
    ],
)
def test_a_time_that_cannot_be_is_refused(librarian: ApiClient, path: str, status: int) -> None:
    assert librarian.get(path).status_code == status


def test_a_body_nested_without_end_is_400(librarian: ApiClient) -> None:
    deep = b'{"title": ' + b"[" * 100_000
    assert librarian.post("/books", data=deep, content_type="application/json").status_code == 400
