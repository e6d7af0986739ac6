"""Service contracts over HTTP."""

from sqlalchemy import Select

from cases.projections.references import has_projections_for
from cases.service_contracts import actions, queries
from cases.service_contracts.listing import SERVICE_CONTRACTS
from cases.service_contracts.models import ContractItem, ServiceContract
from cases.service_contracts.schemas import (
    ContractCancel,
    ContractCreate,
    ContractItemCreate,
    ContractItemRead,
    ContractRead,
    ContractUpdate,
)
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("service-contracts")


@routes.page("/service-contracts", needs="cases:read", listing=SERVICE_CONTRACTS, returns=ContractRead)
def list_service_contracts(call: Call) -> Select[ServiceContract]:
    """List service contracts."""
    return queries.visible_contracts(call.principal)


@routes.post(
    "/service-contracts",
    needs="cases:write",
    body=ContractCreate,
    returns=ContractRead,
    location="/api/v1/service-contracts/{id}",
    waits_for=has_projections_for,
)
def sign_service_contract(call: Call) -> ServiceContract:
    """Sign a service contract with a customer."""
    return queries.load_customer(call.session, actions.sign_contract(call.session, by=call.by, **call.body))


@routes.get("/service-contracts/<id>", needs="cases:read", returns=ContractRead)
def get_service_contract(call: Call, id: str) -> ServiceContract:
    """Show a service contract, by its id or its number."""
    return queries.get_contract(call.session, id, call.principal)


@routes.patch("/service-contracts/<id>", needs="cases:write", body=ContractUpdate, returns=ContractRead)
def update_service_contract(call: Call, id: str) -> ServiceContract:
    """Change a service contract."""
    contract = queries.get_contract(call.session, id, call.principal)
    call.check_version(contract)
    return actions.update_contract(call.session, contract, by=call.by, changes=call.body)


@routes.action("/service-contracts/<id>:cancel", needs="cases:write", body=ContractCancel, returns=ContractRead)
def cancel_service_contract(call: Call, id: str) -> ServiceContract:
    """Cancel a service contract from now on."""
    contract = queries.get_contract(call.session, id, call.principal)
    call.check_version(contract)
    return actions.cancel_contract(call.session, contract, by=call.by, reason=call.body["reason"])


@routes.post("/service-contracts/<id>/items", needs="cases:write", body=ContractItemCreate, returns=ContractItemRead)
def add_service_contract_item(call: Call, id: str) -> ContractItem:
    """Add an item that the contract covers."""
    contract = queries.get_contract(call.session, id, call.principal)
    return actions.add_item(call.session, contract, by=call.by, item=call.body)


@routes.delete("/service-contracts/<id>/items/<item_id>", needs="cases:write")
def remove_service_contract_item(call: Call, id: str, item_id: str) -> None:
    """Take an item out of a contract."""
    contract = queries.get_contract(call.session, id, call.principal)
    item = queries.get_contract_item(contract, item_id)
    actions.remove_item(call.session, contract, by=call.by, item=item)
