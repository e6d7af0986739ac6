"""How lists are written in titles, and where a title is cut."""

from customers.timeline.rules import list_fields, list_people, shortened


def test_people_are_named_up_to_two_and_then_counted():
    assert list_people(["Ana", "Rui", "Eva", "Leo"]) == "Ana, Rui and 2 more"
    assert list_people(["Ana", "Rui"]) == "Ana and Rui"
    assert list_people(["Ana"]) == "Ana"


def test_fields_are_written_as_words():
    assert list_fields([{"field": "name"}, {"field": "postal_code"}]) == "name and postal code"


def test_a_long_title_is_cut_where_it_has_to_end():
    assert len(shortened("x" * 600)) == 500
