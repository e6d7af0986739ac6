"""A submitted form finds or makes its customer, and tells who it was."""

import pytest

from servicekit.messaging.bus import Delivery
from tests.unit.customers.factories import (
    case_told,
    contact,
    form_submitted,
    individual,
    organization,
    timeline,
    titles,
)


def identified(running):
    return [event for event in running.recorded() if event["type"] == "submitter.identified.v1"]


def shown(staff, customer_id):
    return staff.get(f"/customers/{customer_id}").get_json()


@pytest.mark.proves("F062")
def test_a_stranger_becomes_a_customer_who_shows_how_they_came(running, staff):
    running.receive(
        form_submitted(name="Ana Reis", email="Ana.Reis@mail.example", phone="+351 912 345 678", language="pt")
    )
    told = identified(running)[0]
    person = shown(staff, told["data"]["person_id"])
    assert (person["kind"], person["name"], person["email"]) == ("individual", "Ana Reis", "Ana.Reis@mail.example")
    assert (person["phone"], person["language"], person["source"]) == ("+351912345678", "pt", "form:contact")
    assert told["data"] == {
        "submission_id": "sub_1",
        "case_id": "cas_1",
        "customer_id": person["id"],
        "person_id": person["id"],
        "organization_id": None,
        "was_created": True,
    }
    assert "Sent the form Contact us" in titles(staff, person["id"])


def test_a_known_person_is_matched_by_email_in_any_case(running, staff):
    ana = individual(staff, email="ana@mail.example")
    running.receive(form_submitted(name="A. R.", email="ANA@Mail.example"))
    assert identified(running)[0]["data"]["person_id"] == ana["id"]
    assert identified(running)[0]["data"]["was_created"] is False
    assert len(staff.get("/customers").get_json()["data"]) == 1
    assert shown(staff, ana["id"])["name"] == ana["name"]


def test_an_archived_person_is_not_matched(running, staff):
    ana = individual(staff, email="ana@mail.example")
    staff.post(f"/customers/{ana['id']}:archive")
    running.receive(form_submitted(name="Ana", email="ana@mail.example"))
    assert identified(running)[0]["data"]["person_id"] != ana["id"]


def test_of_several_matches_the_oldest_is_taken_and_the_timeline_says_so(bench, running, staff):
    first = individual(staff, email="ana@mail.example")
    bench.clock.move(minutes=1)
    second = individual(staff, email="ana@mail.example", allow_duplicate=True)
    running.receive(form_submitted(name="Ana", email="ana@mail.example"))
    assert identified(running)[0]["data"]["person_id"] == first["id"]
    remark = timeline(staff, first["id"], "?kind=form.submitted")[0]["body"]
    assert remark == f"2 customers match: {first['number']}, {second['number']}. The oldest was taken."


def test_a_company_in_the_form_becomes_an_organization_with_its_contact(running, staff):
    running.receive(form_submitted(name="Ana Reis", email="ana@reis.example", organization_name="Reis Lda"))
    told = identified(running)[0]["data"]
    company = shown(staff, told["organization_id"])
    assert (company["kind"], company["name"], company["website"]) == (
        "organization",
        "Reis Lda",
        "https://reis.example",
    )
    assert told["customer_id"] == company["id"]
    people = staff.get(f"/customers/{company['id']}/contacts").get_json()["data"]
    assert [(one["person_id"], one["is_primary"]) for one in people] == [(told["person_id"], True)]
    for customer_id in (company["id"], told["person_id"]):
        assert "Sent the form Contact us" in titles(staff, customer_id)


@pytest.mark.parametrize(
    ("known", "personal"),
    [
        ({"name": "Müller & Söhne"}, {"email": "a@gmail.com", "organization_name": " muller  & sohne"}),
        ({"email": "info@acme.example"}, {"email": "a@acme.example", "organization_name": "Acme Germany"}),
        (
            {"website": "https://www.acme.example/de", "email": "acme@gmail.com"},
            {"email": "a@acme.example", "organization_name": "A"},
        ),
    ],
    ids=["by its name", "by the domain of its e-mail", "by its website"],
)
def test_a_known_company_is_matched(running, staff, known, personal):
    company = organization(staff, **known)
    running.receive(form_submitted(name="Ana", **personal))
    told = identified(running)[0]["data"]
    assert told["organization_id"] == company["id"]
    assert told["was_created"] is True  # the person is new


def test_a_free_mail_domain_says_nothing_about_the_company(running, staff):
    other = organization(staff, name="Other", email="other@gmail.com")
    running.receive(form_submitted(name="Ana", email="ana@gmail.com", organization_name="Reis Lda"))
    assert identified(running)[0]["data"]["organization_id"] != other["id"]


def test_a_domain_alone_does_not_make_somebody_a_contact(running, staff):
    organization(staff, email="info@acme.example")
    running.receive(form_submitted(name="Ana", email="ana@acme.example"))
    assert identified(running)[0]["data"]["organization_id"] is None


def test_a_person_who_is_a_contact_already_is_not_joined_again(running, staff):
    acme = organization(staff, name="Acme")
    rui = contact(staff, acme["id"], email="rui@acme.example")
    running.receive(form_submitted(name="Rui", email="rui@acme.example", organization_name="ACME"))
    told = identified(running)[0]["data"]
    assert (told["person_id"], told["organization_id"], told["was_created"]) == (rui["person_id"], acme["id"], False)
    assert len(staff.get(f"/customers/{acme['id']}/contacts").get_json()["data"]) == 1


def test_two_submissions_of_one_person_are_told_apart(running):
    running.receive(form_submitted(name="Ana", email="ana@mail.example"))
    running.receive(form_submitted(name="Ana", email="ana@mail.example", submission_id="sub_2", case_id="cas_2"))
    first, second = (event["data"] for event in identified(running))
    assert first["person_id"] == second["person_id"]
    assert (first["case_id"], second["case_id"]) == ("cas_1", "cas_2")


def test_the_same_submission_under_another_event_id_is_told_once(running):
    running.receive(form_submitted(name="Ana", email="ana@mail.example"))
    running.receive(form_submitted(name="Ana", email="ana@mail.example"))
    assert len(identified(running)) == 1


def test_a_phone_number_and_a_name_identify_as_well(running, staff):
    ana = individual(staff, name="Ana Reis", email=None, phone="+351912345678")
    running.receive(form_submitted(name="ANA REIS", phone="+351 912 345 678"))
    running.receive(form_submitted(name="Rui Reis", phone="+351 912 345 678", submission_id="sub_2", case_id="cas_2"))
    first, second = (event["data"] for event in identified(running))
    assert first["person_id"] == ana["id"]
    assert second["person_id"] != ana["id"]


def test_a_form_without_email_and_phone_waits_for_a_person_to_link_its_case(running, staff):
    running.receive(form_submitted(name="Anonymous", email="not an e-mail", phone="12"))
    assert identified(running) == []
    acme = organization(staff)
    running.receive(case_told("linked", customer_id=acme["id"]))
    assert "Sent the form Contact us" in titles(staff, acme["id"])


def test_an_email_without_a_name_still_makes_a_customer(running, staff):
    running.receive(form_submitted(email="ana.reis@mail.example"))
    assert shown(staff, identified(running)[0]["data"]["person_id"])["name"] == "ana.reis"


def test_a_bad_phone_number_does_not_lose_the_person(running, staff):
    running.receive(form_submitted(name="Ana", email="ana@mail.example", phone="call me"))
    assert shown(staff, identified(running)[0]["data"]["person_id"])["phone"] is None


def test_a_new_company_with_its_first_contact_is_told_once(running):
    running.receive(form_submitted(name="Ana Reis", email="ana@reis.example", organization_name="Reis Lda"))
    assert sorted(event["type"] for event in running.recorded()) == [
        "contact.added.v1",
        "customer.created.v1",
        "customer.created.v1",
        "submitter.identified.v1",
    ]
    company = next(one["data"] for one in running.recorded() if one["data"].get("kind") == "organization")
    assert company["primary_contact_id"] == identified(running)[0]["data"]["person_id"]


def test_what_is_received_together_is_told_as_if_it_were_received_alone(running):
    forms = [
        form_submitted(
            submission_id="sub_1", case_id="cas_1", name="Ana", email="ana@reis.example", organization_name="R"
        ),
        form_submitted(
            submission_id="sub_2", case_id="cas_2", name="Bea", email="bea@reis.example", organization_name="R"
        ),
    ]
    deliveries = [Delivery(body=body, type="form.submitted.v1", attempt=1, redelivered=False) for body in forms]
    assert running.service.dispatcher.receive_together(deliveries)
    ana, bea = (one["data"]["person_id"] for one in identified(running))
    told = [one for one in running.recorded() if one["data"].get("kind") == "organization"]
    assert [(one["type"], one["sequence"], one["data"]["primary_contact_id"]) for one in told] == [
        ("customer.created.v1", 1, ana)
    ]
    assert [one["data"]["person_id"] for one in running.recorded() if one["type"] == "contact.added.v1"] == [ana, bea]


def test_a_stranger_who_types_a_companys_name_does_not_become_its_contact(running, staff):
    victim = organization(staff, name="Victim Industries", email="info@victim.example")
    running.receive(form_submitted(name="Eve", email="eve@attacker.example", organization_name="Victim Industries"))
    assert staff.get(f"/customers/{victim['id']}/contacts").get_json()["data"] == []
    running.receive(
        form_submitted(
            submission_id="sub_2",
            case_id="cas_2",
            name="Ida",
            email="ida@victim.example",
            organization_name="Victim Industries",
        )
    )
    names = [one["name"] for one in staff.get(f"/customers/{victim['id']}/contacts").get_json()["data"]]
    assert names == ["Ida"]
