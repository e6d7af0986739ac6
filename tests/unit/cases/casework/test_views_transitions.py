"""Cases moved over HTTP: from new to closed and back, and what closing asks for."""

from tests.unit.cases.conftest import CasesHarness


def test_a_transition_asks_for_the_version_that_was_seen(cases: CasesHarness) -> None:
    case = cases.open_case()

    assert cases.admin.post(f"/cases/{case['id']}:transition", {"status": "working"}).status_code == 428


def test_the_life_of_a_case_from_new_to_closed_and_back(cases: CasesHarness) -> None:
    case = cases.open_case()
    for status in ("working", "waiting", "resolved", "closed", "working"):
        answer = cases.transition(case["id"], status)
        assert (answer.status_code, answer.json["status"]) == (200, status)

    types = [event["type"].removeprefix("case.").removesuffix(".v1") for event in cases.recorded()]
    assert types == ["opened", "transitioned", "transitioned", "transitioned", "closed", "reopened"]
    assert [event["sequence"] for event in cases.recorded()] == [1, 2, 3, 4, 5, 6]
    closed = cases.recorded("case.closed")[0]["data"]
    assert (closed["is_open"], closed["previous_status"]) == (False, "resolved")
    assert closed["closed_at"] is not None
    assert answer.json["closed_at"] is None


def test_a_way_that_does_not_exist_is_refused_with_those_that_do(cases: CasesHarness) -> None:
    case = cases.open_case()
    cases.transition(case["id"], "resolved")

    answer = cases.transition(case["id"], "waiting")

    assert (answer.status_code, answer.json["code"]) == (409, "case_cannot_move")
    assert answer.json["allowed"] == ["working", "closed"] == cases.get_case(case["id"])["allowed_statuses"]


def test_closing_at_once_asks_how_it_ended(cases: CasesHarness) -> None:
    case = cases.open_case()

    assert cases.transition(case["id"], "closed").json["errors"][0]["pointer"] == "/outcome"
    assert cases.transition(case["id"], "closed", note="Asked twice").status_code == 200
