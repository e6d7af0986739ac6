"""Who is asking, and what they may do and see."""

from servicekit.auth import Kind, Scope
from servicekit.testing.harness import ApiClient, RunningService


def titles(answer) -> list[str]:
    return [one["title"] for one in answer.json["data"]]


def test_a_request_without_an_identity_is_refused(library: RunningService) -> None:
    answer = library.app.test_client().get("/api/v1/books")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json["code"] == "unauthenticated"


def test_a_missing_permission_is_named(library: RunningService) -> None:
    answer = library.client("books:read").post("/books", {"title": "Emma"})
    assert (answer.status_code, answer.json["permission"]) == (403, "books:write")


def test_a_public_route_answers_a_visitor_and_a_private_one_does_not(library: RunningService) -> None:
    visitor = library.client(kind=Kind.PUBLIC)
    assert visitor.get("/opening-hours").status_code == 204
    assert visitor.get("/books").status_code == 401


def test_record_scope_keeps_other_peoples_rows_out_of_a_list(library: RunningService, librarian: ApiClient) -> None:
    librarian.post("/books", {"title": "Mine", "owner_id": "usr_a"})
    librarian.post("/books", {"title": "Nobody's"})
    librarian.post("/books", {"title": "Theirs", "owner_id": "usr_b"})
    own = library.client("books:read", id="usr_a", scope=Scope.OWN)
    team = library.client("books:read", id="usr_a", scope=Scope.TEAM)
    assert titles(own.get("/books")) == ["Mine"]
    assert sorted(titles(team.get("/books"))) == ["Mine", "Nobody's"]
