"""Contacts of an organization, as callers see them."""

import pytest
from sqlalchemy import update

from customers.directory.actions import mark_customer_changed
from customers.directory.models import Customer
from servicekit.actor import Actor
from servicekit.auth import Scope


def names(customers, organization_id):
    return [one["name"] for one in customers.staff.get(f"/customers/{organization_id}/contacts").get_json()["data"]]


@pytest.mark.proves("F007")
@pytest.mark.proves("F054")
@pytest.mark.proves("F110")
@pytest.mark.proves("F027")
def test_a_contact_is_added_by_hand_with_all_its_fields(customers):
    acme = customers.organization()
    body = {
        "name": "Rui Costa",
        "email": "rui@acme.example",
        "phone": "+351 912 345 678",
        "job_title": "Head of Purchasing",
        "department": "Purchasing",
        "is_primary": True,
    }
    answer = customers.staff.post(f"/customers/{acme['id']}/contacts", body)
    assert answer.status_code == 201
    shown = answer.get_json()
    assert {name: shown[name] for name in body} == {**body, "phone": "+351912345678"}
    assert customers.staff.get(f"/contacts/{shown['id']}").get_json() == shown
    assert customers.staff.get(f"/customers/{shown['person_id']}").get_json()["kind"] == "individual"


@pytest.mark.proves("F006")
@pytest.mark.proves("F026")
@pytest.mark.proves("F111")
@pytest.mark.proves("F113")
def test_an_organization_has_many_contacts_and_one_primary_shown_first(customers):
    acme = customers.organization()
    customers.contact(acme["id"], name="Ana")
    rui = customers.contact(acme["id"], name="Rui")
    customers.contact(acme["id"], name="Eva")
    assert names(customers, acme["id"])[0] == "Ana"
    assert customers.staff.post(f"/contacts/{rui['id']}:set-primary").get_json()["is_primary"] is True
    shown = customers.staff.get(f"/customers/{acme['id']}/contacts").get_json()["data"]
    assert [one["is_primary"] for one in shown] == [True, False, False]
    assert shown[0]["name"] == "Rui"
    assert customers.staff.post(f"/contacts/{rui['id']}:set-primary").status_code == 200


def test_a_new_primary_contact_takes_the_place_of_the_old_one(customers):
    acme = customers.organization()
    customers.contact(acme["id"], name="Ana")
    customers.contact(acme["id"], name="Rui", is_primary=True)
    shown = customers.staff.get(f"/customers/{acme['id']}/contacts").get_json()["data"]
    assert [(one["name"], one["is_primary"]) for one in shown] == [("Rui", True), ("Ana", False)]


def test_contacts_are_paged_without_loss(customers):
    acme = customers.organization()
    for name in ("Ana", "Rui", "Eva", "Leo", "Zoe"):
        customers.contact(acme["id"], name=name)
    seen, path = [], f"/customers/{acme['id']}/contacts?limit=2"
    cursor = ""
    while cursor is not None:
        page = customers.staff.get(path + (f"&cursor={cursor}" if cursor else "")).get_json()
        seen += [one["name"] for one in page["data"]]
        cursor = page["next_cursor"]
    assert seen[0] == "Ana"
    assert sorted(seen) == ["Ana", "Eva", "Leo", "Rui", "Zoe"]


@pytest.mark.proves("F114")
def test_a_contact_is_edited_the_person_and_the_job(customers):
    acme = customers.organization()
    rui = customers.contact(acme["id"])
    body = {"name": "Rui Silva", "phone": "+442083661177", "job_title": "CEO"}
    shown = customers.staff.patch(f"/contacts/{rui['id']}", body).get_json()
    assert {name: shown[name] for name in body} == body
    assert customers.staff.get(f"/customers/{rui['person_id']}").get_json()["name"] == "Rui Silva"


@pytest.mark.proves("F115")
def test_a_removed_contact_stays_a_customer_and_the_oldest_becomes_primary(customers):
    acme = customers.organization()
    ana, rui = customers.contact(acme["id"], name="Ana"), customers.contact(acme["id"], name="Rui")
    customers.contact(acme["id"], name="Eva")
    assert customers.staff.delete(f"/contacts/{ana['id']}").status_code == 204
    assert customers.staff.get(f"/contacts/{ana['id']}").status_code == 404
    assert customers.staff.get(f"/customers/{ana['person_id']}").status_code == 200
    assert customers.staff.get(f"/contacts/{rui['id']}").get_json()["is_primary"] is True


def test_the_primary_contact_cannot_be_made_ordinary_without_another(customers):
    acme = customers.organization()
    ana = customers.contact(acme["id"])
    answer = customers.staff.patch(f"/contacts/{ana['id']}", {"is_primary": False})
    assert answer.status_code == 422
    assert "another one" in answer.get_json()["detail"]


def test_a_person_with_that_email_is_found_instead_of_made_again(customers):
    ines = customers.individual(name="Ines Duarte", email="ines@mail.example")
    acme, other = customers.organization(), customers.organization()
    first = customers.contact(acme["id"], name="I. Duarte", email="INES@mail.example")
    second = customers.contact(other["id"], email="ines@mail.example")
    assert first["person_id"] == second["person_id"] == ines["id"]
    assert first["name"] == "Ines Duarte"
    theirs = customers.staff.get(f"/customers/{ines['id']}/contacts").get_json()["data"]
    assert {one["organization_id"] for one in theirs} == {acme["id"], other["id"]}


def test_the_same_person_is_a_contact_once(customers):
    acme = customers.organization()
    rui = customers.contact(acme["id"], email="rui@acme.example")
    answer = customers.staff.post(f"/customers/{acme['id']}/contacts", {"name": "Rui", "email": "rui@acme.example"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "already_contact")
    assert answer.get_json()["existing"] == {"id": rui["id"]}


def test_a_person_is_named_by_id_and_must_be_one(customers):
    acme, ines = customers.organization(), customers.individual()
    assert customers.contact(acme["id"], person_id=ines["id"])["person_id"] == ines["id"]
    other = customers.organization()
    answer = customers.staff.post(f"/customers/{acme['id']}/contacts", {"person_id": other["id"]})
    assert answer.get_json()["errors"][0]["pointer"] == "/person_id"


def test_an_individual_has_no_contacts_to_add(customers):
    ines = customers.individual()
    answer = customers.staff.post(f"/customers/{ines['id']}/contacts", {"name": "Rui", "email": "rui@acme.example"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_an_organization")


def test_a_contact_needs_a_name_and_an_email_or_a_phone(customers):
    acme = customers.organization()
    answer = customers.staff.post(f"/customers/{acme['id']}/contacts", {"job_title": "CEO"})
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["/name", "/email"]


def test_a_person_that_the_caller_may_not_see_is_not_linked(customers):
    customers.individual(email="secret@mail.example", owner_id="usr_other")
    agent = customers.client("customers:read", "customers:write", scope=Scope.OWN, id="usr_me")
    acme = customers.organization(by=agent)
    answer = agent.post(f"/customers/{acme['id']}/contacts", {"name": "X", "email": "secret@mail.example"})
    assert answer.status_code == 409
    assert "existing" not in answer.get_json()


def test_new_contacts_inherit_the_owner_and_are_published(customers):
    acme = customers.organization(owner_id="usr_a", team_id="tem_a")
    rui = customers.contact(acme["id"], name="Rui", email="rui@acme.example")
    person = customers.staff.get(f"/customers/{rui['person_id']}").get_json()
    assert (person["owner_id"], person["team_id"], person["source"]) == ("usr_a", "tem_a", "contact")
    published = [event for event in customers.recorded() if event["type"] == "contact.added.v1"]
    assert published[0]["data"] == {
        "id": rui["id"],
        "organization_id": acme["id"],
        "person_id": rui["person_id"],
        "is_primary": True,
        "personal": {"name": "Rui", "email": "rui@acme.example", "phone": None},
    }
    assert customers.titles(acme["id"])[0] == "New contact: Rui"
    assert "New contact: Rui" in customers.titles(rui["person_id"])


def test_a_person_out_of_scope_is_not_changed_by_way_of_a_contact(customers):
    acme = customers.organization(team_id="tea_1")
    person = customers.individual(email="pia@mail.example", team_id="tea_2")
    made = customers.staff.post(f"/customers/{acme['id']}/contacts", {"person_id": person["id"]}).get_json()
    team = customers.client("customers:read", "customers:write", id="usr_a", scope=Scope.TEAM, team_ids=("tea_1",))
    refused = team.patch(f"/contacts/{made['id']}", {"email": "taken@over.example"})
    assert refused.status_code == 404
    assert customers.staff.get(f"/customers/{person['id']}").get_json()["email"] == "pia@mail.example"
    assert team.patch(f"/contacts/{made['id']}", {"job_title": "Buyer"}).status_code == 200


def test_a_change_of_contacts_publishes_what_others_did_in_the_meantime(customers):
    acme = customers.organization()
    now = customers.harness.clock()
    with customers.running.service.database.write() as session:
        stale = session.get_one(Customer, acme["id"])
        # What another transaction has committed since this one read the row.
        blocked = (
            update(Customer).where(Customer.id == acme["id"]).values(is_blocked=True, version=Customer.version + 1)
        )
        session.execute(blocked, execution_options={"synchronize_session": False})
        mark_customer_changed(session, stale, by=Actor.system(now=now), changed="contacts")
    published = customers.recorded()[-1]
    assert (published["type"], published["data"]["is_blocked"], published["sequence"]) == (
        "customer.updated.v1",
        True,
        3,
    )
