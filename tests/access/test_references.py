"""Whoever names somebody else's object in a body gets neither at it nor to know that it is there."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from servicekit.ids import new_id
from tests.access.callers import OTHER_CHIEF, SOUTH
from tests.access.resources import SKU
from tests.access.scenario import Scenario

ID_PREFIXES = {"case": "cas", "contact": "con", "customer": "cus", "invoice": "inv", "person": "cus"}


@dataclass(frozen=True, kw_only=True)
class Naming:
    """A request on what is the caller's own, with somebody else's `kind` in the body, under `name`."""

    request: str
    kind: str
    name: str
    body: dict[str, Any]

    def sent(self, other: str, scenario: Scenario) -> dict[str, Any]:
        own = {name: scenario.south.ids[name] for name in ("customer", "case")}
        filled = {name: own[value[1:]] if str(value)[:1] == "$" else value for name, value in self.body.items()}
        return {**filled, self.name: other}


LINES = [{"sku": SKU, "quantity": "1"}]
MONEY = {"amount": "1.00", "currency": "EUR"}
EMAIL = {"subject": "Asked", "text": "Asked"}
NAMINGS = [
    Naming(request="POST /customers/$customer/contacts", kind="person", name="person_id", body={}),
    Naming(request="PATCH /cases/$case", kind="customer", name="customer_id", body={}),
    Naming(request="PATCH /cases/$case", kind="person", name="contact_id", body={}),
    Naming(request="POST /cases", kind="customer", name="customer_id", body={"subject": "Asked"}),
    Naming(
        request="POST /cases", kind="person", name="contact_id", body={"subject": "Asked", "customer_id": "$customer"}
    ),
    Naming(
        request="POST /service-contracts",
        kind="customer",
        name="customer_id",
        body={"name": "Asked", "starts_on": "2026-01-01"},
    ),
    Naming(request="POST /orders", kind="customer", name="customer_id", body={"lines": LINES}),
    Naming(request="POST /payments", kind="customer", name="customer_id", body={"amount": MONEY}),
    Naming(
        request="POST /payments", kind="invoice", name="invoice_id", body={"amount": MONEY, "customer_id": "$customer"}
    ),
    Naming(request="POST /emails", kind="customer", name="customer_id", body=EMAIL),
    Naming(request="POST /emails", kind="contact", name="contact_id", body={**EMAIL, "customer_id": "$customer"}),
    Naming(request="POST /emails", kind="case", name="case_id", body={**EMAIL, "customer_id": "$customer"}),
    Naming(request="POST /notes", kind="customer", name="customer_id", body={"body": "Asked"}),
    Naming(request="POST /activities", kind="customer", name="customer_id", body={"kind": "call", "title": "Asked"}),
]


def refusal(scenario: Scenario, one: Naming, other: str) -> tuple[int, Any, Any]:
    """Status, code and wrong fields of the answer, with the id taken out that the caller has written there."""
    method, _, path = one.request.partition(" ")
    for kind in ("customer", "case"):
        path = path.replace(f"${kind}", scenario.south.ids[kind])
    answer = scenario.caller(OTHER_CHIEF).ask(method, f"/api/v1{path}", json=one.sent(other, scenario))
    problem = answer.json()
    shown = str([problem.get("detail"), problem.get("errors")]).replace(other, "the id")
    return answer.status_code, problem.get("code"), shown


def test_an_object_of_others_in_a_body_is_refused_as_one_that_never_was(scenario: Scenario) -> None:
    def both(one: Naming) -> tuple[tuple[int, Any, Any], tuple[int, Any, Any]]:
        return refusal(scenario, one, scenario.north.ids[one.kind]), refusal(
            scenario, one, new_id(ID_PREFIXES[one.kind])
        )

    with ThreadPoolExecutor(len(NAMINGS)) as pool:  # for an unknown customer the services wait a moment
        answers = list(pool.map(both, NAMINGS))
    wrong = [
        f"{one.request} with {one.name} of others: {others}, with one that never was: {ghosts}"
        for one, (others, ghosts) in zip(NAMINGS, answers, strict=True)
        if others != ghosts or not (others[0] == 404 or (others[0] == 422 and "'unknown_" in others[2]))
    ]
    assert not wrong, "\n".join(wrong)


def test_a_taken_mailbox_or_foreign_id_is_refused_without_saying_whose_it_is(scenario: Scenario) -> None:
    south = {"owner_id": scenario.callers.ids[OTHER_CHIEF], "team_id": scenario.callers.teams[SOUTH]}
    new = {"kind": "organization", "name": "New", "email": "new@new.example", **south}
    taken = [
        {**new, "email": scenario.north.mailbox("office")},
        {**new, "external_ids": {"sap": scenario.north.ids["external_id"]}},
    ]
    for body in taken:
        answer = scenario.caller(OTHER_CHIEF).ask("POST", "/api/v1/customers", json=body)
        assert answer.status_code == 409, answer.text
        assert set(scenario.north.found_in(answer.text)) <= {"external_id", "the marker"}, answer.text
        assert scenario.north.ids["customer_number"] not in answer.text
