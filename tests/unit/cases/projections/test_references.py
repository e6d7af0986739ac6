"""Whom a caller may name as the customer or contact: only those in their record scope, since replies reach them."""

from typing import Any

import pytest

from servicekit.auth import Scope
from servicekit.testing.harness import ApiClient
from tests.unit.cases.conftest import CasesHarness

UNKNOWN_CUSTOMER = {"pointer": "/customer_id", "code": "unknown_customer", "detail": "There is no such customer."}
UNKNOWN_CONTACT = {"pointer": "/contact_id", "code": "unknown_contact", "detail": "There is no such contact."}


def sam(cases: CasesHarness) -> ApiClient:
    """Sees what is his own, and nothing else."""
    return cases.staff("sam", scope=Scope.OWN)


def sams_case(cases: CasesHarness, **facts: Any) -> str:
    return str(cases.open_case(owner_id="usr_sam", **facts)["id"])


def open_with(cases: CasesHarness, **named: str | None) -> Any:
    return sam(cases).post("/cases", {"subject": "Broken", "owner_id": "usr_sam", **named})


@pytest.mark.parametrize("is_archived", [False, True])
def test_a_case_is_not_opened_for_a_customer_whom_the_caller_may_not_see(
    cases: CasesHarness, *, is_archived: bool
) -> None:
    hidden = cases.receive_customer("Hidden", owner_id="usr_sue", is_archived=is_archived)

    answer = open_with(cases, customer_id=hidden)

    assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CUSTOMER])
    assert cases.recorded() == []


def test_an_unknown_customer_is_refused_in_the_same_words_as_a_hidden_one(cases: CasesHarness) -> None:
    hidden = open_with(cases, customer_id=cases.receive_customer("Hidden", owner_id="usr_sue")).json
    unknown = open_with(cases, customer_id="cus_gone").json

    assert unknown["errors"] == hidden["errors"] == [UNKNOWN_CUSTOMER]
    assert unknown["detail"] == hidden["detail"]


def test_a_case_is_opened_for_a_customer_whom_the_caller_sees(cases: CasesHarness) -> None:
    mine = cases.receive_customer("Mine", owner_id="usr_sam")

    assert open_with(cases, customer_id=mine).json["customer_name"] == "Mine"


def test_a_case_is_not_moved_to_a_customer_whom_the_caller_may_not_see(cases: CasesHarness) -> None:
    hidden = cases.receive_customer("Hidden", owner_id="usr_sue")
    case_id = sams_case(cases)

    answer = sam(cases).patch(f"/cases/{case_id}", {"customer_id": hidden})

    assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CUSTOMER])
    assert cases.get_case(case_id)["customer_id"] is None


def test_a_case_keeps_the_hidden_customer_that_it_has_when_something_else_changes(cases: CasesHarness) -> None:
    hidden, person = (cases.receive_customer(name, owner_id="usr_sue") for name in ("Hidden", "Pia"))
    case_id = sams_case(cases, customer_id=hidden, contact_id=person)

    changes = {"priority": "high", "customer_id": hidden, "contact_id": person}
    changed = sam(cases).patch(f"/cases/{case_id}", changes)

    assert (changed.status_code, changed.json["priority"], changed.json["customer_id"]) == (200, "high", hidden)
    assert sam(cases).patch(f"/cases/{case_id}", {"customer_id": None}).json["customer_id"] is None


def test_a_contract_is_not_signed_with_a_customer_whom_the_caller_may_not_see(cases: CasesHarness) -> None:
    body = {"name": "Care plan", "starts_on": "2026-01-01"}
    hidden = cases.receive_customer("Hidden", owner_id="usr_sue")
    mine = cases.receive_customer("Mine", owner_id="usr_sam")

    answer = sam(cases).post("/service-contracts", {**body, "customer_id": hidden})

    assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CUSTOMER])
    assert sam(cases).post("/service-contracts", {**body, "customer_id": mine}).status_code == 201


def test_a_contact_whom_the_caller_may_not_see_is_refused(cases: CasesHarness) -> None:
    mine = cases.receive_customer("Mine", owner_id="usr_sam")
    person = cases.receive_customer("Pia", owner_id="usr_sue", kind="individual")
    case_id = sams_case(cases, customer_id=mine)

    opened = open_with(cases, customer_id=mine, contact_id=person)
    alone = open_with(cases, contact_id=person)
    changed = sam(cases).patch(f"/cases/{case_id}", {"contact_id": person})

    for answer in (opened, alone, changed):
        assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CONTACT])
    assert cases.get_case(case_id)["contact_id"] is None


def test_nobody_may_name_a_contact_who_is_not_there(cases: CasesHarness) -> None:
    answer = cases.admin.post("/cases", {"subject": "Broken", "contact_id": "cus_gone"})

    assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CONTACT])


def test_a_contact_is_a_person_whom_the_caller_sees(cases: CasesHarness) -> None:
    person = cases.receive_customer("Pia", owner_id="usr_sam", kind="individual")

    assert open_with(cases, contact_id=person).json["contact_id"] == person


def test_a_hidden_person_may_be_the_contact_of_the_organization_that_the_caller_sees(cases: CasesHarness) -> None:
    mine = cases.receive_customer("Mine", owner_id="usr_sam")
    person = cases.receive_customer("Pia", owner_id="usr_sue", kind="individual")
    cases.running.receive(cases.receive_contact(mine, person))
    cases.receive_contact(mine, person)  # taken out and added again
    case_id = sams_case(cases, customer_id=mine)

    assert open_with(cases, customer_id=mine, contact_id=person).status_code == 201
    assert sam(cases).patch(f"/cases/{case_id}", {"contact_id": person}).json["contact_id"] == person


def test_a_contact_of_an_organization_is_none_of_another_or_of_a_hidden_one(cases: CasesHarness) -> None:
    mine = cases.receive_customer("Mine", owner_id="usr_sam")
    hidden = cases.receive_customer("Hidden", owner_id="usr_sue")
    person = cases.receive_customer("Pia", owner_id="usr_sue", kind="individual")
    cases.receive_contact(hidden, person)
    case_id = sams_case(cases, customer_id=hidden)

    elsewhere = open_with(cases, customer_id=mine, contact_id=person)
    of_hidden = sam(cases).patch(f"/cases/{case_id}", {"contact_id": person})
    moved = sam(cases).patch(f"/cases/{case_id}", {"customer_id": mine, "contact_id": person})

    for answer in (elsewhere, of_hidden, moved):
        assert (answer.status_code, answer.json["errors"]) == (422, [UNKNOWN_CONTACT])
