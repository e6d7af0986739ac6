"""Signing, updating and cancelling service contracts, and what they cover."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from cases.projections.references import check_customer, must_be_open_to_work
from cases.service_contracts.models import ContractItem, ServiceContract
from cases.service_contracts.rules import contract_number, is_in_order
from servicekit.actor import Actor
from servicekit.database.numbers import next_number
from servicekit.errors import Conflict, one_field
from servicekit.ids import new_id


class ContractCancelled(Conflict):
    """A cancelled contract stays as it was."""


def sign_contract(
    session: Session,
    *,
    by: Actor,
    customer_id: str,
    name: str,
    terms: str | None,
    starts_on: date,
    ends_on: date | None,
    items: Sequence[Mapping[str, Any]],
) -> ServiceContract:
    """A new contract under the next number, with the items that it covers."""
    check_customer(session, customer_id, by=by)
    _must_be_in_order(starts_on, ends_on)
    contract = ServiceContract(
        id=new_id("sco"),
        number=contract_number(next_number(session, "service_contract")),
        customer_id=customer_id,
        name=name,
        terms=terms,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=by.now,
        updated_at=by.now,
    )
    contract.items = [_item(item, by=by) for item in items]
    session.add(contract)
    return contract


def update_contract(
    session: Session, contract: ServiceContract, *, by: Actor, changes: Mapping[str, Any]
) -> ServiceContract:
    """Change its name, terms or days."""
    _must_be_open(session, contract)
    _must_be_in_order(changes.get("starts_on", contract.starts_on), changes.get("ends_on", contract.ends_on))
    for name, value in changes.items():
        setattr(contract, name, value)
    contract.updated_at = by.now
    return contract


def cancel_contract(session: Session, contract: ServiceContract, *, by: Actor, reason: str) -> ServiceContract:
    """It entitles to nothing from now on, and stays readable."""
    _must_be_open(session, contract)
    contract.cancelled_at = by.now
    contract.cancel_reason = reason
    contract.updated_at = by.now
    return contract


def add_item(session: Session, contract: ServiceContract, *, by: Actor, item: Mapping[str, Any]) -> ContractItem:
    """Cover one more thing."""
    _must_be_open(session, contract)
    added = _item(item, by=by)
    contract.items.append(added)
    contract.bump(by.now)
    return added


def remove_item(session: Session, contract: ServiceContract, *, by: Actor, item: ContractItem) -> None:
    """Cover it no longer."""
    _must_be_open(session, contract)
    contract.items.remove(item)
    session.delete(item)
    contract.bump(by.now)


def _item(item: Mapping[str, Any], *, by: Actor) -> ContractItem:
    return ContractItem(id=new_id("sci"), created_at=by.now, updated_at=by.now, **item)


def _must_be_open(session: Session, contract: ServiceContract) -> None:
    must_be_open_to_work(session, contract.customer_id)
    if contract.cancelled_at is not None:
        raise ContractCancelled(f"{contract.number} was cancelled on {contract.cancelled_at:%Y-%m-%d}.")


def _must_be_in_order(starts_on: date, ends_on: date | None) -> None:
    if not is_in_order(starts_on, ends_on):
        raise one_field("/ends_on", "ends_before_start", "The last day is before the first one.")
