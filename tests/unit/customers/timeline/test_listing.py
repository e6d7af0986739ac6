"""The timeline of a customer as a list: its order, its filters, and who sees which entry."""

import pytest

from servicekit.auth import Scope
from tests.unit.customers.events import (
    STEP,
    case_event,
    event_of_case,
)


@pytest.mark.proves("F118")
def test_the_timeline_shows_the_newest_first_by_when_it_happened(customers):
    acme = customers.organization()
    customers.harness.clock.move(hours=1)
    customers.note(acme["id"])
    customers.harness.clock.move(hours=1)
    customers.activity(acme["id"], title="Long ago", occurred_at="2020-01-01T10:00:00Z")
    customers.activity(acme["id"], title="Now")
    shown = customers.titles(acme["id"])
    assert shown == ["Call: Now", "Note", f"Customer {acme['number']} was added", "Call: Long ago"]


@pytest.mark.proves("F119")
def test_the_timeline_is_filtered_by_type(customers):
    acme = customers.organization()
    customers.note(acme["id"])
    customers.activity(acme["id"])
    assert customers.titles(acme["id"], "?kind=activity") == ["Call: Renewal"]
    assert sorted(customers.titles(acme["id"], "?kind[in]=note,activity")) == ["Call: Renewal", "Note"]


def test_an_entry_names_its_author_as_soon_as_the_name_is_known(customers):
    ines = customers.client("customers:read", "customers:write", id="usr_ines")
    customer = customers.individual(by=ines)
    customers.note(customer["id"], by=ines)
    entry = customers.timeline(customer["id"], "?kind=note", by=ines)[0]
    assert (entry["title"], entry["actor_id"], entry["actor_name"]) == ("Note", "usr_ines", None)
    customers.receive_user("ines", personal={"name": "Ines Duarte"})
    entry = customers.timeline(customer["id"], "?kind=note", by=ines)[0]
    assert (entry["title"], entry["actor_name"]) == ("Note, by Ines Duarte", "Ines Duarte")
    assert ines.get("/notes").get_json()["data"][0]["author_name"] == "Ines Duarte"


def test_the_timeline_of_a_person_hides_what_belongs_to_an_organization_of_another_team(customers):
    foreign = customers.organization(team_id="tea_2")
    person = customers.individual(team_id="tea_1")
    customers.deliver(case_event("opened", customer_id=foreign["id"], contact_id=person["id"], subject="Secret"))
    ours = customers.client("customers:read", id="usr_a", scope=Scope.TEAM, team_ids=("tea_1",))

    def shown(caller):
        rows = caller.get(f"/customers/{person['id']}/timeline").get_json()["data"]
        return [row for row in rows if row["kind"] == "case.opened"]

    assert len(shown(customers.staff)) == 1
    assert shown(ours) == []


def test_entries_of_one_instant_are_ordered_by_their_events(customers):
    customer = customers.organization()
    same = {"time": "2030-01-01T00:00:00Z"}
    first, second = (
        event_of_case(
            "workflow.started.v1",
            customer_id=customer["id"],
            more={**same, "id": "01a2030c-0000-7000-8000-000000000001"},
        ),
        event_of_case(
            "step.activated.v1",
            **STEP,
            customer_id=customer["id"],
            more={**same, "id": "01a2030c-0000-7000-8000-000000000002"},
        ),
    )
    customers.deliver(second)
    customers.deliver(first)
    assert customers.titles(customer["id"])[:2] == ["Approval: Approve refund", "Workflow started: Complaint"]


@pytest.mark.parametrize("query", ["uberweisung", "ÜBERWEISUNG", "c-000001 nie", "nie angekommen", "  "])
def test_the_timeline_is_searched_without_case_and_accents(customers, query):
    acme = customers.organization()
    customers.deliver(case_event("opened", customer_id=acme["id"], subject="Die Überweisung ist nie angekommen"))
    answer = customers.staff.get(f"/customers/{acme['id']}/timeline", query_string={"q": query})
    assert answer.get_json()["data"][0]["kind"] == "case.opened"


def test_the_timeline_is_not_searched_by_the_words_of_its_titles(customers):
    acme = customers.organization()
    customers.deliver(case_event("opened", customer_id=acme["id"]))
    assert customers.titles(acme["id"], "?q=opened") == []
    assert customers.titles(acme["id"], "?q=%25") == []


def test_an_edited_note_is_found_by_its_new_text_alone(customers):
    acme = customers.organization()
    note = customers.note(acme["id"], "Wrong number")
    customers.staff.patch(f"/notes/{note['id']}", {"body": "Right address"})
    assert customers.titles(acme["id"], "?q=address") == ["Note"]
    assert customers.titles(acme["id"], "?q=number") == []
