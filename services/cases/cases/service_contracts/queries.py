"""Reading service contracts: a contract is seen by whoever sees its customer."""

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from cases.projections.models import KnownCustomer
from cases.projections.queries import named_like
from cases.service_contracts.models import ContractItem, ServiceContract
from servicekit.auth import Principal, visible
from servicekit.errors import NotFound


def visible_contracts(principal: Principal) -> Select[ServiceContract]:
    contracts = select(ServiceContract).join(KnownCustomer, KnownCustomer.id == ServiceContract.customer_id)
    return visible(contracts, principal, owner=KnownCustomer.owner_id, team=KnownCustomer.team_id)


def find_contract(session: Session, id_or_number: str, principal: Principal) -> ServiceContract:
    """By its id or its number; raises NotFound."""
    is_it = or_(ServiceContract.id == id_or_number, ServiceContract.number == id_or_number)
    contract = session.scalars(visible_contracts(principal).where(is_it)).one_or_none()
    if contract is None:
        raise NotFound("There is no such service contract, or it is not yours.")
    return contract


def find_item(contract: ServiceContract, item_id: str) -> ContractItem:
    item = next((item for item in contract.items if item.id == item_id), None)
    if item is None:
        raise NotFound("This contract has no such item.")
    return item


def matches(text: str) -> ColumnElement[bool]:
    """Search: number, name, the customer's name, or the product or serial number of an item."""
    covered = select(ContractItem.contract_id).where(
        or_(ContractItem.serial.icontains(text, autoescape=True), ContractItem.product.icontains(text, autoescape=True))
    )
    return or_(
        ServiceContract.number.icontains(text, autoescape=True),
        ServiceContract.name.icontains(text, autoescape=True),
        ServiceContract.id.in_(covered),
        named_like(ServiceContract.customer_id, text),
    )
