"""Service contracts over HTTP."""

from typing import Any

from marshmallow import fields
from sqlalchemy import Select

from cases.casework.views import knows_who_is_named
from cases.projections.queries import must_see_customer
from cases.service_contracts import actions, queries
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
from servicekit.http.filters import Filter, flag, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("service-contracts")


def _day(column: Any) -> Filter:
    return Filter(column=column, operators=dict.fromkeys(("gte", "lte"), fields.Date))


CONTRACTS = Listing(
    id=ServiceContract.id,
    filters={
        "customer_id": text(ServiceContract.customer_id),
        "starts_on": _day(ServiceContract.starts_on),
        "ends_on": _day(ServiceContract.ends_on),
        "is_cancelled": flag(ServiceContract.cancelled_at.is_not(None)),
    },
    sorts={
        "created_at": ServiceContract.created_at,
        "starts_on": ServiceContract.starts_on,
        "number": ServiceContract.number,
        "name": ServiceContract.name,
    },
    default_sort="-created_at",
    search=queries.matches,
)


@routes.page("/service-contracts", needs="cases:read", listing=CONTRACTS, returns=ContractRead)
def list_contracts(call: Call) -> Select[ServiceContract]:
    """List service contracts."""
    return queries.visible_contracts(call.principal)


@routes.post(
    "/service-contracts",
    needs="cases:write",
    body=ContractCreate,
    returns=ContractRead,
    location="/api/v1/service-contracts/{id}",
    waits_for=knows_who_is_named,
)
def sign_contract(call: Call) -> ServiceContract:
    """Sign a service contract with a customer."""
    must_see_customer(call.session, call.principal, call.body["customer_id"])
    return actions.sign_contract(call.session, now=call.now, **call.body)


@routes.get("/service-contracts/<id>", needs="cases:read", returns=ContractRead)
def show_contract(call: Call, id: str) -> ServiceContract:
    """Show a service contract, by its id or its number."""
    return queries.find_contract(call.session, id, call.principal)


@routes.patch("/service-contracts/<id>", needs="cases:write", body=ContractUpdate, returns=ContractRead)
def change_contract(call: Call, id: str) -> ServiceContract:
    """Change a service contract."""
    contract = queries.find_contract(call.session, id, call.principal)
    call.check_version(contract)
    return actions.change_contract(call.session, contract, changes=call.body, now=call.now)


@routes.action("/service-contracts/<id>:cancel", needs="cases:write", body=ContractCancel, returns=ContractRead)
def cancel_contract(call: Call, id: str) -> ServiceContract:
    """Cancel a service contract from now on."""
    contract = queries.find_contract(call.session, id, call.principal)
    call.check_version(contract)
    return actions.cancel_contract(call.session, contract, reason=call.body["reason"], now=call.now)


@routes.post("/service-contracts/<id>/items", needs="cases:write", body=ContractItemCreate, returns=ContractItemRead)
def add_contract_item(call: Call, id: str) -> ContractItem:
    """Add an item that the contract covers."""
    contract = queries.find_contract(call.session, id, call.principal)
    return actions.add_item(call.session, contract, item=call.body, now=call.now)


@routes.delete("/service-contracts/<id>/items/<item_id>", needs="cases:write")
def remove_contract_item(call: Call, id: str, item_id: str) -> None:
    """Take an item out of a contract."""
    contract = queries.find_contract(call.session, id, call.principal)
    actions.remove_item(call.session, contract, queries.find_item(contract, item_id), now=call.now)
