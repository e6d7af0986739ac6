"""The proxy, against a real service process: what goes through, what is stripped, and what happens when it is down."""

import time

import pytest

from gateway.breaker import LONGEST_PAUSE, THRESHOLD
from gateway.identity.login.password_check import start_session
from servicekit.auth import Kind, Verifier
from tests.servers.tools import free_port
from tests.unit.gateway.conftest import ADMIN, PASSWORD, running_echo


def heard(answer):
    """The headers that the service got, by lower-case name."""
    return {name.lower(): value for name, value in answer.json["headers"]}


def test_a_request_goes_through_with_method_path_query_and_body_unchanged(proxied):
    answer = proxied.person().patch("/cases/cas_1?a=1&a=2&b=%2Fx%20y", {"subject": "hello"})
    assert answer.status_code == 200
    assert answer.json["method"] == "PATCH"
    assert answer.json["path"] == "/api/v1/cases/cas_1?a=1&a=2&b=%2Fx%20y"
    assert answer.json["length"] == len(b'{"subject": "hello"}')


def test_the_service_gets_a_signed_identity_for_itself_alone(proxied):
    answer = proxied.person().get("/cases")
    token = heard(answer)["authorization"].removeprefix("Bearer ")
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
    got = heard(proxied.person().ask("GET", "/cases", headers=lies))
    assert not {name.lower() for name in lies} & got.keys()


def test_hop_by_hop_headers_stay_on_their_hop_both_ways(proxied):
    sent = {"Connection": "keep-alive, X-My-Hop", "X-My-Hop": "1", "TE": "trailers", "Upgrade": "h2c"}
    answer = proxied.person().ask("GET", "/cases", headers=sent)
    assert not {"x-my-hop", "te", "upgrade"} & heard(answer).keys()
    assert not {"X-Private-Hop", "Keep-Alive", "Connection", "Set-Cookie"} & set(answer.headers.keys())


def test_a_header_that_comes_twice_leaves_twice(proxied):
    assert proxied.person().get("/cases").headers.getlist("X-Twice") == ["one", "two"]


def test_request_id_and_trace_go_with_the_request(proxied):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    sent = {"X-Request-Id": "request-of-mine-1", "traceparent": trace}
    answer = proxied.person().ask("GET", "/cases", headers=sent)
    assert answer.headers["X-Request-Id"] == "request-of-mine-1"
    assert (heard(answer)["x-request-id"], heard(answer)["traceparent"]) == ("request-of-mine-1", trace)


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
    token = heard(answer)["authorization"].removeprefix("Bearer ")
    principal = Verifier.from_file(proxied.service.settings.identity_keys, "cases").verify(token)
    assert (principal.kind, principal.permissions) == (Kind.PUBLIC, frozenset())


@pytest.mark.parametrize(
    "header", ["Bearer crm_at_wrong", "Bearer ", "Basic YWRhOmFkYQ==", "Bearer crm_live_x_y_z", "nonsense"]
)
def test_wrong_credentials_are_refused_even_where_nobody_needs_any(proxied, header):
    for path in ("/cases", "/me"):
        assert proxied.http.get(f"/api/v1{path}", headers={"Authorization": header}).status_code == 401
    public = proxied.http.post("/api/v1/forms/contact/submissions", json={}, headers={"Authorization": header})
    assert public.status_code == 401


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


def test_connections_are_used_again(proxied, echo):
    person = proxied.person()
    for _ in range(20):
        assert person.get("/cases").status_code == 200
    assert person.ask("HEAD", "/cases").status_code == 200
    assert echo.seen("connections") == 1  # for twenty-one requests; this question has its own from before


def test_a_service_that_is_down_takes_only_its_own_routes_with_it(proxied):
    person = proxied.person()
    down = person.get("/customers")
    assert (down.status_code, down.json["code"], down.json["service"]) == (503, "unavailable", "customers")
    assert int(down.headers["Retry-After"]) >= 1
    assert person.get("/cases").status_code == 200
    assert person.get("/users").status_code == 200
    ready = proxied.http.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "degraded")
    assert ready.json["checks"]["customers"] == "cannot be reached"
    assert (ready.json["checks"]["cases"], ready.json["checks"]["database"]) == ("ok", "ok")


def test_a_service_that_comes_back_is_used_again_within_a_moment(start_gateway):
    port = free_port()
    person = start_gateway(CRM_CASES_URL=f"http://127.0.0.1:{port}").person()
    for _ in range(THRESHOLD):
        assert person.get("/cases").status_code == 503
    with running_echo(port):
        begun = time.monotonic()
        while person.get("/cases").status_code != 200:
            assert time.monotonic() - begun < 5 * LONGEST_PAUSE
            time.sleep(0.05)


def test_a_read_is_tried_again_when_the_service_stumbles(proxied, echo):
    assert proxied.person().get("/cases?status=502,503,200").status_code == 200
    assert echo.seen() == 3


def test_a_write_is_tried_again_only_with_an_idempotency_key(proxied, echo):
    person = proxied.person()
    assert person.post("/cases?status=502").status_code == 502
    assert echo.seen() == 1
    assert person.post("/cases?status=502,502,503,200", headers={"Idempotency-Key": "k"}).status_code == 200
    assert echo.seen() == 4


def test_a_refusal_of_the_service_comes_back_as_it_is(proxied):
    answer = proxied.person().get("/cases/cas_1?status=409")
    assert answer.status_code == 409


def test_a_cookie_alone_changes_nothing_from_a_foreign_page(proxied, echo):
    proxied.log_in()
    cookie = start_session(
        proxied.service.database, email=ADMIN, password="correct horse battery", now=proxied.clock(), ip=""
    )

    def post(**headers):
        sent = {"Cookie": f"crm_session={cookie}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return proxied.http.post("/api/v1/cases", json={}, headers=sent).status_code

    assert post() == 403
    assert post(Origin="https://evil.example") == 403
    assert post(Sec_Fetch_Site="cross-site", Origin="http://localhost") == 403
    assert post(Sec_Fetch_Site="same-site") == 403
    assert post(Origin="null") == 403
    assert echo.seen() == 0
    assert post(Sec_Fetch_Site="same-origin") == 200
    assert post(Origin="http://localhost") == 200
    assert proxied.http.get("/api/v1/cases", headers={"Cookie": f"crm_session={cookie}"}).status_code == 200


@pytest.mark.parametrize("env", ["development", "production"])
@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/cases", "/login", "/readyz", "/"])
def test_a_host_that_is_not_ours_is_answered_400(start_gateway, env, path):
    gateway = start_gateway(CRM_ENV=env, CRM_PUBLIC_URL="https://CRM.example:8443")
    for host in ("evil.example", "crm.example.evil.example", "x.crm.example", "crm.example@evil.example", "[::1]"):
        answer = gateway.http.get(path, headers={"Host": host})
        assert (answer.status_code, answer.json["code"]) == (400, "malformed")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "host",
    [
        "crm.example:8443",
        "localhost:5000",
        "127.0.0.1",
        "127.0.0.1:8000",
        "gateway:8000",
        "inside.example",
        "a.more.example",
    ],
)
def test_every_name_of_ours_is_heard_on_any_port(start_gateway, host):
    gateway = start_gateway(CRM_PUBLIC_URL="https://crm.example", CRM_TRUSTED_HOSTS="Inside.example, .more.example,")
    assert gateway.http.get("/livez", headers={"Host": host}).status_code == 200
    assert gateway.http.get("/readyz", headers={"Host": host}).status_code == 200


def test_a_foreign_host_does_not_make_a_foreign_page_ours(proxied, echo):
    proxied.log_in()
    cookie = start_session(proxied.service.database, email=ADMIN, password=PASSWORD, now=proxied.clock(), ip="")
    sent = {"Cookie": f"crm_session={cookie}", "Host": "evil.example", "Origin": "http://evil.example"}
    assert proxied.http.post("/api/v1/cases", json={}, headers=sent).status_code == 400
    assert echo.seen() == 0


def test_too_many_requests_are_told_how_long_to_wait(start_gateway, echo):
    gateway = start_gateway(
        CRM_CASES_URL=echo.url, CRM_RATE_LIMIT="3", CRM_RATE_LIMIT_PUBLIC="2", CRM_RATE_LIMIT_LOGIN="2"
    )
    person = gateway.person()
    first = person.get("/cases")
    assert first.headers["RateLimit"] == '"default";r=2;t=60'
    assert first.headers["RateLimit-Policy"] == '"default";q=3;w=60'
    assert [person.get("/cases").status_code for _ in range(3)] == [200, 200, 429]
    refused = person.get("/me")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many")
    assert int(refused.headers["Retry-After"]) in range(1, 61)
    form = "/api/v1/forms/contact/submissions"
    assert [gateway.http.post(form, json={}).status_code for _ in range(3)] == [200, 200, 429]
    assert [gateway.log_in().status_code for _ in range(2)] == [201, 429]


@pytest.mark.parametrize(
    "path", ["/api/v1/me", "/api/v1/cases", "/api/v1/nothing", "/api/docs", "/api/openapi.json", "/livez"]
)
def test_every_answer_carries_the_security_headers(start_gateway, echo, path):
    gateway = start_gateway(CRM_CASES_URL=echo.url, CRM_PUBLIC_URL="https://crm.example")
    headers = gateway.http.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] in {"no-store", "no-cache"}
    assert headers["X-Request-Id"]
