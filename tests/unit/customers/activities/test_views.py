"""Notes, activities and the timeline, as callers see them."""

from typing import Any

import pytest

from servicekit.auth import Scope
from tests.unit.customers.factories import case_told, individual, organization, timeline, titles, user_told


def note(staff, customer_id, body="Call back"):
    answer = staff.post("/notes", {"customer_id": customer_id, "body": body})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def activity(staff, customer_id, **fields: Any):
    answer = staff.post("/activities", {"customer_id": customer_id, "kind": "call", "title": "Renewal", **fields})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


@pytest.mark.proves("F117")
def test_an_activity_is_logged_with_title_description_duration_and_outcome(running, staff):
    acme = organization(staff)
    body = {
        "kind": "meeting",
        "title": "Renewal",
        "body": "They want to renew.",
        "duration_minutes": 45,
        "outcome": "positive",
    }
    logged = activity(staff, acme["id"], **body)
    assert {name: logged[name] for name in body} == body
    entry = timeline(staff, acme["id"])[0]
    assert (entry["kind"], entry["title"], entry["body"]) == ("activity", "Meeting: Renewal", "They want to renew.")
    assert entry["data"] == {"kind": "meeting", "outcome": "positive", "duration_minutes": 45, "title": "Renewal"}
    assert running.recorded()[-1]["data"]["id"] == logged["id"]
    assert staff.get(f"/activities?customer_id={acme['id']}").get_json()["data"] == [logged]
    facts = staff.get(f"/customers/{acme['id']}").get_json()["facts"]
    assert facts["last_interaction_at"] == logged["occurred_at"]


def test_only_calls_and_meetings_have_a_duration(staff):
    acme = organization(staff)
    body = {"customer_id": acme["id"], "kind": "email", "title": "Offer", "duration_minutes": 5}
    assert staff.post("/activities", body).get_json()["errors"][0]["pointer"] == "/duration_minutes"


@pytest.mark.proves("F118")
def test_the_timeline_shows_the_newest_first_by_when_it_happened(bench, staff):
    acme = organization(staff)
    bench.clock.move(hours=1)
    note(staff, acme["id"])
    bench.clock.move(hours=1)
    activity(staff, acme["id"], title="Long ago", occurred_at="2020-01-01T10:00:00Z")
    activity(staff, acme["id"], title="Now")
    shown = titles(staff, acme["id"])
    assert shown == ["Call: Now", "Note", f"Customer {acme['number']} was added", "Call: Long ago"]


@pytest.mark.proves("F119")
def test_the_timeline_is_filtered_by_type(staff):
    acme = organization(staff)
    note(staff, acme["id"])
    activity(staff, acme["id"])
    assert titles(staff, acme["id"], "?kind=activity") == ["Call: Renewal"]
    assert sorted(titles(staff, acme["id"], "?kind[in]=note,activity")) == ["Call: Renewal", "Note"]


@pytest.mark.proves("F120")
def test_activities_are_searched_by_title_and_text(staff):
    acme = organization(staff)
    activity(staff, acme["id"], title="Renewal", body="Discount of ten percent")
    activity(staff, acme["id"], title="Complaint")
    found = staff.get("/activities?q=DISCOUNT").get_json()["data"]
    assert [one["title"] for one in found] == ["Renewal"]
    assert titles(staff, acme["id"], "?q=complaint") == ["Call: Complaint"]


@pytest.mark.proves("F123")
def test_pinned_notes_are_on_top_until_unpinned(bench, staff):
    acme = organization(staff)
    first = note(staff, acme["id"], "first")
    bench.clock.move(minutes=1)
    second = note(staff, acme["id"], "second")
    listed = lambda: [one["body"] for one in staff.get(f"/notes?customer_id={acme['id']}").get_json()["data"]]
    assert listed() == ["second", "first"]
    assert staff.post(f"/notes/{first['id']}:pin").get_json()["is_pinned"] is True
    assert listed() == ["first", "second"]
    assert staff.post(f"/notes/{first['id']}:unpin").get_json()["is_pinned"] is False
    assert listed() == ["second", "first"]
    assert staff.get(f"/notes/{second['id']}").get_json()["body"] == "second"


@pytest.mark.proves("F122")
@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        '<a href="javascript:alert(1)">x</a>',
        "<javascript:alert(1)>",
    ],
)
def test_a_note_is_formatted_and_nothing_dangerous_survives(staff, attack):
    acme = organization(staff)
    written = note(staff, acme["id"], f"**Important** and [a page](https://a.example)\n\n- one\n\n{attack}")
    html = written["body_html"]
    assert "<strong>Important</strong>" in html
    assert "<li>" in html
    assert 'rel="noopener noreferrer nofollow"' in html
    for dangerous in ("<script", "<img src=x", '<a href="javascript', 'src="data'):
        assert dangerous not in html


def test_an_edited_note_changes_on_the_timeline_and_a_deleted_one_leaves_it(staff):
    acme = organization(staff)
    written = note(staff, acme["id"], "wrong")
    assert staff.patch(f"/notes/{written['id']}", {"body": "right"}).get_json()["body"] == "right"
    assert timeline(staff, acme["id"], "?kind=note")[0]["body"] == "right"
    assert staff.delete(f"/notes/{written['id']}").status_code == 204
    assert timeline(staff, acme["id"], "?kind=note") == []


def test_an_entry_names_its_author_as_soon_as_the_name_is_known(running, bench):
    ines = running.client("customers:read", "customers:write", id="usr_ines")
    customer = individual(ines)
    note(ines, customer["id"])
    entry = timeline(ines, customer["id"], "?kind=note")[0]
    assert (entry["title"], entry["actor_id"], entry["actor_name"]) == ("Note", "usr_ines", None)
    running.receive(user_told())
    entry = timeline(ines, customer["id"], "?kind=note")[0]
    assert (entry["title"], entry["actor_name"]) == ("Note, by Ines Duarte", "Ines Duarte")
    assert ines.get("/notes").get_json()["data"][0]["author_name"] == "Ines Duarte"


def test_an_empty_note_is_refused(staff):
    acme = organization(staff)
    assert staff.post("/notes", {"customer_id": acme["id"], "body": " \n "}).status_code == 422
    assert staff.post("/notes", {"customer_id": "cus_unknown", "body": "x"}).status_code == 404


def test_the_timeline_of_a_person_hides_what_belongs_to_an_organization_of_another_team(staff, running):
    foreign = organization(staff, team_id="tea_2")
    person = individual(staff, team_id="tea_1")
    running.receive(case_told("opened", customer_id=foreign["id"], contact_id=person["id"], subject="Secret"))
    ours = running.client("customers:read", id="usr_a", scope=Scope.TEAM, team_ids=("tea_1",))

    def shown(caller):
        rows = caller.get(f"/customers/{person['id']}/timeline").get_json()["data"]
        return [row for row in rows if row["kind"] == "case.opened"]

    assert len(shown(staff)) == 1
    assert shown(ours) == []
