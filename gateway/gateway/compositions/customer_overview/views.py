"""The compositions: everything about one customer, and one search over everything; a part that is missing is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from marshmallow import fields, validate

from gateway.http import upstreams
from gateway.http.upstreams import Answer
from servicekit.auth import SIGNED_IN, Principal, Scope
from servicekit.errors import NotFound, Unavailable
from servicekit.http.call import Call
from servicekit.http.routes import Routes
from servicekit.http.schemas import Schema

routes = Routes("overview")

NOT_FOUND = 404
FORBIDDEN = (401, 403)


class Part(Schema):
    """One part: `ok` with its data, `unavailable` when its service is down, `denied` without the permission."""

    status = fields.String(required=True, validate=validate.OneOf(["ok", "unavailable", "denied"]))
    data = fields.Raw(required=True, allow_none=True)


class OverviewRead(Schema):
    """A customer and all that belongs to it; `complete` says whether every part could be had."""

    complete = fields.Boolean(required=True)
    customer = fields.Nested(Part, required=True)
    contacts = fields.Nested(Part, required=True)
    timeline = fields.Nested(Part, required=True)
    cases = fields.Nested(Part, required=True)
    work_items = fields.Nested(Part, required=True)
    orders = fields.Nested(Part, required=True)
    balance = fields.Nested(Part, required=True)
    emails = fields.Nested(Part, required=True)


class SearchQuery(Schema):
    """What to look for."""

    q = fields.String(required=True, validate=validate.Length(min=1, max=200))
    limit = fields.Integer(load_default=5, validate=validate.Range(min=1, max=20))


class SearchRead(Schema):
    """The best of each kind; `complete` says whether every service answered."""

    complete = fields.Boolean(required=True)
    customers = fields.Nested(Part, required=True)
    cases = fields.Nested(Part, required=True)
    orders = fields.Nested(Part, required=True)


@dataclass(frozen=True, kw_only=True)
class Question:
    """Where a part comes from, and the permission without which it is not asked for."""

    service: str
    path: str
    needs: str
    params: Mapping[str, Any] | None = None


def questions_about(customer_id: str, *, rows: int) -> dict[str, Question]:
    """The parts of the overview of one customer."""
    one = f"/api/v1/customers/{quote(customer_id, safe='')}"
    its = {"customer_id": customer_id, "limit": rows}
    return {
        "customer": Question(service="customers", path=one, needs="customers:read"),
        "contacts": Question(
            service="customers", path=f"{one}/contacts", needs="customers:read", params={"limit": rows}
        ),
        "timeline": Question(
            service="customers", path=f"{one}/timeline", needs="customers:read", params={"limit": rows * 2}
        ),
        "cases": Question(service="cases", path="/api/v1/cases", needs="cases:read", params=its),
        "work_items": Question(service="cases", path="/api/v1/work-items", needs="cases:read", params=its),
        "orders": Question(service="orders", path="/api/v1/orders", needs="orders:read", params=its),
        "balance": Question(service="orders", path=f"{one}/balance", needs="orders:read"),
        "emails": Question(service="notifications", path="/api/v1/emails", needs="notifications:read", params=its),
    }


@routes.get("/customers/<id>/overview", needs="customers:read", returns=OverviewRead)
def show_overview(call: Call, id: str) -> dict[str, Any]:
    """Everything about one customer in one answer.

    The parts are asked for at the same time. While a service is down its parts say `unavailable`.
    """
    answers = ask_all(call.principal, questions_about(id, rows=10))
    customer = answers["customer"]
    if isinstance(customer, Answer) and customer.status == NOT_FOUND:
        raise NotFound("There is no such customer.")
    if isinstance(customer, Unavailable) and call.principal.scope is not Scope.ALL:
        # Whether this customer is theirs only the customers service knows.
        raise customer
    return _compose(answers)


@routes.get("/search", needs=SIGNED_IN, query=SearchQuery, returns=SearchRead)
def search(call: Call) -> dict[str, Any]:
    """Search customers, cases and orders at once; each kind in its own service, with the caller's rights."""
    params = {"q": call.query["q"], "limit": call.query["limit"]}
    kinds = {"customers": "customers:read", "cases": "cases:read", "orders": "orders:read"}
    asked = {
        name: Question(service=name, path=f"/api/v1/{name}", needs=needs, params=params)
        for name, needs in kinds.items()
    }
    return _compose(ask_all(call.principal, asked))


def ask_all(principal: Principal, questions: Mapping[str, Question]) -> dict[str, Answer | Unavailable | None]:
    """All that this caller may ask, at the same time; None where a permission is missing."""
    allowed = {name: one for name, one in questions.items() if principal.can(one.needs)}
    answers = upstreams.parallel({name: _task(principal, one) for name, one in allowed.items()})
    return {name: answers.get(name) for name in questions}


def _task(principal: Principal, question: Question) -> Callable[[], Answer | Unavailable]:
    def run() -> Answer | Unavailable:
        try:
            return upstreams.call(principal, question.service, "GET", question.path, params=question.params)
        except Unavailable as error:
            return error

    return run


def _compose(answers: Mapping[str, Answer | Unavailable | None]) -> dict[str, Any]:
    parts = {name: _part(answer) for name, answer in answers.items()}
    return {"complete": all(part["status"] != "unavailable" for part in parts.values()), **parts}


def _part(answer: Answer | Unavailable | None) -> dict[str, Any]:
    if answer is None or (isinstance(answer, Answer) and answer.status in FORBIDDEN):
        return {"status": "denied", "data": None}
    if isinstance(answer, Unavailable):
        return {"status": "unavailable", "data": None}
    if answer.is_ok:
        return {"status": "ok", "data": answer.data}
    return {"status": "ok" if answer.status == NOT_FOUND else "unavailable", "data": None}
