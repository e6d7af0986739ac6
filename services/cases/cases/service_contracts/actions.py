"""Signing, changing and cancelling service contracts, and what they cover."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from cases.casework.actions import must_be_open_to_work
from cases.service_contracts.models import ContractItem, ServiceContract
from cases.service_contracts.rules import contract_number, is_in_order
from servicekit.database.numbers import next_number
from servicekit.errors import Conflict, one_field
from servicekit.ids import new_id


class ContractCancelled(Conflict):
    """A cancelled contract is kept as it was."""


def sign_contract(
    session: Session,
    *,
    customer_id: str,
    name: str,
    terms: str | None,
    starts_on: date,
    ends_on: date | None,
    items: list[dict[str, Any]],
    now: datetime,
) -> ServiceContract:
    """A new contract under the next number, with the items that it covers."""
    must_be_open_to_work(session, customer_id)
    _must_be_in_order(starts_on, ends_on)
    contract = ServiceContract(
        id=new_id("sco"),
        number=contract_number(next_number(session, "service_contract")),
        customer_id=customer_id,
        name=name,
        terms=terms,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=now,
        updated_at=now,
    )
    contract.items = [_item(item, now) for item in items]
    session.add(contract)
    return contract


def change_contract(
    session: Session, contract: ServiceContract, *, changes: Mapping[str, Any], now: datetime
) -> ServiceContract:
    """Change its name, terms or days."""
    _must_be_open(session, contract)
    _must_be_in_order(changes.get("starts_on", contract.starts_on), changes.get("ends_on", contract.ends_on))
    for name, value in changes.items():
        setattr(contract, name, value)
    contract.updated_at = now
    return contract


def cancel_contract(session: Session, contract: ServiceContract, *, reason: str, now: datetime) -> ServiceContract:
    """It entitles to nothing from now on, and stays readable."""
    _must_be_open(session, contract)
    contract.cancelled_at = now
    contract.cancel_reason = reason
    contract.updated_at = now
    return contract


def add_item(session: Session, contract: ServiceContract, *, item: Mapping[str, Any], now: datetime) -> ContractItem:
    """Cover one more thing."""
    _must_be_open(session, contract)
    added = _item(item, now)
    contract.items.append(added)
    _touch(contract, now)
    return added


def remove_item(session: Session, contract: ServiceContract, item: ContractItem, *, now: datetime) -> None:
    """Cover it no longer."""
    _must_be_open(session, contract)
    contract.items.remove(item)
    session.delete(item)
    _touch(contract, now)


def _item(item: Mapping[str, Any], now: datetime) -> ContractItem:
    return ContractItem(id=new_id("sci"), created_at=now, updated_at=now, **item)


def _touch(contract: ServiceContract, now: datetime) -> None:
    contract.updated_at = now
    flag_modified(contract, "updated_at")


def _must_be_open(session: Session, contract: ServiceContract) -> None:
    must_be_open_to_work(session, contract.customer_id)
    if contract.cancelled_at is not None:
        raise ContractCancelled(f"{contract.number} was cancelled on {contract.cancelled_at:%Y-%m-%d}.")


def _must_be_in_order(starts_on: date, ends_on: date | None) -> None:
    if not is_in_order(starts_on, ends_on):
        raise one_field("/ends_on", "ends_before_start", "The last day is before the first one.")
