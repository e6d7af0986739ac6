"""Notes, activities and the timeline, as callers see them."""

import pytest


@pytest.mark.proves("F117")
def test_an_activity_is_logged_with_title_description_duration_and_outcome(customers):
    acme = customers.organization()
    body = {
        "kind": "meeting",
        "title": "Renewal",
        "body": "They want to renew.",
        "duration_minutes": 45,
        "outcome": "positive",
    }
    logged = customers.activity(acme["id"], **body)
    assert {name: logged[name] for name in body} == body
    entry = customers.timeline(acme["id"])[0]
    assert (entry["kind"], entry["title"], entry["body"]) == ("activity", "Meeting: Renewal", "They want to renew.")
    assert entry["data"] == {"kind": "meeting", "outcome": "positive", "duration_minutes": 45, "title": "Renewal"}
    assert customers.recorded()[-1]["data"]["id"] == logged["id"]
    assert customers.staff.get(f"/activities?customer_id={acme['id']}").get_json()["data"] == [logged]
    facts = customers.staff.get(f"/customers/{acme['id']}").get_json()["facts"]
    assert facts["last_interaction_at"] == logged["occurred_at"]


def test_only_calls_and_meetings_have_a_duration(customers):
    acme = customers.organization()
    body = {"customer_id": acme["id"], "kind": "email", "title": "Offer", "duration_minutes": 5}
    assert customers.staff.post("/activities", body).get_json()["errors"][0]["pointer"] == "/duration_minutes"


@pytest.mark.proves("F120")
def test_activities_are_searched_by_title_and_text(customers):
    acme = customers.organization()
    customers.activity(acme["id"], title="Renewal", body="Discount of ten percent")
    customers.activity(acme["id"], title="Complaint")
    found = customers.staff.get("/activities?q=DISCOUNT").get_json()["data"]
    assert [one["title"] for one in found] == ["Renewal"]
    assert customers.titles(acme["id"], "?q=complaint") == ["Call: Complaint"]


@pytest.mark.proves("F123")
def test_pinned_notes_are_on_top_until_unpinned(customers):
    acme = customers.organization()
    first = customers.note(acme["id"], "first")
    customers.harness.clock.move(minutes=1)
    second = customers.note(acme["id"], "second")
    listed = lambda: [one["body"] for one in customers.staff.get(f"/notes?customer_id={acme['id']}").get_json()["data"]]
    assert listed() == ["second", "first"]
    assert customers.staff.post(f"/notes/{first['id']}:pin").get_json()["is_pinned"] is True
    assert listed() == ["first", "second"]
    assert customers.staff.post(f"/notes/{first['id']}:unpin").get_json()["is_pinned"] is False
    assert listed() == ["second", "first"]
    assert customers.staff.get(f"/notes/{second['id']}").get_json()["body"] == "second"


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
def test_a_note_is_formatted_and_nothing_dangerous_survives(customers, attack):
    acme = customers.organization()
    written = customers.note(acme["id"], f"**Important** and [a page](https://a.example)\n\n- one\n\n{attack}")
    html = written["body_html"]
    assert "<strong>Important</strong>" in html
    assert "<li>" in html
    assert 'rel="noopener noreferrer nofollow"' in html
    for dangerous in ("<script", "<img src=x", '<a href="javascript', 'src="data'):
        assert dangerous not in html


def test_an_edited_note_changes_on_the_timeline_and_a_deleted_one_leaves_it(customers):
    acme = customers.organization()
    written = customers.note(acme["id"], "wrong")
    assert customers.staff.patch(f"/notes/{written['id']}", {"body": "right"}).get_json()["body"] == "right"
    assert customers.timeline(acme["id"], "?kind=note")[0]["body"] == "right"
    assert customers.staff.delete(f"/notes/{written['id']}").status_code == 204
    assert customers.timeline(acme["id"], "?kind=note") == []


def test_an_empty_note_is_refused(customers):
    acme = customers.organization()
    assert customers.staff.post("/notes", {"customer_id": acme["id"], "body": " \n "}).status_code == 422
    assert customers.staff.post("/notes", {"customer_id": "cus_unknown", "body": "x"}).status_code == 404
