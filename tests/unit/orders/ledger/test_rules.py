"""Allocations and days, for all amounts."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from orders.ledger.rules import Terms, allocate

amounts = st.lists(st.integers(0, 1_000_000), max_size=12)


@given(amounts, amounts)
def test_allocations_never_exceed_a_source_or_a_target(rests: list[int], opens: list[int]) -> None:
    shares = allocate(rests, opens)
    assert all(share.amount > 0 for share in shares)
    for number, rest in enumerate(rests):
        assert sum(share.amount for share in shares if share.source == number) <= rest
    for number, is_open in enumerate(opens):
        assert sum(share.amount for share in shares if share.target == number) <= is_open


@given(amounts, amounts)
def test_allocations_spend_all_that_can_be_spent(rests: list[int], opens: list[int]) -> None:
    assert sum(share.amount for share in allocate(rests, opens)) == min(sum(rests), sum(opens))


@given(amounts, amounts)
def test_the_oldest_invoice_is_settled_before_the_next_gets_anything(rests: list[int], opens: list[int]) -> None:
    paid = [sum(share.amount for share in allocate(rests, opens) if share.target == n) for n in range(len(opens))]
    first_unsettled = next((n for n, total in enumerate(opens) if paid[n] < total), len(opens))
    assert not any(paid[first_unsettled + 1 :])


def test_a_day_begins_at_the_companys_midnight() -> None:
    tokyo = Terms.of("Asia/Tokyo", 14)
    evening_in_utc = datetime(2026, 3, 10, 20, 0, tzinfo=UTC)
    assert tokyo.today(evening_in_utc) == date(2026, 3, 11)
    assert tokyo.last_midnight(evening_in_utc) == datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
    assert tokyo.due_on(date(2026, 3, 11)) == date(2026, 3, 25)
