"""The resources of one team: one of everything that the API knows by an id, with a marker that is in every text."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from ops.api import Api, Refused
from ops.waiting import wait_for

SKU: Final = "BEARING"
CASE_TYPE: Final = "inspection"
FORM: Final = "question"
WORKFLOW: Final = "inspecting"


@dataclass(kw_only=True)
class TeamResources:
    """The ids of a team's objects, each of them owned by one of its members."""

    marker: str
    owner_id: str
    team_id: str
    ids: dict[str, str] = field(default_factory=dict)

    def found_in(self, text: str) -> list[str]:
        """What of it somebody can read here: ids, numbers, or the marker that is in every name."""
        marks = {"the marker": self.marker, **self.ids}
        return sorted({kind for kind, mark in marks.items() if re.search(rf"(?<![A-Z]){re.escape(mark)}\b", text)})

    @property
    def ownership(self) -> dict[str, str]:
        return {"owner_id": self.owner_id, "team_id": self.team_id}

    def mailbox(self, name: str) -> str:
        return f"{name}@{self.marker.lower()}.example"

    def about(self, **more: Any) -> dict[str, Any]:
        return {"customer_id": self.ids["customer"], **more}

    def add(self, **created: dict[str, Any]) -> None:
        for kind, one in created.items():
            self.ids[kind] = str(one["id"])
            if one.get("number"):
                self.ids[f"{kind}_number"] = str(one["number"])


def create_shared_resources(admin: Api) -> dict[str, str]:
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


def create_resources(admin: Api, resources: TeamResources) -> TeamResources:
    """One of everything, and what follows from it in the other services."""
    _create_customers(admin, resources)
    _create_cases(admin, resources)
    _create_orders(admin, resources)
    return resources


def wait_for_mail(admin: Api, owner: Api, resources: TeamResources) -> None:
    """Wait until the owner has a notification and a mail of the work: the events have crossed the bus."""
    notices = wait_for(lambda: owner.get("/notifications")["data"], f"{resources.marker}: the owner is notified")
    resources.ids["notification"] = str(notices[0]["id"])
    wait_for(lambda: admin.get("/emails", kind="step_activated", q=resources.marker)["data"], "the owner gets a mail")
    about = f"/customers/{resources.ids['customer']}/timeline"
    wait_for(lambda: admin.get(about, kind="case.opened")["data"], "the case is on the customer's timeline")


def _create_customers(admin: Api, resources: TeamResources) -> None:
    customer = {"kind": "organization", "name": f"{resources.marker} Ltd", "email": resources.mailbox("office")}
    known_as = {"external_ids": {"sap": f"{resources.marker}-1"}}
    resources.add(customer=admin.post("/customers", {**customer, **known_as, **resources.ownership}))
    resources.ids["external_id"] = f"{resources.marker}-1"
    person = {"name": f"Kim {resources.marker}", "email": resources.mailbox("kim"), "is_primary": True}
    contact = admin.post(f"/customers/{resources.ids['customer']}/contacts", person)
    resources.add(contact=contact)
    resources.ids["person"] = str(contact["person_id"])
    activity = {"kind": "call", "title": f"Talked to {resources.marker}"}
    resources.add(note=admin.post("/notes", resources.about(body=f"{resources.marker} pays late.")))
    resources.add(activity=admin.post("/activities", resources.about(**activity)))


def _create_cases(admin: Api, resources: TeamResources) -> None:
    opened = {"subject": f"{resources.marker} rattles", "type": CASE_TYPE, **resources.ownership}
    case = admin.post("/cases", resources.about(**opened))
    resources.add(case=case, run=case["run"])
    items = admin.get("/work-items", case_id=str(case["id"]))["data"]
    resources.add(work_item=items[0])
    resources.add(message=admin.post(f"/cases/{case['id']}/messages", {"body": f"{resources.marker} called again."}))
    mail = {"case_id": case["id"], "subject": f"About {resources.marker}", "text": "We look at it."}
    resources.add(
        email=wait_for(lambda: _written(admin, resources.about(**mail)), "the case is known to notifications")
    )
    contract = {"name": f"{resources.marker} care", "starts_on": "2026-01-01", "items": [{"product": resources.marker}]}
    signed = admin.post("/service-contracts", resources.about(**contract))
    resources.add(contract=signed, contract_item=signed["items"][0])
    # The sender is a contact of the team: a case of an unknown sender would belong to nobody, and everybody would see it.
    answers = {"subject": f"{resources.marker} asks", "email": resources.mailbox("kim")}
    sent = admin.post(f"/forms/{FORM}/submissions", {"answers": answers})
    admin.post(f"/cases/{sent['case_id']}:assign", dict(resources.ownership))
    resources.ids |= {"submission": str(sent["submission_id"]), "submitted_case": str(sent["case_id"])}


def _written(admin: Api, mail: dict[str, Any]) -> dict[str, Any]:
    try:
        return admin.post("/emails", mail)
    except Refused as refusal:
        if refusal.status == 404:  # the case is on its way there
            return {}
        raise


def _create_orders(admin: Api, resources: TeamResources) -> None:
    line = {"sku": SKU, "quantity": "1"}
    order = admin.post("/orders", resources.about(currency="EUR", lines=[line], note=f"For {resources.marker}"))
    admin.act(f"/orders/{order['id']}", "confirm")
    resources.add(order=admin.get(f"/orders/{order['id']}"))
    resources.add(invoice=admin.get(f"/orders/{order['id']}")["invoice"])
    money = {"amount": {"amount": "1.00", "currency": "EUR"}, "reference": resources.marker}
    resources.add(payment=admin.post("/payments", resources.about(**money)))
