"""Exact amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.money import Money


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_money_keeps_its_minor_units_exactly(minor: int, currency: str) -> None:
    assert Money.from_minor(minor, currency).minor == minor


def test_money_has_no_more_decimals_than_its_currency() -> None:
    with pytest.raises(ValueError, match="JPY has 0 decimals"):
        assert Money(amount=Decimal("1.5"), currency="JPY").minor
