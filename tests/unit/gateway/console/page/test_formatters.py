"""Formatters: money, numbers, times in the reader's zone, and text that stays text."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from gateway.console.page import formatters

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def _reader(monkeypatch):
    """In Berlin, on a Sunday at two in the afternoon."""
    monkeypatch.setattr(formatters, "today", lambda: NOW)
    with Flask("reader").test_request_context(headers={"Cookie": "crm_zone=Europe/Berlin"}):
        yield


@pytest.mark.parametrize(
    ("value", "whole", "text"),
    [
        ({"amount": "12480.00", "currency": "EUR"}, False, "€12,480.00"),
        ({"amount": "12480.50", "currency": "EUR"}, True, "€12,480"),
        ({"amount": "99.50", "currency": "EUR"}, True, "€99.50"),
        ({"amount": "1500", "currency": "JPY"}, False, "¥1,500"),
        ({"amount": "-5.00", "currency": "USD"}, False, "-$5.00"),
        ({"amount": "x", "currency": "EUR"}, False, "–"),
        (None, False, "–"),
    ],
)
def test_money(value, whole, text):
    assert formatters.money(value, whole=whole) == text


def test_amounts_in_a_sentence_read_as_everywhere():
    assert formatters.amounts("Paid 2000.00 EUR of 3,000") == "Paid €2,000.00 of 3,000"


@pytest.mark.parametrize(
    ("value", "text"), [("40.00", "40"), ("0.50", "0.5"), (1000, "1,000"), ("x", "–"), (None, "–")]
)
def test_numbers_without_trailing_zeros(value, text):
    assert formatters.number(value) == text


@pytest.mark.parametrize(("value", "text"), [("0.19", "19 %"), ("0.075", "7.5 %"), (None, "–")])
def test_percent(value, text):
    assert formatters.percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-11-22T12:05:00Z", "today 13:05"),
        ("2026-11-21T22:30:00Z", "yesterday 23:30"),
        ("2026-11-21T23:30:00Z", "today 00:30"),
        ("2026-11-12T10:00:00Z", "12 Nov"),
        ("2025-11-12T10:00:00Z", "12 Nov 2025"),
        ("2026-11-22", "today"),
        ("nonsense", "–"),
        (None, "–"),
    ],
)
def test_when_in_the_zone_of_the_reader(value, text):
    assert formatters.when(value) == text


def test_the_whole_instant_names_its_zone():
    assert formatters.full("2026-11-22T12:05:00Z") == "22 Nov 2026, 13:05 CET"
    assert formatters.full("2026-11-22") == "22 Nov 2026"


@pytest.mark.parametrize(
    ("value", "tone", "word"),
    [
        ("2026-11-22T14:38:00Z", "warn", "15:38, in 1 h 38 m"),
        ("2026-11-22T12:20:00Z", "bad", "40 min late"),
        ("2026-11-20T13:00:00Z", "bad", "2 days late"),
        ("2026-11-26T13:00:00Z", "neutral", "Thu 26 Nov"),
    ],
)
def test_a_deadline(value, tone, word):
    due = formatters.due(value)
    assert (due.tone, due.word) == (tone, word)
    assert due.is_late == (tone == "bad")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Nordwind Logistik GmbH", "NL"), ("ines.duarte@x", "ID"), ("Øre", "Ø"), ("", "?"), (None, "?")],
)
def test_initials(name, letters):
    assert formatters.initials(name) == letters


def test_a_hue_is_always_the_same_and_one_of_five():
    assert formatters.hue("cus_1") == formatters.hue("cus_1")
    assert {formatters.hue(str(number)) for number in range(50)} == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold**", "<p><strong>bold</strong></p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        (None, ""),
    ],
)
def test_markdown_keeps_emphasis_and_makes_everything_else_inert(text, html):
    assert str(formatters.markdown(text)).strip() == html


def test_a_cookie_that_names_no_zone_means_utc():
    with Flask("reader").test_request_context(headers={"Cookie": "crm_zone=../../etc/passwd"}):
        assert formatters.when("2026-11-22T12:05:00Z") == "today 12:05"


@pytest.mark.parametrize(
    ("value", "url", "name"),
    [
        ("www.acme.example/", "https://www.acme.example/", "www.acme.example"),
        ("http://acme.example", "http://acme.example", "acme.example"),
        ("javascript:alert(1)", "https://javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_a_website_is_only_ever_http(value, url, name):
    assert (formatters.web_url(value), formatters.web_name(value)) == (url, name)


def test_plural():
    assert [formatters.plural(count, "case") for count in (0, 1, 1200)] == ["0 cases", "1 case", "1,200 cases"]
    assert formatters.plural(2, "activity", "activities") == "2 activities"
