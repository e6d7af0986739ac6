"""What must be true of a service contract, and its number."""

from datetime import date


def is_in_order(starts_on: date, ends_on: date | None) -> bool:
    return ends_on is None or starts_on <= ends_on


def contract_number(counter: int) -> str:
    return f"SC-{counter:06d}"
