"""What an entry of the timeline is found by."""

import pytest

from customers.timeline.search import search_text


@pytest.mark.parametrize(
    ("number", "data", "body", "expected"),
    [
        ("C-000001", {"subject": "Überweisung"}, "FEHLT  noch", "c-000001\nuberweisung\nfehlt noch"),
        (None, {"people": ["Inês Duarte", "Rui"], "step_name": "Prüfen"}, None, "prufen\nines duarte\nrui"),
        ("O-000001", {"total": {"amount": "120.00", "currency": "EUR"}}, None, "o-000001\n120.00 eur"),
        (None, {"owner_name": None, "status": "new"}, None, ""),
    ],
)
def test_numbers_names_subject_and_body_are_folded(number, data, body, expected):
    assert search_text(number=number, data=data, body=body) == expected
