"""What every route of every service does alike."""

import contextlib

import pytest

from servicekit.auth import Kind, Scope
from servicekit.http.routes import Routes
from servicekit.messaging import outbox
from servicekit.runtime.app import UndeclaredRoute, create_service
from servicekit.runtime.subdomains import Subdomain
from servicekit.testing.harness import ApiClient, RunningService
from tests.toy.app import Book, BookBought


def titles(answer) -> list[str]:
    return [one["title"] for one in answer.json["data"]]


@pytest.mark.parametrize("needs", ["", "books", "books:read books:write", "*"])
def test_a_service_with_a_route_that_declares_no_permission_does_not_start(library: RunningService, needs: str) -> None:
    careless = Routes("careless")
    careless.get("/secrets", needs=needs)(lambda call: None)
    with pytest.raises(UndeclaredRoute, match="GET /api/v1/secrets"):
        create_service(library.service.settings, package="tests.toy", subdomains=[Subdomain(routes=[careless])])


def test_a_route_cannot_be_declared_without_saying_what_it_needs() -> None:
    with pytest.raises(TypeError, match="needs"):
        Routes("careless").get("/secrets")


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


def test_a_list_is_paged_by_cursor_without_gaps_or_repeats(librarian: ApiClient) -> None:
    for number in range(7):
        librarian.post("/books", {"title": f"Book {number}"})
    seen, path = [], "/books?limit=3&sort=title"
    while path:
        answer = librarian.get(path)
        seen += titles(answer)
        cursor = answer.json["next_cursor"]
        path = f"/books?limit=3&sort=title&cursor={cursor}" if cursor else None
    assert seen == [f"Book {number}" for number in range(7)]


def test_a_cursor_of_another_list_is_refused(librarian: ApiClient) -> None:
    for number in range(3):
        librarian.post("/books", {"title": f"Book {number}"})
    cursor = librarian.get("/books?limit=1").json["next_cursor"]
    for path in (
        f"/books?limit=1&sort=title&cursor={cursor}",
        "/books?cursor=bm9uc2Vuc2U",
        f"/books?cursor={cursor[:-3]}abc",
    ):
        answer = librarian.get(path)
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "cursor_mismatch")


def test_filters_search_and_totals_work_together(librarian: ApiClient) -> None:
    for title in ("Emma", "Emil", "Momo"):
        librarian.post("/books", {"title": title})
    assert titles(librarian.get("/books?title[prefix]=Em&sort=title")) == ["Emil", "Emma"]
    assert titles(librarian.get("/books?q=om")) == ["Momo"]
    assert titles(librarian.get("/books?title[in]=Emma,Momo&sort=-title")) == ["Momo", "Emma"]
    assert librarian.get("/books?include_total=true&limit=1").json["total"] == {"value": 3, "relation": "eq"}


def test_record_scope_keeps_other_peoples_rows_out_of_a_list(library: RunningService, librarian: ApiClient) -> None:
    librarian.post("/books", {"title": "Mine", "owner_id": "usr_a"})
    librarian.post("/books", {"title": "Nobody's"})
    librarian.post("/books", {"title": "Theirs", "owner_id": "usr_b"})
    own = library.client("books:read", id="usr_a", scope=Scope.OWN)
    team = library.client("books:read", id="usr_a", scope=Scope.TEAM)
    assert titles(own.get("/books")) == ["Mine"]
    assert sorted(titles(team.get("/books"))) == ["Mine", "Nobody's"]


def test_a_patch_on_an_older_version_is_412_and_changes_nothing(librarian: ApiClient) -> None:
    book = librarian.post("/books", {"title": "Emma"}).json
    assert (
        librarian.patch(f"/books/{book['id']}", {"title": "Emil"}, headers={"If-Match": '"1"'}).headers["ETag"] == '"2"'
    )
    late = librarian.patch(f"/books/{book['id']}", {"title": "Momo"}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.headers["ETag"]) == (412, '"2"')
    assert librarian.get(f"/books/{book['id']}").json["title"] == "Emil"


def test_a_step_that_requires_a_version_says_so(librarian: ApiClient) -> None:
    book = librarian.post("/books", {"title": "Emma"}).json
    assert librarian.post(f"/books/{book['id']}:lend").status_code == 428
    assert librarian.post(f"/books/{book['id']}:lend", headers={"If-Match": '"1"'}).json["is_lent"] is True
    again = librarian.post(f"/books/{book['id']}:lend", headers={"If-Match": '"2"'})
    assert (again.status_code, again.json["code"]) == (409, "lent_twice")


def test_what_has_not_changed_is_304(librarian: ApiClient) -> None:
    book = librarian.post("/books", {"title": "Emma"}).json
    assert librarian.get(f"/books/{book['id']}", headers={"If-None-Match": '"1"'}).status_code == 304


def test_the_same_idempotency_key_makes_one_thing_and_one_event(library: RunningService, librarian: ApiClient) -> None:
    first = librarian.post("/books", {"title": "Emma"}, headers={"Idempotency-Key": "k1"})
    second = librarian.post("/books", {"title": "Emma"}, headers={"Idempotency-Key": "k1"})
    assert second.status_code == 201
    assert second.json == first.json
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Location"] == first.headers["Location"]
    assert len(titles(librarian.get("/books"))) == len(library.recorded()) == 1


def test_an_idempotency_key_with_another_body_is_refused(librarian: ApiClient) -> None:
    librarian.post("/books", {"title": "Emma"}, headers={"Idempotency-Key": "k1"})
    answer = librarian.post("/books", {"title": "Momo"}, headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "idempotency_key_reused")


def test_a_refused_request_leaves_its_idempotency_key_free(librarian: ApiClient) -> None:
    book = librarian.post("/books", {"title": "Emma"}).json
    headers = {"Idempotency-Key": "k2", "If-Match": '"9"'}
    assert librarian.post(f"/books/{book['id']}:lend", headers=headers).status_code == 412
    assert librarian.post(f"/books/{book['id']}:lend", headers={**headers, "If-Match": '"1"'}).status_code == 200


def test_an_unexpected_error_shows_nothing_of_the_inside(library: RunningService) -> None:
    answer = library.client(kind=Kind.PUBLIC).get("/broken")
    assert (answer.status_code, answer.json["code"]) == (500, "unexpected")
    assert "SELECT" not in answer.text
    assert "passwd" not in answer.text


def test_a_request_id_is_taken_over_or_made(librarian: ApiClient) -> None:
    assert librarian.get("/books", headers={"X-Request-Id": "req-12345678"}).headers["X-Request-Id"] == "req-12345678"
    assert librarian.get("/books", headers={"X-Request-Id": "bad id\t"}).headers["X-Request-Id"].startswith("req_")


def test_readiness_names_a_missing_migration(library: RunningService) -> None:
    client = library.app.test_client()
    assert client.get("/readyz").status_code == 200
    with library.service.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["database"]) == (503, "migrations missing: tests.toy")


def test_readiness_names_a_database_that_newer_code_has_migrated(library: RunningService) -> None:
    with library.service.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE kit_version SET version_num = '9999'")
    answer = library.app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["database"] == "migrated by newer code, which should run here: servicekit"


def test_metrics_count_requests_by_route_template(library: RunningService, librarian: ApiClient) -> None:
    librarian.get("/books")
    text = library.app.test_client().get("/metrics").text
    assert 'http_request_seconds_count{method="GET",route="/api/v1/books",status="200"} 1.0' in text
    assert "outbox_pending 0.0" in text


def test_an_action_is_not_taken_for_an_id(librarian: ApiClient) -> None:
    book = librarian.post("/books", {"title": "Emma"}).json
    assert librarian.get(f"/books/{book['id']}:lend").status_code == 405
    assert librarian.get(f"/books/{book['id']}:burn").status_code == 404


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


def test_two_callers_with_the_same_idempotency_key_do_not_meet(library: RunningService) -> None:
    ana = library.client("books:*", id="usr_a")
    bo = library.client("books:*", id="usr_b")
    key = {"Idempotency-Key": "1"}
    assert (
        ana.post("/books", {"title": "Emma"}, headers=key).json["id"]
        != bo.post("/books", {"title": "Emma"}, headers=key).json["id"]
    )


def test_a_savepoint_that_fails_costs_no_event(library: RunningService) -> None:
    database, now = library.service.database, library.harness.clock()
    with database.write() as session:
        book = Book(id="boo_1", title="Emma", is_lent=False, created_at=now, updated_at=now)
        session.add(book)
        outbox.record(session, BookBought(id=book.id, title=book.title), about=book, at=now)
        session.flush()
        with contextlib.suppress(RuntimeError), session.begin_nested():
            raise RuntimeError("tried in vain")
        with session.begin_nested():
            pass
    assert [event["type"] for event in library.recorded()] == ["book.bought.v1"]


def test_events_of_one_version_tell_the_state_as_it_is_committed(library: RunningService) -> None:
    database, now = library.service.database, library.harness.clock()
    with database.write() as session:
        book = Book(id="boo_1", title="Ema", is_lent=False, created_at=now, updated_at=now)
        session.add(book)
        outbox.record(session, lambda: BookBought(id=book.id, title=book.title), about=book, at=now)
        session.flush()
        book.title = "Emma"
    assert [(event["sequence"], event["data"]["title"]) for event in library.recorded()] == [(2, "Emma")]


def test_two_who_make_the_same_thing_at_once_get_one_thing_and_one_409(
    librarian: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.toy.app.new_id", lambda _prefix: "boo_same")
    assert librarian.post("/books", {"title": "Emma"}).status_code == 201
    second = librarian.post("/books", {"title": "Momo"})
    assert (second.status_code, second.json["code"]) == (409, "conflict")
    assert titles(librarian.get("/books")) == ["Emma"]
