"""What holds for names, e-mails and phone numbers."""

import pytest

from customers.directory import rules
from customers.intake.rules import Submitter, remark_on_matches
from customers.timeline import rules as say
from servicekit.addresses import UnreadableAddress


@pytest.mark.parametrize(
    ("email", "website", "domain"),
    [
        ("info@acme.example", None, "acme.example"),
        ("acme@gmail.com", "https://www.acme.example/x", "acme.example"),
        ("acme@gmail.com", None, None),
        (None, None, None),
    ],
)
def test_the_domain_of_a_company_is_its_own(email, website, domain):
    assert rules.company_domain(email=email, website=website) == domain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme.example", "https://acme.example"),
        (" http://a.example/x ", "http://a.example/x"),
        ("https://a.example", "https://a.example"),
    ],
)
def test_a_web_address_gets_its_scheme(text, expected):
    assert rules.normal_website(text) == expected


@pytest.mark.parametrize(
    "text", ["javascript://a.example/%0aalert(1)", "ftp://a.example", "http://[", "acme", "https://a b.example"]
)
def test_what_is_no_web_address_is_refused(text):
    with pytest.raises(UnreadableAddress, match=r"https://example\.com"):
        rules.normal_website(text)


def test_a_customer_needs_a_name_and_a_way_to_be_reached():
    assert [one.pointer for one in rules.what_is_missing(name="", email=None, phone=None)] == ["/name", "/email"]
    assert rules.what_is_missing(name="A", email=None, phone="+1") == []


def test_people_are_named_up_to_two_and_then_counted():
    assert say.people(["Ana", "Rui", "Eva", "Leo"]) == "Ana, Rui and 2 more"
    assert say.people(["Ana", "Rui"]) == "Ana and Rui"


def test_an_outcome_of_an_own_name_is_told_by_it():
    assert say.step_decided(outcome="needs_more_info", step_name="Check") == "Needs more info: Check"


def test_a_long_sentence_is_cut_where_the_column_ends():
    assert len(say.shortened("x" * 600)) == 500


def test_a_submitter_is_read_as_far_as_it_can_be():
    one = Submitter(submission_id="s", case_id="c", form_key="f", email="nope", phone="+351912345678", first_name="Ana")
    assert (one.readable_email, one.readable_phone, one.shown_name, one.organization) == (
        None,
        "+351912345678",
        "Ana",
        None,
    )


def test_one_match_deserves_no_remark():
    assert remark_on_matches(numbers=["CU-000001"]) is None
