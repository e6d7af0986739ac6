"""The conversation of a case over HTTP: replies, notes, and what the customer wrote."""

import pytest

from tests.unit.cases.conftest import CasesHarness


def test_a_reply_stops_the_response_clock_and_a_note_does_not(cases: CasesHarness) -> None:
    case = cases.open_case()
    path = f"/cases/{case['id']}/messages"

    note = cases.staff("sam").post(path, {"body": "Looks bad", "is_internal": True})
    assert (note.status_code, cases.get_case(case["id"])["first_response_at"]) == (201, None)
    reply = cases.staff("sam").post(path, {"body": "We are on it"})

    assert (reply.json["direction"], reply.json["author_name"]) == ("out", "Sam")
    assert cases.get_case(case["id"])["first_response_at"] is not None
    assert [m["body"] for m in cases.admin.get(path).json["data"]] == ["Looks bad", "We are on it"]
    assert [m["is_internal"] for m in cases.admin.get(path, query_string={"is_internal": "true"}).json["data"]] == [
        True
    ]
    are_internal = [event["data"]["is_internal"] for event in cases.recorded("message.added")]
    assert are_internal == [True, False]
    assert "body" not in cases.recorded("message.added")[0]["data"]


@pytest.mark.parametrize("status", ["waiting", "resolved", "closed"])
def test_a_customer_who_answers_brings_the_case_back(cases: CasesHarness, status: str) -> None:
    case = cases.open_case()
    cases.transition(case["id"], status, outcome="solved")

    cases.admin.post(f"/cases/{case['id']}/messages", {"body": "Still broken", "direction": "in"})

    assert cases.get_case(case["id"])["status"] == "working"
