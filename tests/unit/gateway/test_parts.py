"""The small parts: breaker, rate limits, identity tokens, the mail sink and the documents."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

import jwt
import pytest
from openapi_spec_validator import validate

from gateway.breaker import FIRST_PAUSE, LONGEST_PAUSE, THRESHOLD, Breaker, State
from gateway.http.rate_limit import Policy, RateLimiter
from gateway.http.routing import committed, committed_table
from servicekit.auth import Kind, Principal, Verifier
from servicekit.errors import TooMany, Unauthenticated


class Hand:
    """A clock moved by hand."""

    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_probe_through():
    clock = Hand()
    breaker = Breaker(clock=clock)
    for _ in range(THRESHOLD):
        assert breaker.may_pass()
        breaker.failed()
    assert (breaker.state, breaker.may_pass()) == (State.OPEN, False)
    clock.at += FIRST_PAUSE
    assert breaker.state is State.HALF_OPEN
    assert [breaker.may_pass(), breaker.may_pass()] == [True, False]
    breaker.succeeded()
    assert (breaker.state, breaker.may_pass()) == (State.CLOSED, True)


def test_the_breaker_waits_longer_after_each_failed_probe_up_to_a_limit():
    clock = Hand()
    breaker = Breaker(clock=clock)
    for _ in range(THRESHOLD):
        breaker.failed()
    pauses = []
    for _ in range(8):
        pauses.append(breaker.seconds_left())
        clock.at += breaker.seconds_left()
        assert breaker.may_pass()
        breaker.failed()
    assert pauses[:3] == pytest.approx([FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE])
    assert max(pauses) == LONGEST_PAUSE


def test_one_success_forgives_failures_that_were_not_in_a_row():
    breaker = Breaker()
    for _ in range(3 * THRESHOLD):
        breaker.failed()
        breaker.succeeded()
    assert breaker.state is State.CLOSED


def test_a_probe_that_its_caller_gave_up_is_followed_by_another():
    clock = Hand()
    breaker = Breaker(clock=clock)
    for _ in range(THRESHOLD):
        breaker.failed()
    clock.at += FIRST_PAUSE
    assert breaker.may_pass()
    breaker.gave_up()
    assert breaker.may_pass()


def test_a_rate_limit_counts_each_caller_and_begins_anew_after_a_minute():
    clock = Hand()
    rates, policy = RateLimiter(clock=clock), Policy(name="p", per_minute=2)
    assert [rates.take(policy, "a").left, rates.take(policy, "a").left, rates.take(policy, "b").left] == [1, 0, 1]
    with pytest.raises(TooMany) as refused:
        rates.take(policy, "a")
    assert refused.value.headers["Retry-After"] == "60"
    clock.at += 60
    assert rates.take(policy, "a").left == 1


def test_a_limit_of_nought_is_none():
    rates = RateLimiter()
    for _ in range(1000):
        assert rates.take(Policy(name="p", per_minute=0), "a").headers == {}


@pytest.fixture
def token(bench):
    principal = Principal(id="usr_1", kind=Kind.USER, permissions=frozenset({"cases:read"}))
    return bench.minter.mint(principal, "cases")


@pytest.fixture
def verifier(bench):
    return Verifier.from_file(bench.environ["CRM_IDENTITY_KEYS"], "cases")


def segment(data):
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def test_an_identity_is_believed_by_its_own_service_alone(bench, verifier, token):
    assert verifier.verify(token).id == "usr_1"
    with pytest.raises(Unauthenticated):
        Verifier.from_file(bench.environ["CRM_IDENTITY_KEYS"], "orders").verify(token)


def test_forged_identities_are_refused(bench, verifier, token):
    claims = jwt.decode(token, options={"verify_signature": False})
    keys = json.loads(Path(bench.environ["CRM_IDENTITY_KEYS"]).read_text())
    head = {"typ": "at+jwt", "kid": "test"}
    none = f"{segment({**head, 'alg': 'none'})}.{segment(claims)}."
    signed = f"{segment({**head, 'alg': 'HS256'})}.{segment(claims)}"
    mac = hmac.new(keys["test"].encode(), signed.encode(), hashlib.sha256).digest()
    hs256 = f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    changed = token.split(".")
    changed[1] = segment({**claims, "permissions": ["*"]})
    for forged in (none, hs256, ".".join(changed), token[:-4] + "AAAA"):
        with pytest.raises(Unauthenticated):
            verifier.verify(forged)


@pytest.mark.parametrize("change", [{"exp": 1}, {"iss": "somebody"}, {"aud": "orders"}, {"aud": ["cases", "orders"]}])
def test_an_identity_that_is_over_or_meant_for_others_is_refused(bench, verifier, token, change):
    key = json.loads(Path(bench.environ["CRM_IDENTITY_SIGNING_KEY"]).read_text())
    claims = {**jwt.decode(token, options={"verify_signature": False}), **change}
    again = jwt.encode(claims, key["private_pem"], algorithm="EdDSA", headers={"kid": key["kid"], "typ": "at+jwt"})
    with pytest.raises(Unauthenticated):
        verifier.verify(again)


def test_an_identity_of_the_inside_opens_nothing_at_the_door(gateway, bench):
    root = Principal(id="usr_1", kind=Kind.USER, permissions=frozenset({"*"}))
    for audience in ("gateway", "cases"):
        assert gateway.with_token(bench.minter.mint(root, audience)).get("/users").status_code == 401


def test_the_merged_document_is_valid_and_every_operation_has_a_home():
    document = json.loads(committed("openapi.json"))
    validate(document)
    routes = committed_table().routes
    assert {route.service for route in routes.values()} == {"gateway", "customers", "cases", "orders", "notifications"}
    assert all(route.needs for route in routes.values())


def test_what_the_gateway_serves_is_what_its_document_says(gateway):
    documented = {key for key, route in committed_table().routes.items() if route.service == "gateway"}
    served = set()
    for operation in gateway.service.operations:
        served.add((operation.method, operation.path.replace("<", "{").replace(">", "}")))
    assert served == documented


def test_every_message_of_the_asyncapi_document_points_to_what_is_there():
    document = json.loads(committed("asyncapi.json"))
    assert document["asyncapi"] == "3.0.0"
    text = json.dumps(document)
    pointers = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}
    assert len(pointers) > 50
    for pointer in pointers:
        node = document
        for step in pointer.removeprefix("#/").split("/"):
            node = node[step]
        assert node


def test_the_documents_are_served(gateway):
    assert gateway.http.get("/api/openapi.json").json["openapi"] == "3.1.0"
    assert gateway.http.get("/api/asyncapi.json").json["asyncapi"] == "3.0.0"
    page = gateway.http.get("/api/docs")
    assert page.status_code == 200
    assert "<script>" not in page.text
    with gateway.http.get("/api/docs/static/start.js") as script:
        assert script.status_code == 200
    assert gateway.http.get("/api/docs/vendor/secret.js").status_code == 404


def test_metrics_are_not_for_everybody(gateway):
    outside = {"REMOTE_ADDR": "192.0.2.7"}
    assert gateway.http.get("/metrics", environ_overrides=outside).status_code == 401
    assert gateway.http.get("/metrics").status_code == 200


def test_the_mail_sink_shows_mail_and_runs_nothing_of_it(start_gateway, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "one.eml").write_bytes(
        b"From: a@example.com\r\nTo: b@example.com\r\nSubject: <b>Hi</b>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/alternative; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nplain <text>\r\n"
        b"--x\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script><p>html</p>\r\n--x--\r\n"
    )
    gateway = start_gateway(CRM_DEV_MAIL_DIR=str(folder))
    listed = gateway.http.get("/dev/mail").text
    assert "&lt;b&gt;Hi&lt;/b&gt;" in listed
    assert "<b>Hi" not in listed
    shown = gateway.http.get("/dev/mail/one.eml").text
    assert "plain &lt;text&gt;" in shown
    assert "<script>" not in shown
    html = gateway.http.get("/dev/mail/one.eml/html")
    assert html.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert gateway.http.get("/dev/mail/..%2f..%2fgateway.db").status_code == 404
    assert gateway.http.get("/dev/mail/none.eml").status_code == 404


def test_there_is_no_mail_sink_in_production(start_gateway, tmp_path):
    gateway = start_gateway(CRM_DEV_MAIL_DIR=str(tmp_path), CRM_ENV="production")
    assert gateway.http.get("/dev/mail").status_code == 404


def test_the_clock_of_the_breaker_is_the_real_one_by_default():
    breaker = Breaker()
    for _ in range(THRESHOLD):
        breaker.failed()
    begun = time.monotonic()
    while not breaker.may_pass():
        assert time.monotonic() - begun < 5
        time.sleep(0.01)
    assert time.monotonic() - begun >= FIRST_PAUSE * 0.9
