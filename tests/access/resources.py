"""What belongs to one team: one of everything that the API knows by an id, found again by a word that is in all of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from ops.api import Api, Refused, eventually

PATIENCE: Final = 60
SKU: Final = "BEARING"
CASE_TYPE: Final = "inspection"
FORM: Final = "question"
WORKFLOW: Final = "inspecting"

T = TypeVar("T")


@dataclass(kw_only=True)
class Holdings:
    """The ids of a team's objects, each of them owned by one of its members."""

    word: str
    owner_id: str
    team_id: str
    ids: dict[str, str] = field(default_factory=dict)

    def found_in(self, text: str) -> list[str]:
        """What of it somebody can read here: ids, numbers, or the word that is in every name."""
        marks = {"the word": self.word, **self.ids}
        return sorted({kind for kind, mark in marks.items() if re.search(rf"(?<![A-Z]){re.escape(mark)}\b", text)})

    @property
    def belongs(self) -> dict[str, str]:
        return {"owner_id": self.owner_id, "team_id": self.team_id}

    def mailbox(self, name: str) -> str:
        return f"{name}@{self.word.lower()}.example"

    def about(self, **more: Any) -> dict[str, Any]:
        return {"customer_id": self.ids["customer"], **more}

    def keep(self, **made: dict[str, Any]) -> None:
        for kind, one in made.items():
            self.ids[kind] = str(one["id"])
            if one.get("number"):
                self.ids[f"{kind}_number"] = str(one["number"])


def set_up_company(admin: Api) -> dict[str, str]:
    """What all teams share: a product, a workflow, a case type and a form. Returns their ids."""
    step = {
        "key": "look",
        "name": "Look at it",
        "assignees": ["field:case.owner"],
        "fallback": "role:administrator",
        "outcomes": ["done"],
        "transitions": {"done": "end"},
    }
    workflow = admin.post("/workflows", {"key": WORKFLOW, "name": "Inspecting", "steps": [step]})
    admin.act(f"/workflows/{workflow['id']}", "publish")
    case_type = {"key": CASE_TYPE, "name": "Inspection", "default_workflow": WORKFLOW}
    questions = [
        {"key": "subject", "label": "What is it?", "type": "text", "required": True, "maps_to": "case.subject"},
        {"key": "email", "label": "E-mail", "type": "email", "required": True, "maps_to": "customer.email"},
    ]
    product = {"sku": SKU, "name": "Bearing", "unit_price": {"amount": "10.00", "currency": "EUR"}}
    return {
        "workflow": str(workflow["id"]),
        "case_type": str(admin.post("/case-types", case_type)["id"]),
        "form": str(admin.post("/forms", {"key": FORM, "name": "Question", "fields": questions})["id"]),
        "product": str(admin.post("/products", product)["id"]),
    }


def furnish(admin: Api, holdings: Holdings) -> Holdings:
    """One of everything, and what follows from it in the other services."""
    _know_customers(admin, holdings)
    _work_on_cases(admin, holdings)
    _sell(admin, holdings)
    return holdings


def wait_for_mail(admin: Api, owner: Api, holdings: Holdings) -> None:
    """The owner is told of the work, in the console and by mail: it has crossed the bus."""
    told = must(lambda: owner.get("/notifications")["data"], f"{holdings.word}: the owner is told")
    holdings.ids["notification"] = str(told[0]["id"])
    must(lambda: admin.get("/emails", kind="step_activated", q=holdings.word)["data"], "the owner gets a mail")
    about = f"/customers/{holdings.ids['customer']}/timeline"
    must(lambda: admin.get(about, kind="case.opened")["data"], "the case is on the customer's timeline")


def _know_customers(admin: Api, holdings: Holdings) -> None:
    customer = {"kind": "organization", "name": f"{holdings.word} Ltd", "email": holdings.mailbox("office")}
    known_as = {"external_ids": {"sap": f"{holdings.word}-1"}}
    holdings.keep(customer=admin.post("/customers", {**customer, **known_as, **holdings.belongs}))
    holdings.ids["external_id"] = f"{holdings.word}-1"
    person = {"name": f"Kim {holdings.word}", "email": holdings.mailbox("kim"), "is_primary": True}
    contact = admin.post(f"/customers/{holdings.ids['customer']}/contacts", person)
    holdings.keep(contact=contact)
    holdings.ids["person"] = str(contact["person_id"])
    activity = {"kind": "call", "title": f"Talked to {holdings.word}"}
    holdings.keep(note=admin.post("/notes", holdings.about(body=f"{holdings.word} pays late.")))
    holdings.keep(activity=admin.post("/activities", holdings.about(**activity)))


def _work_on_cases(admin: Api, holdings: Holdings) -> None:
    opened = {"subject": f"{holdings.word} rattles", "type": CASE_TYPE, **holdings.belongs}
    case = admin.post("/cases", holdings.about(**opened))
    holdings.keep(case=case, run=case["run"])
    items = admin.get("/work-items", case_id=str(case["id"]))["data"]
    holdings.keep(work_item=items[0])
    holdings.keep(message=admin.post(f"/cases/{case['id']}/messages", {"body": f"{holdings.word} called again."}))
    letter = {"case_id": case["id"], "subject": f"About {holdings.word}", "text": "We look at it."}
    holdings.keep(email=must(lambda: _written(admin, holdings.about(**letter)), "the case is known to notifications"))
    contract = {"name": f"{holdings.word} care", "starts_on": "2026-01-01", "items": [{"product": holdings.word}]}
    signed = admin.post("/service-contracts", holdings.about(**contract))
    holdings.keep(contract=signed, contract_item=signed["items"][0])
    # Somebody whom the team knows: a stranger would be nobody's, and everybody's to see.
    answers = {"subject": f"{holdings.word} asks", "email": holdings.mailbox("kim")}
    sent = admin.post(f"/forms/{FORM}/submissions", {"answers": answers})
    admin.post(f"/cases/{sent['case_id']}:assign", dict(holdings.belongs))
    holdings.ids |= {"submission": str(sent["submission_id"]), "submitted_case": str(sent["case_id"])}


def _written(admin: Api, letter: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return admin.post("/emails", letter)
    except Refused as refusal:
        if refusal.status == 404:  # the case is on its way there
            return None
        raise


def _sell(admin: Api, holdings: Holdings) -> None:
    line = {"sku": SKU, "quantity": "1"}
    order = admin.post("/orders", holdings.about(currency="EUR", lines=[line], note=f"For {holdings.word}"))
    admin.act(f"/orders/{order['id']}", "confirm")
    holdings.keep(order=admin.get(f"/orders/{order['id']}"))
    holdings.keep(invoice=admin.get(f"/orders/{order['id']}")["invoice"])
    money = {"amount": {"amount": "1.00", "currency": "EUR"}, "reference": holdings.word}
    holdings.keep(payment=admin.post("/payments", holdings.about(**money)))


def must(ask: Callable[[], T | None], what: str) -> T:
    """Ask until it is so; fails with `what` otherwise."""
    found = eventually(ask, PATIENCE)
    assert found, f"after {PATIENCE} s it is still not so: {what}"
    return found
