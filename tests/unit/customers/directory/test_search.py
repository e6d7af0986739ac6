"""What a customer is found by."""

import pytest


@pytest.mark.proves("F009")
@pytest.mark.proves("F099")
@pytest.mark.proves("F100")
@pytest.mark.proves("F101")
@pytest.mark.proves("F102")
@pytest.mark.parametrize(
    "query",
    ["muller", "MÜLLER", "söhne mull", "info@mueller", "Info@Mueller.example", "+49 30 1234567", "030 123 4567", "(030) 1234567",
     "0049301234567", "CU-000001", "ines", "Inês Duarte", "duarte muller"],
)  # fmt: skip
def test_a_customer_is_found_by_name_email_phone_number_and_contact(customers, query):
    found = customers.organization(name="Müller & Söhne", email="info@mueller.example", phone="+49 30 1234567")
    customers.contact(found["id"], name="Inês Duarte", email="i.duarte@other.example")
    customers.organization(name="Nobody", email="nobody@nowhere.example")
    answer = customers.staff.get("/customers", query_string={"q": query, "kind": "organization"})
    assert [one["id"] for one in answer.get_json()["data"]] == [found["id"]]


def test_an_organization_is_found_by_the_new_name_of_a_renamed_contact(customers):
    acme = customers.organization(name="Acme")
    rui = customers.contact(acme["id"], name="Rui Costa")
    customers.staff.patch(f"/contacts/{rui['id']}", {"name": "Rui Silva"})
    assert [one["name"] for one in customers.staff.get("/customers?q=silva&kind=organization").get_json()["data"]] == [
        "Acme"
    ]
    assert customers.staff.get("/customers?q=costa").get_json()["data"] == []
    customers.staff.delete(f"/contacts/{rui['id']}")
    assert customers.staff.get("/customers?q=silva&kind=organization").get_json()["data"] == []


def test_percent_and_underscore_in_a_search_are_ordinary_characters(customers):
    customers.organization(name="Acme")
    assert customers.staff.get("/customers", query_string={"q": "%"}).get_json()["data"] == []
    assert customers.staff.get("/customers", query_string={"q": "a_me"}).get_json()["data"] == []
