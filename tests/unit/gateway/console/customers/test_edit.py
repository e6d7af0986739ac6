"""Editing a customer, alone and while somebody else does."""

import pytest


@pytest.fixture
def person(system):
    number = len(system.api.get("/customers")["data"])
    return system.add_person("Marisol", f"Vega {number}")


def test_two_people_edit_one_customer_and_nothing_is_lost(system, person):
    path = f"/customers/{person['id']}/edit"
    ines, tomas = system.browser().get(path), system.browser({"customers:read", "customers:write"}).get(path)
    saved = tomas.press("Save changes", phone="+34 91 555 01 34", industry="Design")
    assert "is saved" in saved.text
    page = ines.press("Save changes", industry="Fashion", website="https://vega.example")
    assert page.status == 412
    assert "Somebody changed this while you were typing" in page.texts(".//h2")
    assert page.texts(".//fieldset[@class='clash']//bdi") == ["Design", "Fashion"]
    assert "is saved" in page.press("Save these").text
    stored = system.api.get(f"/customers/{person['id']}")
    assert stored["phone"].replace(" ", "") == "+34915550134"
    assert stored["industry"] == "Fashion"
    assert stored["website"] == "https://vega.example"


def test_the_others_value_can_be_kept(system, person):
    path = f"/customers/{person['id']}/edit"
    mine, theirs = system.browser().get(path), system.browser().get(path)
    theirs.press("Save changes", industry="Design")
    page = mine.press("Save changes", industry="Fashion")
    page.press("Save these", industry="Design")
    assert system.api.get(f"/customers/{person['id']}")["industry"] == "Design"


def test_fields_that_only_one_of_them_changed_are_taken_without_a_question(system, person):
    path = f"/customers/{person['id']}/edit"
    mine, theirs = system.browser().get(path), system.browser().get(path)
    theirs.press("Save changes", industry="Design")
    assert "is saved" in mine.press("Save changes", phone="+34 91 555 01 34").text
    stored = system.api.get(f"/customers/{person['id']}")
    assert (stored["industry"], stored["phone"].replace(" ", "")) == ("Design", "+34915550134")


def test_nothing_changed_saves_nothing(console_page, person):
    page = console_page(f"/customers/{person['id']}/edit").press("Save changes")
    assert "Nothing was changed." in page.text


def test_a_field_that_the_service_refuses_keeps_everything_typed(console_page, person):
    page = console_page(f"/customers/{person['id']}/edit")
    page = page.press("Save changes", email="not an address", city="Madrid")
    assert page.status == 422
    assert "email" in page.errors
    assert (page.values["email"], page.values["city"]) == ("not an address", "Madrid")


def test_a_name_is_needed(console_page, person):
    page = console_page(f"/customers/{person['id']}/edit").press("Save changes", last_name="")
    assert page.errors == {"last_name": "Enter a name."}
