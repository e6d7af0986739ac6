"""How each operation is tried: on a real object, with a body that passes every check that comes before the right to it.

A change is tried with `If-Match: "0"`, which no version ever is. The services compare versions after they have found
out whether this caller may see the object: who may is answered 412, who may not is answered as if there were nothing,
and neither changes anything. So cells can be tried in any order.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import requests

from gateway.http.routing import METHODS, openapi
from tests.access.scenario import Scenario
from tests.stacks import PASSWORD

IN: Final = "in"
# A caller who names somebody else's object in a body is answered that there is no such object: that counts as 404.
NO_SUCH: Final = frozenset({"unknown_customer", "unknown_contact", "unknown_case", "unknown_invoice"})
_WRONG: Final = frozenset({409, 412, 422, 428})  # admitted: it is the request that is wrong, or too late


@dataclass(frozen=True, kw_only=True, order=True)
class Operation:
    """One operation of the document, and the permission that it names."""

    path: str
    method: str
    needs: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


class UnknownParameter(Exception):
    """A parameter of a path for which no id is declared here; the message names the place."""


# What stands for the first parameter of a path, by the resource before it.
OBJECTS: Final[Mapping[str, str]] = {
    "activities": "activity",
    "api-keys": "api_key",
    "case-types": "case_type",
    "cases": "case",
    "contacts": "contact",
    "customers": "customer",
    "emails": "email",
    "forms": "form",
    "invoices": "invoice",
    "notes": "note",
    "notifications": "notification",
    "orders": "order",
    "payments": "payment",
    "products": "product",
    "roles": "role",
    "service-contracts": "contract",
    "sessions": "session",
    "teams": "team",
    "users": "user",
    "work-items": "work_item",
    "workflow-runs": "run",
    "workflows": "workflow",
}
# Other parameters: `item_id` of a contract, and the two names by which another system knows a customer.
PARAMETERS: Final[Mapping[str, str]] = {"item_id": "contract_item", "external_id": "external_id"}
LITERALS: Final[Mapping[str, str]] = {"system": "sap"}
INSTEAD: Final[Mapping[str, str]] = {
    "POST /api/v1/users/{id}:disable": "active_user",
    "POST /api/v1/users/{id}:enable": "disabled_user",
    "DELETE /api/v1/roles/{id}": "unused_role",
    "DELETE /api/v1/api-keys/{id}": "unused_key",
}

# Whether somebody may manage a user or a role, or take a work item, is asked after the version is compared.
WITHOUT_VERSION: Final = frozenset(
    {
        "PATCH /api/v1/users/{id}",
        "POST /api/v1/users/{id}:disable",
        "POST /api/v1/users/{id}:enable",
        "PATCH /api/v1/roles/{id}",
        "DELETE /api/v1/roles/{id}",
        "POST /api/v1/work-items/{id}:claim",
        "POST /api/v1/work-items/{id}:decide",
    }
)
QUERIES: Final[Mapping[str, Mapping[str, str]]] = {"GET /api/v1/search": {"q": "quartz"}}
_MONEY: Final = {"amount": "1.00", "currency": "EUR"}
# `$customer` is the id of the customer. What is not listed is tried with an empty body, which no creation takes.
BODIES: Final[Mapping[str, Any]] = {
    "POST /api/v1/activities": {"customer_id": "$customer", "kind": "call", "title": "Asked"},
    "POST /api/v1/cases": {"customer_id": "$customer", "subject": "Asked", "workflow": None},
    "PATCH /api/v1/cases/{id}": {"subject": "Asked"},
    "POST /api/v1/cases/{id}/messages": {"body": "Asked", "is_internal": True},
    "POST /api/v1/cases/{id}/workflow": {"workflow": "no-such-workflow"},
    "POST /api/v1/cases/{id}:assign": {"owner_id": "$user"},
    "POST /api/v1/cases/{id}:transition": {"status": "working"},
    "PATCH /api/v1/contacts/{id}": {"job_title": "Asked"},
    "PATCH /api/v1/customers/{id}": {"industry": "Asked"},
    "POST /api/v1/customers/{id}:block": {"reason": "Asked"},
    "PUT /api/v1/customers/by-external-id/{system}/{external_id}": {"kind": "organization", "industry": "Asked"},
    "POST /api/v1/emails": {"customer_id": "$customer", "case_id": "$case", "subject": "Asked", "text": "Asked"},
    "POST /api/v1/forms/{key}/submissions": {"answers": {}},
    "POST /api/v1/me:change-password": {"current_password": PASSWORD, "new_password": "short"},
    "POST /api/v1/notes": {"customer_id": "$customer", "body": "Asked"},
    "PATCH /api/v1/notes/{id}": {"body": "Asked"},
    "POST /api/v1/orders": {"customer_id": "$customer", "lines": [{"sku": "BEARING", "quantity": "1"}]},
    "PATCH /api/v1/orders/{id}": {"note": "Asked"},
    "POST /api/v1/orders/{id}:cancel": {"reason": "Asked"},
    "POST /api/v1/payments": {"customer_id": "$customer", "amount": _MONEY},
    "PATCH /api/v1/roles/{id}": {"name": "Asked"},
    "POST /api/v1/service-contracts": {"customer_id": "$customer", "name": "Asked", "starts_on": "2026-01-01"},
    "POST /api/v1/service-contracts/{id}/items": {"product": "Asked"},
    "POST /api/v1/service-contracts/{id}:cancel": {"reason": "Asked"},
    "PATCH /api/v1/users/{id}": {"language": "en"},
    "POST /api/v1/work-items/{id}:decide": {"outcome": "no-such-outcome"},
    "POST /api/v1/workflow-runs/{id}:cancel": {"reason": "Asked"},
}


@cache
def document() -> dict[str, Any]:
    """The committed OpenAPI document."""
    read: dict[str, Any] = json.loads(openapi())
    return read


def operations() -> list[Operation]:
    """Every operation of the committed document, sorted as the matrix is."""
    return sorted(
        Operation(path=path, method=method.upper(), needs=known[method]["x-needs"])
        for path, known in document()["paths"].items()
        for method in METHODS
        if method in known
    )


def try_operation(scenario: Scenario, operation: Operation, actor: str, *, method: str | None = None) -> str:
    """Try it as this actor; what came of it, as a cell of the matrix says it."""
    known = scenario.known(actor)
    sent: dict[str, Any] = {"params": QUERIES.get(operation.name)}
    if operation.method != "GET":
        sent["json"] = filled(BODIES.get(operation.name, {}), known)
        if "{" in operation.path and operation.name not in WITHOUT_VERSION:
            sent["headers"] = {"If-Match": '"0"'}
    path = path_of(operation, known)
    return outcome(scenario.caller(actor).ask(method or operation.method, path, **sent))


def outcome(answer: requests.Response) -> str:
    """`in`, or the number of the refusal; 404 also where the answer is that the object named by the body does not exist."""
    status = answer.status_code
    if status == 422 and NO_SUCH & {error["code"] for error in answer.json()["errors"]}:
        return "404"
    return IN if status < 400 or status in _WRONG else str(status)


def path_of(operation: Operation, known: Mapping[str, str]) -> str:
    """The path with real ids in it; raises UnknownParameter for one that has no id here."""
    resource = operation.path.split("/")[3]

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        if name in LITERALS:
            return LITERALS[name]
        kind = PARAMETERS.get(name) or INSTEAD.get(operation.name) or OBJECTS.get(resource)
        if kind is None:
            raise UnknownParameter(
                f"{operation.name}: say in OBJECTS of {__file__} what {{{name}}} of “{resource}” is."
            )
        return known[kind]

    return re.sub(r"{(\w+)}", fill, operation.path)


def filled(body: Any, known: Mapping[str, str]) -> Any:
    """The body with real ids for `$names`."""
    if isinstance(body, dict):
        return {name: filled(value, known) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, known) for value in body]
    return known[body[1:]] if isinstance(body, str) and body.startswith("$") else body
