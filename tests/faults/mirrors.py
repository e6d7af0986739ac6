"""Holds each service's copies of what others own against the originals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.stacks import Stack


@dataclass(frozen=True)
class Mirror:
    """A copy, the original, and which values must be the same in both; both statements give an id first."""

    what: str
    copied_by: str
    copy: str
    owner: str
    original: str


MIRRORS = (
    Mirror("case", "customers", "SELECT id, status, customer_id FROM case_facts", "cases", 'SELECT id, status, customer_id FROM "cases"'),
    Mirror("case", "notifications", 'SELECT id, customer_id, owner_id FROM "cases"', "cases", 'SELECT id, customer_id, owner_id FROM "cases"'),
    Mirror("order", "customers", "SELECT id, status, total_minor FROM order_facts", "orders", "SELECT id, status, total_minor FROM orders"),
    Mirror("customer", "cases", "SELECT id, name FROM known_customers", "customers", "SELECT id, name FROM customers"),
    Mirror("customer", "orders", "SELECT id, name FROM customers", "customers", "SELECT id, name FROM customers"),
    Mirror("customer", "notifications", "SELECT id, name FROM customers", "customers", "SELECT id, name FROM customers"),
    Mirror("user", "cases", "SELECT id, name FROM known_users", "gateway", "SELECT id, name FROM users"),
    Mirror("user", "customers", "SELECT id, name FROM users", "gateway", "SELECT id, name FROM users"),
    Mirror(
        "balance", "customers", "SELECT customer_id, open_balance_minor FROM balance_facts",
        "orders", "SELECT customer_id, sum(amount_minor) FROM ledger_entries GROUP BY customer_id",
    ),
)  # fmt: skip


def behind(stack: Stack) -> list[str]:
    """Every copy that is missing or shows something else than its original, and figures that do not add up."""
    found = []
    for mirror in MIRRORS:
        original = _by_id(stack, mirror.owner, mirror.original)
        copy = _by_id(stack, mirror.copied_by, mirror.copy)
        found += [
            f"{mirror.copied_by} shows {mirror.what} {one} as {copy.get(one)}, it is {values}"
            for one, values in original.items()
            if copy.get(one) != values and not (mirror.what == "balance" and one not in copy and values == (0,))
        ]
    return found + _open_cases(stack)


def _by_id(stack: Stack, service: str, statement: str) -> Mapping[str, tuple[Any, ...]]:
    plain: Callable[[Any], Any] = lambda value: value if isinstance(value, str | None) else int(value)
    return {row[0]: tuple(plain(value) for value in row[1:]) for row in stack.sql(service, statement)}


def _open_cases(stack: Stack) -> list[str]:
    """The figure on a customer's page is the number of the open cases in which it is customer or contact."""
    real: dict[str, set[str]] = defaultdict(set)
    for case in stack.sql(
        "cases", """SELECT id, customer_id, contact_id FROM "cases" WHERE status NOT IN ('resolved', 'closed')"""
    ):
        for customer in (case.customer_id, case.contact_id):
            if customer:
                real[customer].add(case.id)
    shown = {
        row.customer_id: row.open_cases
        for row in stack.sql("customers", "SELECT customer_id, open_cases FROM customer_facts")
    }
    return [
        f"customer {one} shows {shown.get(one)} open cases, there are {len(cases)}"
        for one, cases in real.items()
        if shown.get(one) != len(cases)
    ]
