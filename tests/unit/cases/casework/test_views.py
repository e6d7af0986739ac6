"""Cases over HTTP: opened by hand, found, changed, assigned."""

import pytest

from servicekit.auth import Scope
from tests.unit.cases.conftest import CasesHarness, task


@pytest.mark.proves("F041", "F070", "F071", "F077")
@pytest.mark.parametrize("origin", ["phone", "in_person", "email"])
def test_staff_open_a_case_by_hand_linked_to_its_customer(cases: CasesHarness, origin: str) -> None:
    customer_id = cases.receive_customer("Acme")

    case = cases.open_case(
        cases.staff("sam"), customer_id=customer_id, origin=origin, priority="high", custom={"site": "B"}
    )

    assert case["number"] == "C-000001"
    assert (case["origin"], case["priority"], case["status"], case["type"]) == (origin, "high", "new", "general")
    assert (case["customer_name"], case["custom"], case["run"]) == ("Acme", {"site": "B"}, None)
    [opened] = cases.recorded("case.opened")
    assert (opened["subject"], opened["sequence"], opened["actor"]) == (case["id"], 1, "usr_sam")
    assert (opened["data"]["is_open"], opened["data"]["customer_id"]) == (True, customer_id)


def test_a_case_is_found_by_its_number_too(cases: CasesHarness) -> None:
    case = cases.open_case()

    assert cases.get_case("C-000001")["id"] == case["id"]


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"subject": ""}, "/subject"),
        ({"type": "gone"}, "/type"),
        ({"origin": "pigeon"}, "/origin"),
        ({"priority": "asap"}, "/priority"),
        ({"workflow": "gone"}, "/workflow"),
        ({"customer_id": "cus_gone"}, "/customer_id"),
        ({"owner_id": "usr_gone"}, "/owner_id"),
        ({"custom": {"x": {"deep": 1}}}, "/custom/x/value"),
        ({"custom": {"x": "y" * 2001}}, "/custom/x/value"),
        ({"number": "C-7"}, "/number"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cases: CasesHarness, facts: dict[str, object], pointer: str) -> None:
    answer = cases.admin.post("/cases", {"subject": "Broken", **facts})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == pointer
    assert cases.recorded() == []


def test_a_customer_who_is_archived_gets_no_new_case_and_a_blocked_one_does(cases: CasesHarness) -> None:
    archived = cases.receive_customer("Old", is_archived=True)
    blocked = cases.receive_customer("Bad", is_blocked=True)

    refused = cases.admin.post("/cases", {"subject": "x", "customer_id": archived})

    assert (refused.status_code, refused.json["code"]) == (409, "customer_archived")
    assert cases.open_case(customer_id=blocked)["customer_is_blocked"] is True


def test_the_cases_of_an_archived_customer_are_read_only(cases: CasesHarness) -> None:
    customer_id = cases.receive_customer("Acme")
    case = cases.open_case(customer_id=customer_id)
    cases.receive_customer("Acme", event="customer.archived.v1", is_archived=True)

    assert cases.admin.patch(f"/cases/{case['id']}", {"priority": "low"}).status_code == 409
    assert cases.admin.post(f"/cases/{case['id']}/messages", {"body": "Hello"}).status_code == 409
    assert cases.transition(case["id"], "working").status_code == 409
    assert cases.admin.post(f"/cases/{case['id']}:assign", {"owner_id": "usr_sam"}).status_code == 409


@pytest.mark.proves("F035")
def test_the_cases_of_a_customer_are_listed(cases: CasesHarness) -> None:
    acme, other = cases.receive_customer("Acme"), cases.receive_customer("Other")
    mine = cases.open_case(customer_id=acme)
    cases.open_case(customer_id=other)

    listed = cases.admin.get("/cases", query_string={"customer_id": acme}).json["data"]

    assert [case["id"] for case in listed] == [mine["id"]]


@pytest.mark.proves("F058")
@pytest.mark.parametrize("text", ["C-000002", "parcel", "ACME"])
def test_cases_are_found_by_number_subject_and_customer(cases: CasesHarness, text: str) -> None:
    cases.open_case(subject="Broken machine")
    cases.open_case(subject="Lost parcel", customer_id=cases.receive_customer("Acme"))

    found = cases.admin.get("/cases", query_string={"q": text, "include_total": "true"}).json

    assert [case["number"] for case in found["data"]] == ["C-000002"]
    assert found["total"] == {"value": 1, "relation": "eq"}


def test_a_percent_sign_in_a_search_means_itself(cases: CasesHarness) -> None:
    cases.open_case(subject="10% off")
    cases.open_case(subject="100 off")

    assert len(cases.admin.get("/cases", query_string={"q": "0% o"}).json["data"]) == 1


def test_cases_are_filtered_and_sorted(cases: CasesHarness) -> None:
    first, second = cases.open_case(priority="high"), cases.open_case(subject="A")
    cases.transition(first["id"], "closed", outcome="solved")

    def numbers(**query: str) -> list[str]:
        return [case["number"] for case in cases.admin.get("/cases", query_string=query).json["data"]]

    assert numbers(is_open="true") == [second["number"]]
    assert numbers(is_open="false") == [first["number"]]
    assert numbers(**{"status[in]": "new,working"}) == [second["number"]]
    assert numbers(priority="high") == [first["number"]]
    assert numbers(sort="subject") == [second["number"], first["number"]]
    assert numbers(sort="-number") == [second["number"], first["number"]]
    assert numbers(**{"owner_id[null]": "true", "customer_id[null]": "true"}) == [second["number"], first["number"]]


def test_a_change_publishes_what_changed_and_the_same_again_nothing(cases: CasesHarness) -> None:
    case = cases.open_case()

    changed = cases.admin.patch(f"/cases/{case['id']}", {"priority": "urgent", "subject": case["subject"]})
    same = cases.admin.patch(f"/cases/{case['id']}", {"priority": "urgent"})

    assert changed.json["priority"] == "urgent"
    assert same.json["version"] == changed.json["version"]
    [updated] = cases.recorded("case.updated")
    assert updated["data"]["changed"] == ["priority"]


def test_a_version_that_has_moved_on_is_refused(cases: CasesHarness) -> None:
    case = cases.open_case()
    cases.admin.patch(f"/cases/{case['id']}", {"priority": "urgent"})

    stale = cases.admin.patch(f"/cases/{case['id']}", {"priority": "low"}, headers={"If-Match": '"1"'})

    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')


def test_a_case_is_given_to_a_person_and_a_team(cases: CasesHarness) -> None:
    case = cases.open_case()

    given = cases.admin.post(f"/cases/{case['id']}:assign", {"owner_id": "usr_sam", "team_id": "tea_1"})
    taken = cases.admin.post(f"/cases/{case['id']}:assign", {"team_id": None})

    assert (given.json["owner_name"], given.json["team_id"]) == ("Sam", "tea_1")
    assert (taken.json["owner_id"], taken.json["team_id"]) == ("usr_sam", None)
    assert [event["data"]["changed"] for event in cases.recorded("case.assigned")] == [
        ["owner_id", "team_id"],
        ["team_id"],
    ]
    assert cases.admin.post(f"/cases/{case['id']}:assign", {}).status_code == 422


def test_the_history_names_what_happened_and_who_did_it(cases: CasesHarness) -> None:
    cases.publish_workflow("refund", task("triage"))
    case = cases.open_case(cases.staff("sue"), workflow="refund")
    cases.decide(cases.staff("sam"), cases.list_items()[0]["id"], "done", note="Easy")

    lines = cases.admin.get(f"/cases/{case['id']}/history", query_string={"sort": "at"}).json["data"]

    assert [(line["title"], line["actor_name"]) for line in lines] == [
        ("Case opened", "Sue"),
        ("Workflow “Refund” started", "Sue"),
        ("“Triage” waits for its people", None),
        ("“Triage”: done", "Sam"),
        ("Workflow “Refund” finished: done", "Sam"),
        ("new → resolved", "Sam"),
    ]
    assert lines[3]["note"] == "Easy"


def test_who_may_see_a_case_depends_on_their_scope(cases: CasesHarness) -> None:
    sams = cases.open_case(owner_id="usr_sam", team_id="tea_1")
    teams = cases.open_case(owner_id="usr_sue", team_id="tea_1")
    others = cases.open_case(owner_id="usr_max", team_id="tea_2")
    nobodys = cases.open_case()

    def seen(scope: Scope) -> set[str]:
        client = cases.staff("sam", scope=scope, team_ids=("tea_1",))
        return {case["id"] for case in client.get("/cases").json["data"]}

    assert seen(Scope.OWN) == {sams["id"]}
    assert seen(Scope.TEAM) == {sams["id"], teams["id"], nobodys["id"]}
    assert seen(Scope.ALL) == {sams["id"], teams["id"], others["id"], nobodys["id"]}
    own = cases.staff("sam", scope=Scope.OWN)
    for path in ("", "/messages", "/history", "/workflow"):
        assert own.get(f"/cases/{others['id']}{path}").status_code == 404


def test_without_permission_nothing_is_read_or_written(cases: CasesHarness) -> None:
    nobody, reader = cases.staff("sam", "orders:read"), cases.staff("sam", "cases:read")

    assert nobody.get("/cases").status_code == 403
    assert reader.post("/cases", {"subject": "x"}).status_code == 403
    assert cases.visitor.get("/cases").status_code == 401


def test_cases_opened_at_the_same_time_get_numbers_of_their_own(cases: CasesHarness) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda _: cases.open_case()["number"], range(8)))

    assert len(set(numbers)) == 8


def test_a_subject_is_one_line(cases: CasesHarness) -> None:
    case = cases.open_case(subject="Broken\r\nBcc: all@example.com")

    assert case["subject"] == "Broken Bcc: all@example.com"
    assert cases.admin.patch(f"/cases/{case['id']}", {"subject": " a\n b "}).json["subject"] == "a b"
    assert cases.admin.post("/cases", {"subject": " \n "}).status_code == 422
