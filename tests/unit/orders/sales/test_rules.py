"""The arithmetic of orders, for all amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.sales.rules import Amounts, OrderCannotMove, OrderStatus, add_up, check_move, price_line

lines = st.builds(
    price_line,
    unit_price=st.integers(0, 10_000_000_000),
    quantity=st.decimals("0.001", "100000", places=3),
    discount_percent=st.decimals("0", "100", places=2),
    tax_rate=st.decimals("0", "1", places=6),
)


def line(price: int, quantity: str = "1", discount: str = "0", tax: str = "0") -> Amounts:
    return price_line(
        unit_price=price, quantity=Decimal(quantity), discount_percent=Decimal(discount), tax_rate=Decimal(tax)
    )


@given(st.lists(lines, max_size=200))
def test_an_orders_totals_are_the_sums_of_its_lines_and_fit_into_64_bits(some: list[Amounts]) -> None:
    sums = add_up(some)
    assert sums.net == sum(one.net for one in some)
    assert sums.tax == sum(one.tax for one in some)
    assert sums.total == sum(one.total for one in some)
    assert 0 <= sums.total < 2**63


@given(lines)
def test_a_line_never_gives_money_away(one: Amounts) -> None:
    assert one.net >= 0
    assert 0 <= one.tax <= one.net


@given(st.integers(0, 10_000_000), st.integers(1, 1000))
def test_whole_quantities_without_discount_are_never_rounded(price: int, quantity: int) -> None:
    assert line(price, str(quantity)).net == price * quantity


def test_half_a_cent_goes_to_the_even_neighbour() -> None:
    assert line(1, "0.5").net == 0
    assert line(3, "0.5").net == 2
    assert line(5, "0.5").net == 2
    assert line(50, tax="0.05").tax == 2
    assert line(70, tax="0.05").tax == 4


def test_tax_is_taken_of_the_discounted_net() -> None:
    assert line(1000, "3", discount="10", tax="0.19") == Amounts(net=2700, tax=513)


@pytest.mark.parametrize(
    ("status", "to"),
    [("placed", "fulfilled"), ("fulfilled", "cancelled"), ("cancelled", "confirmed"), ("confirmed", "confirmed")],
)
def test_a_move_that_is_not_drawn_is_refused_and_names_what_is(status: str, to: str) -> None:
    with pytest.raises(OrderCannotMove) as refused:
        check_move(status, OrderStatus(to))
    assert to not in refused.value.extra["allowed"]
