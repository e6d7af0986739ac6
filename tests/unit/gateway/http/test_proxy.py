"""The proxy, against a real service process: what goes through, and what is stripped."""

import pytest

from servicekit.auth import Kind, Verifier


def received_headers(answer):
    """What the service got, by lower-case name."""
    return {name.lower(): value for name, value in answer.json["headers"]}


def test_a_request_goes_through_with_method_path_query_and_body_unchanged(proxied):
    answer = proxied.person().patch("/cases/cas_1?a=1&a=2&b=%2Fx%20y", {"subject": "hello"})
    assert answer.status_code == 200
    assert answer.json["method"] == "PATCH"
    assert answer.json["path"] == "/api/v1/cases/cas_1?a=1&a=2&b=%2Fx%20y"
    assert answer.json["length"] == len(b'{"subject": "hello"}')


def test_the_service_gets_a_signed_identity_for_itself_alone(proxied):
    answer = proxied.person().get("/cases")
    token = received_headers(answer)["authorization"].removeprefix("Bearer ")
    keys = proxied.service.settings.identity_keys
    principal = Verifier.from_file(keys, "cases").verify(token)
    assert (principal.kind, principal.roles, principal.permissions) == (Kind.USER, ("administrator",), {"*"})


def test_what_a_caller_says_about_itself_is_not_passed_on(proxied):
    lies = {
        "X-User-Id": "usr_root",
        "X-User-Roles": "administrator",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=127.0.0.1",
        "X-Real-IP": "127.0.0.1",
        "Cookie": "crm_session=abc",
        "Proxy-Authorization": "Basic xyz",
        "traceparent": "not a trace",
    }
    got = received_headers(proxied.person().ask("GET", "/cases", headers=lies))
    assert not {name.lower() for name in lies} & got.keys()


def test_hop_by_hop_headers_stay_on_their_hop_both_ways(proxied):
    sent = {"Connection": "keep-alive, X-My-Hop", "X-My-Hop": "1", "TE": "trailers", "Upgrade": "h2c"}
    answer = proxied.person().ask("GET", "/cases", headers=sent)
    assert not {"x-my-hop", "te", "upgrade"} & received_headers(answer).keys()
    assert not {"X-Private-Hop", "Keep-Alive", "Connection", "Set-Cookie"} & set(answer.headers.keys())


def test_a_header_that_comes_twice_leaves_twice(proxied):
    assert proxied.person().get("/cases").headers.getlist("X-Twice") == ["one", "two"]


def test_request_id_and_trace_go_with_the_request(proxied):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    sent = {"X-Request-Id": "request-of-mine-1", "traceparent": trace}
    answer = proxied.person().ask("GET", "/cases", headers=sent)
    assert answer.headers["X-Request-Id"] == "request-of-mine-1"
    assert (received_headers(answer)["x-request-id"], received_headers(answer)["traceparent"]) == (
        "request-of-mine-1",
        trace,
    )


@pytest.mark.parametrize("path", ["/nothing", "/cases/cas_1/nothing", "/cases/cas_1:explode", "/", "/users/usr_1/x"])
def test_a_path_that_is_not_in_the_document_does_not_exist(proxied, path):
    answer = proxied.person().post(path)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/cases", {"GET", "HEAD", "POST"}),
        ("GET", "/cases/cas_1:assign", {"POST"}),
        ("PUT", "/users", {"GET", "HEAD", "POST"}),
        ("OPTIONS", "/cases", {"GET", "HEAD", "POST"}),
    ],
)
def test_a_wrong_method_is_405_and_says_which_are_right(proxied, method, path, allowed):
    answer = proxied.person().ask(method, path)
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "path",
    [
        "/cases/..%2fusers",
        "/cases/%2e%2e/users",
        "/cases/a%5cb",
        "/cases/a%00b",
        "/cases//x",
        "/cases/./x",
        "/cases/..",
    ],
)
def test_a_path_with_two_readings_goes_nowhere(proxied, echo, path):
    before = echo.seen()
    answer = proxied.person().ask("GET", path)
    assert answer.status_code in {308, 400, 404}
    assert echo.seen() == before


def test_without_login_there_is_nothing_but_what_is_public(proxied, echo):
    refused = proxied.http.get("/api/v1/cases")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert echo.seen() == 0
    answer = proxied.http.post("/api/v1/forms/contact/submissions", json={"answers": {}})
    assert answer.status_code == 200
    token = received_headers(answer)["authorization"].removeprefix("Bearer ")
    principal = Verifier.from_file(proxied.service.settings.identity_keys, "cases").verify(token)
    assert (principal.kind, principal.permissions) == (Kind.PUBLIC, frozenset())


def test_a_json_body_above_one_megabyte_is_refused(proxied, echo):
    person = proxied.person()
    answer = person.ask("POST", "/cases", data=b" " * (1024 * 1024 + 1), content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert echo.seen() == 0
    assert person.ask("POST", "/cases", data=b" " * 1024 * 1024, content_type="application/json").status_code == 200


def test_a_large_upload_is_streamed_up_to_its_limit(proxied):
    person = proxied.person()
    answer = person.ask("POST", "/cases", data=b"x" * 5_000_000, content_type="application/octet-stream")
    assert answer.json["length"] == 5_000_000
    limit = 25 * 1024 * 1024
    refused = person.ask("POST", "/cases", data=b"x" * (limit + 1), content_type="application/octet-stream")
    assert refused.status_code == 413


def test_a_large_answer_is_streamed_whole(proxied, echo):
    person = proxied.person()
    for _ in range(3):
        assert len(person.get("/cases?size=3000000").data) == 3_000_000
    assert echo.seen("connections") <= 3  # the pool's one, and two to ask the echo itself


def test_a_refusal_of_the_service_comes_back_as_it_is(proxied):
    answer = proxied.person().get("/cases/cas_1?status=409")
    assert answer.status_code == 409
