"""Reading service contracts: a contract is seen by whoever sees its customer."""

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from cases.projections.models import CustomerProjection
from cases.projections.queries import find_customer, has_customer_named
from cases.service_contracts.models import ContractItem, ServiceContract
from servicekit.auth import Principal, visible
from servicekit.errors import NotFound


def visible_contracts(principal: Principal) -> Select[ServiceContract]:
    """Each with its customer and the items that it covers."""
    contracts = select(ServiceContract).join(ServiceContract.customer).options(contains_eager(ServiceContract.customer))
    return visible(contracts, principal, owner=CustomerProjection.owner_id, team=CustomerProjection.team_id)


def get_contract(session: Session, id_or_number: str, principal: Principal) -> ServiceContract:
    """By its id or its number; raises NotFound."""
    is_it = or_(ServiceContract.id == id_or_number, ServiceContract.number == id_or_number)
    contract = session.scalars(visible_contracts(principal).where(is_it)).one_or_none()
    if contract is None:
        raise NotFound("There is no such service contract, or it is not yours.")
    return contract


def load_customer(session: Session, contract: ServiceContract) -> ServiceContract:
    """Of a new contract, what an answer shows beside it."""
    set_committed_value(contract, "customer", find_customer(session, contract.customer_id))
    return contract


def get_contract_item(contract: ServiceContract, item_id: str) -> ContractItem:
    """Raises NotFound."""
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
        has_customer_named(ServiceContract.customer_id, text),
    )
