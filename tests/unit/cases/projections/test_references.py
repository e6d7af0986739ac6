"""Whom a caller may name as the customer or contact: only those in their record scope, since replies reach them."""

from typing import Any

import pytest

from servicekit.auth import Scope
from servicekit.testing.harness import ApiClient
from tests.unit.cases.conftest import Desk

UNKNOWN_CUSTOMER = {"pointer": "/customer_id", "code": "unknown_customer", "detail": "There is no such customer."}
UNKNOWN_CONTACT = {"pointer": "/contact_id", "code": "unknown_contact", "detail": "There is no such contact."}


def sam(desk: Desk) -> ApiClient:
    """Sees what is his own, and nothing else."""
    return desk.staff("sam", scope=Scope.OWN)


def sams_case(desk: Desk, **facts: Any) -> str:
    return str(desk.open_case(owner_id="usr_sam", **facts)["id"])


def tell_contact(desk: Desk, organization_id: str, person_id: str) -> bytes:
    known = {"id": f"con_{person_id}", "organization_id": organization_id, "person_id": person_id, "is_primary": True}
    personal = {"name": "Pia", "email": "pia@example.com", "phone": None}
    return desk.receive("contact.added.v1", {**known, "personal": personal})


def open_with(desk: Desk, **named: str | None) -> Any:
    return sam(desk).post("/cases", {"subject": "Broken", "owner_id": "usr_sam", **named})


@pytest.mark.parametrize("is_archived", [False, True])
def test_a_case_is_not_opened_for_a_customer_whom_the_caller_may_not_see(desk: Desk, *, is_archived: bool) -> None:
    hidden = desk.tell_customer("Hidden", owner_id="usr_sue", is_archived=is_archived)

    answer = open_with(desk, customer_id=hidden)

    assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CUSTOMER])
    assert desk.recorded() == []


def test_an_unknown_customer_is_refused_in_the_same_words_as_a_hidden_one(desk: Desk) -> None:
    hidden = open_with(desk, customer_id=desk.tell_customer("Hidden", owner_id="usr_sue")).json
    unknown = open_with(desk, customer_id="cus_gone").json

    assert unknown["errors"] == hidden["errors"] == [UNKNOWN_CUSTOMER]
    assert unknown["detail"] == hidden["detail"]


def test_a_case_is_opened_for_a_customer_whom_the_caller_sees(desk: Desk) -> None:
    mine = desk.tell_customer("Mine", owner_id="usr_sam")

    assert open_with(desk, customer_id=mine).json["customer_name"] == "Mine"


def test_a_case_is_not_moved_to_a_customer_whom_the_caller_may_not_see(desk: Desk) -> None:
    hidden = desk.tell_customer("Hidden", owner_id="usr_sue")
    case_id = sams_case(desk)

    answer = sam(desk).patch(f"/cases/{case_id}", {"customer_id": hidden})

    assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CUSTOMER])
    assert desk.case(case_id)["customer_id"] is None


def test_a_case_keeps_the_hidden_customer_that_it_has_when_something_else_changes(desk: Desk) -> None:
    hidden, person = (desk.tell_customer(name, owner_id="usr_sue") for name in ("Hidden", "Pia"))
    case_id = sams_case(desk, customer_id=hidden, contact_id=person)

    changes = {"priority": "high", "customer_id": hidden, "contact_id": person}
    changed = sam(desk).patch(f"/cases/{case_id}", changes)

    assert (changed.status_code, changed.json["priority"], changed.json["customer_id"]) == (200, "high", hidden)
    assert sam(desk).patch(f"/cases/{case_id}", {"customer_id": None}).json["customer_id"] is None


def test_a_contract_is_not_signed_with_a_customer_whom_the_caller_may_not_see(desk: Desk) -> None:
    body = {"name": "Care plan", "starts_on": "2026-01-01"}
    hidden = desk.tell_customer("Hidden", owner_id="usr_sue")
    mine = desk.tell_customer("Mine", owner_id="usr_sam")

    answer = sam(desk).post("/service-contracts", {**body, "customer_id": hidden})

    assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CUSTOMER])
    assert sam(desk).post("/service-contracts", {**body, "customer_id": mine}).status_code == 201


def test_a_contact_whom_the_caller_may_not_see_is_refused(desk: Desk) -> None:
    mine = desk.tell_customer("Mine", owner_id="usr_sam")
    person = desk.tell_customer("Pia", owner_id="usr_sue", kind="individual")
    case_id = sams_case(desk, customer_id=mine)

    opened = open_with(desk, customer_id=mine, contact_id=person)
    alone = open_with(desk, contact_id=person)
    changed = sam(desk).patch(f"/cases/{case_id}", {"contact_id": person})

    for answer in (opened, alone, changed):
        assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CONTACT])
    assert desk.case(case_id)["contact_id"] is None


def test_nobody_may_name_a_contact_who_is_not_there(desk: Desk) -> None:
    answer = desk.admin.post("/cases", {"subject": "Broken", "contact_id": "cus_gone"})

    assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CONTACT])


def test_a_contact_is_a_person_whom_the_caller_sees(desk: Desk) -> None:
    person = desk.tell_customer("Pia", owner_id="usr_sam", kind="individual")

    assert open_with(desk, contact_id=person).json["contact_id"] == person


def test_a_hidden_person_may_be_the_contact_of_the_organization_that_the_caller_sees(desk: Desk) -> None:
    mine = desk.tell_customer("Mine", owner_id="usr_sam")
    person = desk.tell_customer("Pia", owner_id="usr_sue", kind="individual")
    desk.running.receive(tell_contact(desk, mine, person))
    tell_contact(desk, mine, person)  # taken out and added again
    case_id = sams_case(desk, customer_id=mine)

    assert open_with(desk, customer_id=mine, contact_id=person).status_code == 201
    assert sam(desk).patch(f"/cases/{case_id}", {"contact_id": person}).json["contact_id"] == person


def test_a_contact_of_an_organization_is_none_of_another_or_of_a_hidden_one(desk: Desk) -> None:
    mine = desk.tell_customer("Mine", owner_id="usr_sam")
    hidden = desk.tell_customer("Hidden", owner_id="usr_sue")
    person = desk.tell_customer("Pia", owner_id="usr_sue", kind="individual")
    tell_contact(desk, hidden, person)
    case_id = sams_case(desk, customer_id=hidden)

    elsewhere = open_with(desk, customer_id=mine, contact_id=person)
    of_hidden = sam(desk).patch(f"/cases/{case_id}", {"contact_id": person})
    moved = sam(desk).patch(f"/cases/{case_id}", {"customer_id": mine, "contact_id": person})

    for answer in (elsewhere, of_hidden, moved):
        assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CONTACT])


def test_whom_the_customers_service_identifies_is_nobodys_choice_and_not_checked(desk: Desk) -> None:
    desk.make_form()
    case_id = desk.submit()["case_id"]
    hidden = desk.tell_customer("Hidden", owner_id="usr_sue")

    desk.receive("submitter.identified.v1", {"case_id": case_id, "customer_id": hidden, "person_id": "cus_new"})

    assert (desk.case(case_id)["customer_id"], desk.case(case_id)["contact_id"]) == (hidden, "cus_new")
