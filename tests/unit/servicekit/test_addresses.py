"""E-mails and phone numbers compare in one form, names without case and accents."""

import pytest

from servicekit.addresses import UnreadableAddress, fold, normal_email, normal_phone, search_words, shown_email


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Müller  &  SÖHNE ", "muller & sohne"),
        ("Straße", "strasse"),
        ("Łódź Ørsted", "lodz orsted"),
        ("\uff21\uff23\uff2d\uff25", "acme"),
        ("", ""),
    ],
)
def test_names_compare_without_case_accents_and_spaces(text, expected):
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [(" Ana@Mail.Example ", "ana@mail.example"), ("a+b@x.example", "a+b@x.example")]
)
def test_emails_compare_in_lower_case(text, expected):
    assert normal_email(text) == expected


@pytest.mark.parametrize("text", ["", "a", "a@", "@b.example", "a@b", "a b@c.example", "a@b.example, c@d.example"])
def test_what_is_no_email_is_refused(text):
    with pytest.raises(UnreadableAddress, match=r"name@example\.com"):
        normal_email(text)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("+351 912 345 678", None),
        ("00351912345678", None),
        ("+351-912-345-678", None),
        ("912 345 678", "PT"),
        ("+351 (912) 345678", "DE"),
    ],
)
def test_a_phone_number_in_any_format_is_one_number(text, country):
    assert normal_phone(text, country=country) == "+351912345678"


@pytest.mark.parametrize("text", ["", "abc", "912345678", "+1 23", "+35191234567890123"])
def test_what_is_no_phone_number_is_refused(text):
    with pytest.raises(UnreadableAddress):
        normal_phone(text)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Inês  DUARTE", ["ines", "duarte"]),
        ("+49 (30) 123-4567", ["49301234567"]),
        ("030 1234567", ["301234567"]),
        ("0000", ["0000"]),
        ("24", ["24"]),
    ],
)
def test_a_search_is_words_or_one_number(query, expected):
    assert search_words(query) == expected


def test_an_email_is_shown_as_it_was_written():
    assert shown_email(" Ana@Mail.Example ") == "Ana@Mail.Example"
    with pytest.raises(UnreadableAddress):
        shown_email("Ana")
