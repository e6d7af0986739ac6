"""The same request twice."""

from servicekit.testing.harness import ApiClient, RunningService


def titles(answer) -> list[str]:
    return [one["title"] for one in answer.json["data"]]


def test_the_same_idempotency_key_makes_one_thing_and_one_event(library: RunningService, librarian: ApiClient) -> None:
    first = librarian.post("/books", {"title": "Emma"}, headers={"Idempotency-Key": "k1"})
    second = librarian.post("/books", {"title": "Emma"}, headers={"Idempotency-Key": "k1"})
    assert second.status_code == 201
    assert second.json == first.json
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Location"] == first.headers["Location"]
    assert len(titles(librarian.get("/books"))) == len(library.recorded()) == 1


def test_a_refused_request_leaves_its_idempotency_key_free(librarian: ApiClient) -> None:
    book = librarian.post("/books", {"title": "Emma"}).json
    headers = {"Idempotency-Key": "k2", "If-Match": '"9"'}
    assert librarian.post(f"/books/{book['id']}:lend", headers=headers).status_code == 412
    assert librarian.post(f"/books/{book['id']}:lend", headers={**headers, "If-Match": '"1"'}).status_code == 200


def test_two_callers_with_the_same_idempotency_key_do_not_meet(library: RunningService) -> None:
    ana = library.client("books:*", id="usr_a")
    bo = library.client("books:*", id="usr_b")
    key = {"Idempotency-Key": "1"}
    assert (
        ana.post("/books", {"title": "Emma"}, headers=key).json["id"]
        != bo.post("/books", {"title": "Emma"}, headers=key).json["id"]
    )
