"""Headers in which callers claim to be somebody else: whoever sent the token is who asks."""

import json
import socket
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.access.callers import ADMINISTRATOR, OTHER_CHIEF, OTHER_TEAM, OWNER, email_of
from tests.access.forged_identities import Forger
from tests.access.scenario import Scenario, sign_in_with_browser

EVIL = "evil.example"
RUBBISH = "00-zz-../../etc/passwd-01"


def spoofed_headers(scenario: Scenario) -> dict[str, dict[str, str]]:
    """What somebody may send who would like to be the administrator, or at least to have been somewhere else."""
    admin = scenario.callers.ids[ADMINISTRATOR]
    identity = Forger.at(scenario.stack.installation.data, "customers").signed(sub=admin)
    return {
        "who I am": {"X-User-Id": admin, "X-User": admin, "X-Remote-User": admin, "Remote-User": admin},
        "who I am, for WSGI": {"X_User_Id": admin, "REMOTE_USER": admin, "HTTP_AUTHORIZATION": f"Bearer {identity}"},
        "what I may": {"X-User-Roles": "administrator", "X-User-Permissions": "*", "X-User-Scope": "all"},
        "whose teams": {
            "X-User-Team-Ids": scenario.callers.teams["North"],
            "X-User-Teams": scenario.callers.teams["North"],
        },
        "a second identity": {"X-Authorization": f"Bearer {identity}", "Proxy-Authorization": f"Bearer {identity}"},
        "where from": {"X-Forwarded-For": "6.6.6.6", "X-Real-Ip": "6.6.6.6", "Forwarded": f"for=6.6.6.6;host={EVIL}"},
        "where to": {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": f"//{EVIL}"},
        "another path": {"X-Original-URL": "/api/v1/users", "X-Rewrite-URL": "/api/v1/users"},
        "another method": {"X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "DELETE", "X-Method-Override": "PUT"},
        "what is not to be passed on": {"Connection": "Authorization, X-Request-Id, Content-Length, Host"},
        "which request": {"X-Request-Id": "%0d%0aX-User-Id: root", "traceparent": RUBBISH, "tracestate": "a=b"},
        "which request, at length": {"X-Request-Id": "r" * 4000, "traceparent": "0" * 4000},
        "somebody else's session": {"Cookie": f"crm_session={scenario.cookie}"},
    }


def event_about(scenario: Scenario, note_id: str) -> dict[str, Any]:
    """The event about this note or message, as it went on the wire."""
    rows = scenario.stack.sql("cases", "SELECT envelope FROM outbox WHERE aggregate_id = :id", id=note_id)
    found: dict[str, Any] = json.loads(rows[0][0])
    return found


def test_nobody_becomes_somebody_else_by_a_header(scenario: Scenario) -> None:
    caller, me = scenario.caller(OTHER_TEAM), scenario.callers.ids[OTHER_TEAM]
    plain = caller.ask("GET", "/api/v1/me").json()
    north = f"/api/v1/customers/{scenario.north.ids['customer']}"
    wrong = []
    for name, headers in spoofed_headers(scenario).items():
        asked = caller.ask("GET", "/api/v1/me", headers=headers)
        if (asked.status_code, asked.json()) != (200, plain):
            wrong.append(f"{name}: is {asked.text}")
        if (status := caller.ask("GET", north, headers=headers).status_code) != 404:
            wrong.append(f"{name}: the customer of the other team answers {status}")
        note = {"customer_id": scenario.south.ids["customer"], "body": f"{name}"}
        written = caller.ask("POST", "/api/v1/notes", json=note, headers=headers)
        if written.json().get("author_id") != me:
            wrong.append(f"{name}: the note is by {written.text}")
        if EVIL in str(written.headers) or EVIL in str(asked.headers):
            wrong.append(f"{name}: comes back in the headers of the answer")
    assert not wrong, "\n".join(wrong)


def test_history_and_events_name_who_did_it_and_a_request_id_of_ours(scenario: Scenario) -> None:
    caller, me = scenario.caller(OTHER_TEAM), scenario.callers.ids[OTHER_TEAM]
    case = scenario.south.ids["case"]
    wrong = []
    for name, headers in spoofed_headers(scenario).items():
        body = {"body": name, "is_internal": True}
        message = caller.ask("POST", f"/api/v1/cases/{case}/messages", json=body, headers=headers).json()
        event = event_about(scenario, message["id"])
        line = caller.ask("GET", f"/api/v1/cases/{case}/history", params={"limit": "1"}).json()["data"][0]
        if {message["author_id"], line["actor_id"], event["actor"]} != {me}:
            wrong.append(f"{name}: {message['author_id']} {line['actor_id']} {event['actor']}")
        if not event["correlationid"].startswith("req_") or RUBBISH in str(event):
            wrong.append(f"{name}: the event belongs to {event['correlationid']} {event.get('traceparent')}")
    assert not wrong, "\n".join(wrong)


def test_two_tokens_are_no_token(scenario: Scenario) -> None:
    own = f"Bearer {scenario.caller(OTHER_TEAM).token}"
    for other in (own, f"Bearer {scenario.caller(OTHER_CHIEF).token}", "Bearer nonsense"):
        for pair in ((own, other), (other, own)):
            connection = HTTPConnection("127.0.0.1", scenario.stack.installation.ports["gateway"], timeout=60)
            connection.putrequest("GET", "/api/v1/me")
            for value in pair:
                connection.putheader("Authorization", value)
            connection.endheaders()
            assert connection.getresponse().status in {400, 401}
            connection.close()


def test_a_token_goes_before_a_cookie(scenario: Scenario) -> None:
    cookie = {"Cookie": f"crm_session={scenario.cookie}"}
    for actor in (OTHER_TEAM, ADMINISTRATOR):
        me = scenario.caller(actor).ask("GET", "/api/v1/me", headers=cookie).json()
        assert me["id"] == scenario.callers.ids[actor]


def test_where_somebody_signs_in_from_is_what_the_connection_says(scenario: Scenario) -> None:
    sign_in_with_browser(scenario.stack, email_of(OWNER), **spoofed_headers(scenario)["where from"])
    assert {one["ip"] for one in scenario.caller(OWNER).rows("/api/v1/sessions")} == {"127.0.0.1"}


def test_a_page_is_not_ours_because_a_header_says_so(scenario: Scenario) -> None:
    port = scenario.stack.installation.ports["gateway"]
    claims = {
        f"http://{EVIL}": {"X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}"},
        f"https://127.0.0.1:{port}": {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on"},
        f"https://{EVIL}": {"X-Forwarded-Proto": "https", "X-Forwarded-Host": EVIL, "X-Forwarded-Ssl": "on"},
    }
    for origin, headers in claims.items():
        sent = {**headers, "Origin": origin, "Cookie": f"crm_session={scenario.cookie}"}
        answer = scenario.caller("anonymous").ask("PATCH", "/api/v1/me", json={}, headers=sent)
        assert (origin, answer.status_code) == (origin, 403)


def raw(scenario: Scenario, request: str) -> bytes:
    """All that comes back for these bytes."""
    with socket.create_connection(
        ("127.0.0.1", scenario.stack.installation.ports["gateway"]), timeout=60
    ) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize(
    "header",
    [
        "X-Request-Id: abc\n X-User-Id: root",
        "X-Request-Id: abc\rX-User-Id: root",
        "X-Request-Id: abc\0def",
        "X-User-Id : root",
        " X-User-Id: root",
        "X-Request-Id\n: root",
        "Transfer-Encoding: chunked\nContent-Length: 4",
        "Content-Length: 0\nContent-Length: 60",
        "Content-Length: +0",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: \x0bchunked",
    ],
    ids=repr,
)
def test_a_header_with_two_readings_is_read_by_nobody(scenario: Scenario, header: str) -> None:
    smuggled = "POST /api/v1/notifications:read-all HTTP/1.1\nHost: 127.0.0.1\nAuthorization: Bearer x\n\n"
    answer = raw(scenario, f"GET /livez HTTP/1.1\nHost: 127.0.0.1\n{header}\n\n0\n\n{smuggled}")
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:300]
    assert answer.count(b"HTTP/1.1 ") == 1
