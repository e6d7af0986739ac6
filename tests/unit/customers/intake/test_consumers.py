"""A submitted form finds or creates its customer, and who sent it is published."""

import pytest

from servicekit.messaging.bus import Delivery
from tests.unit.customers.events import case_event, form_submitted


def identified(customers):
    return [event for event in customers.recorded() if event["type"] == "submitter.identified.v1"]


@pytest.mark.proves("F062")
def test_a_stranger_becomes_a_customer_who_shows_how_they_came(customers):
    customers.deliver(
        form_submitted(name="Ana Reis", email="Ana.Reis@mail.example", phone="+351 912 345 678", language="pt")
    )
    found = identified(customers)[0]
    person = customers.show(found["data"]["person_id"])
    assert (person["kind"], person["name"], person["email"]) == ("individual", "Ana Reis", "Ana.Reis@mail.example")
    assert (person["phone"], person["language"], person["source"]) == ("+351912345678", "pt", "form:contact")
    assert found["data"] == {
        "submission_id": "sub_1",
        "case_id": "cas_1",
        "customer_id": person["id"],
        "person_id": person["id"],
        "organization_id": None,
        "was_created": True,
    }
    assert "Sent the form Contact us" in customers.titles(person["id"])


def test_a_known_person_is_matched_by_email_in_any_case(customers):
    ana = customers.individual(email="ana@mail.example")
    customers.deliver(form_submitted(name="A. R.", email="ANA@Mail.example"))
    assert identified(customers)[0]["data"]["person_id"] == ana["id"]
    assert identified(customers)[0]["data"]["was_created"] is False
    assert len(customers.staff.get("/customers").get_json()["data"]) == 1
    assert customers.show(ana["id"])["name"] == ana["name"]


def test_an_archived_person_is_not_matched(customers):
    ana = customers.individual(email="ana@mail.example")
    customers.staff.post(f"/customers/{ana['id']}:archive")
    customers.deliver(form_submitted(name="Ana", email="ana@mail.example"))
    assert identified(customers)[0]["data"]["person_id"] != ana["id"]


def test_of_several_matches_the_oldest_is_taken_and_the_timeline_says_so(customers):
    first = customers.individual(email="ana@mail.example")
    customers.harness.clock.move(minutes=1)
    second = customers.individual(email="ana@mail.example", allow_duplicate=True)
    customers.deliver(form_submitted(name="Ana", email="ana@mail.example"))
    assert identified(customers)[0]["data"]["person_id"] == first["id"]
    remark = customers.timeline(first["id"], "?kind=form.submitted")[0]["body"]
    assert remark == f"2 customers match: {first['number']}, {second['number']}. The oldest was taken."


def test_a_company_in_the_form_becomes_an_organization_with_its_contact(customers):
    customers.deliver(form_submitted(name="Ana Reis", email="ana@reis.example", organization_name="Reis Lda"))
    found = identified(customers)[0]["data"]
    company = customers.show(found["organization_id"])
    assert (company["kind"], company["name"], company["website"]) == (
        "organization",
        "Reis Lda",
        "https://reis.example",
    )
    assert found["customer_id"] == company["id"]
    people = customers.staff.get(f"/customers/{company['id']}/contacts").get_json()["data"]
    assert [(one["person_id"], one["is_primary"]) for one in people] == [(found["person_id"], True)]
    for customer_id in (company["id"], found["person_id"]):
        assert "Sent the form Contact us" in customers.titles(customer_id)


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
def test_a_known_company_is_matched(customers, known, personal):
    company = customers.organization(**known)
    customers.deliver(form_submitted(name="Ana", **personal))
    found = identified(customers)[0]["data"]
    assert found["organization_id"] == company["id"]
    assert found["was_created"] is True  # the person is new


def test_a_free_mail_domain_says_nothing_about_the_company(customers):
    other = customers.organization(name="Other", email="other@gmail.com")
    customers.deliver(form_submitted(name="Ana", email="ana@gmail.com", organization_name="Reis Lda"))
    assert identified(customers)[0]["data"]["organization_id"] != other["id"]


def test_a_domain_alone_does_not_make_somebody_a_contact(customers):
    customers.organization(email="info@acme.example")
    customers.deliver(form_submitted(name="Ana", email="ana@acme.example"))
    assert identified(customers)[0]["data"]["organization_id"] is None


def test_a_person_who_is_a_contact_already_is_not_joined_again(customers):
    acme = customers.organization(name="Acme")
    rui = customers.contact(acme["id"], email="rui@acme.example")
    customers.deliver(form_submitted(name="Rui", email="rui@acme.example", organization_name="ACME"))
    found = identified(customers)[0]["data"]
    assert (found["person_id"], found["organization_id"], found["was_created"]) == (rui["person_id"], acme["id"], False)
    assert len(customers.staff.get(f"/customers/{acme['id']}/contacts").get_json()["data"]) == 1


def test_two_submissions_of_one_person_are_published_one_by_one(customers):
    customers.deliver(form_submitted(name="Ana", email="ana@mail.example"))
    customers.deliver(form_submitted(name="Ana", email="ana@mail.example", submission_id="sub_2", case_id="cas_2"))
    first, second = (event["data"] for event in identified(customers))
    assert first["person_id"] == second["person_id"]
    assert (first["case_id"], second["case_id"]) == ("cas_1", "cas_2")


def test_the_same_submission_under_another_event_id_is_published_once(customers):
    customers.deliver(form_submitted(name="Ana", email="ana@mail.example"))
    customers.deliver(form_submitted(name="Ana", email="ana@mail.example"))
    assert len(identified(customers)) == 1


def test_a_phone_number_and_a_name_identify_as_well(customers):
    ana = customers.individual(name="Ana Reis", email=None, phone="+351912345678")
    customers.deliver(form_submitted(name="ANA REIS", phone="+351 912 345 678"))
    customers.deliver(form_submitted(name="Rui Reis", phone="+351 912 345 678", submission_id="sub_2", case_id="cas_2"))
    first, second = (event["data"] for event in identified(customers))
    assert first["person_id"] == ana["id"]
    assert second["person_id"] != ana["id"]


def test_a_form_without_email_and_phone_waits_for_a_person_to_link_its_case(customers):
    customers.deliver(form_submitted(name="Anonymous", email="not an e-mail", phone="12"))
    assert identified(customers) == []
    acme = customers.organization()
    customers.deliver(case_event("linked", customer_id=acme["id"]))
    assert "Sent the form Contact us" in customers.titles(acme["id"])


def test_an_email_without_a_name_still_makes_a_customer(customers):
    customers.deliver(form_submitted(email="ana.reis@mail.example"))
    assert customers.show(identified(customers)[0]["data"]["person_id"])["name"] == "ana.reis"


def test_a_bad_phone_number_does_not_lose_the_person(customers):
    customers.deliver(form_submitted(name="Ana", email="ana@mail.example", phone="call me"))
    assert customers.show(identified(customers)[0]["data"]["person_id"])["phone"] is None


def test_a_new_company_with_its_first_contact_is_published_once(customers):
    customers.deliver(form_submitted(name="Ana Reis", email="ana@reis.example", organization_name="Reis Lda"))
    assert sorted(event["type"] for event in customers.recorded()) == [
        "contact.added.v1",
        "customer.created.v1",
        "customer.created.v1",
        "submitter.identified.v1",
    ]
    company = next(one["data"] for one in customers.recorded() if one["data"].get("kind") == "organization")
    assert company["primary_contact_id"] == identified(customers)[0]["data"]["person_id"]


def test_what_is_received_together_is_published_as_if_it_were_received_alone(customers):
    forms = [
        form_submitted(
            submission_id="sub_1", case_id="cas_1", name="Ana", email="ana@reis.example", organization_name="R"
        ),
        form_submitted(
            submission_id="sub_2", case_id="cas_2", name="Bea", email="bea@reis.example", organization_name="R"
        ),
    ]
    deliveries = [Delivery(body=body, type="form.submitted.v1", attempt=1, redelivered=False) for body in forms]
    assert customers.running.service.dispatcher.receive_together(deliveries)
    ana, bea = (one["data"]["person_id"] for one in identified(customers))
    found = [one for one in customers.recorded() if one["data"].get("kind") == "organization"]
    assert [(one["type"], one["sequence"], one["data"]["primary_contact_id"]) for one in found] == [
        ("customer.created.v1", 1, ana)
    ]
    assert [one["data"]["person_id"] for one in customers.recorded() if one["type"] == "contact.added.v1"] == [ana, bea]


def test_a_stranger_who_types_a_companys_name_does_not_become_its_contact(customers):
    victim = customers.organization(name="Victim Industries", email="info@victim.example")
    customers.deliver(form_submitted(name="Eve", email="eve@attacker.example", organization_name="Victim Industries"))
    assert customers.staff.get(f"/customers/{victim['id']}/contacts").get_json()["data"] == []
    customers.deliver(
        form_submitted(
            submission_id="sub_2",
            case_id="cas_2",
            name="Ida",
            email="ida@victim.example",
            organization_name="Victim Industries",
        )
    )
    names = [one["name"] for one in customers.staff.get(f"/customers/{victim['id']}/contacts").get_json()["data"]]
    assert names == ["Ida"]
