"""What holds for names, domains and web addresses of customers."""

import pytest

from customers.directory import rules
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
