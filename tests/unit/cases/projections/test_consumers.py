"""What this service hears: twice has the effect of once, and older tellings change nothing."""

from typing import Any

import pytest

from servicekit.errors import NotYet
from tests.unit.cases.conftest import CasesHarness


def test_the_same_telling_twice_changes_nothing_the_second_time(cases: CasesHarness) -> None:
    body = cases.receive("user.created.v1", _user("ann", roles=["support"]))

    cases.running.receive(body)

    assert cases.open_case(owner_id="usr_ann")["owner_name"] == "Ann"


def test_an_older_telling_of_a_user_changes_nothing(cases: CasesHarness) -> None:
    cases.receive("user.updated.v1", _user("ann", shown="Ann New"), sequence=5)
    cases.receive("user.created.v1", _user("ann", shown="Ann Old", is_active=False), sequence=4)

    assert cases.open_case(owner_id="usr_ann")["owner_name"] == "Ann New"


def test_an_older_telling_of_a_customer_changes_nothing(cases: CasesHarness) -> None:
    customer_id = cases.receive_customer("Acme", event="customer.archived.v1", is_archived=True)
    old = {"id": customer_id, "number": "CU-1", "kind": "organization", "owner_id": None, "team_id": None}
    body = cases.receive(
        "customer.created.v1",
        {**old, "is_archived": False, "is_blocked": False, "personal": {"name": "Acme"}},
        sequence=1,
    )
    cases.running.receive(body)

    assert cases.admin.post("/cases", {"subject": "x", "customer_id": customer_id}).status_code == 409


def test_a_customer_who_is_restored_may_have_cases_again(cases: CasesHarness) -> None:
    customer_id = cases.receive_customer("Acme", event="customer.archived.v1", is_archived=True)
    cases.receive_customer("Acme", event="customer.restored.v1")

    assert cases.open_case(customer_id=customer_id)["customer_name"] == "Acme"


@pytest.mark.parametrize("kind", ["updated", "blocked", "unblocked"])
def test_every_telling_of_a_customer_is_heard(cases: CasesHarness, kind: str) -> None:
    customer_id = cases.receive_customer("Acme")
    case = cases.open_case(customer_id=customer_id)

    body = cases.receive(
        f"customer.{kind}.v1",
        {
            "id": customer_id,
            "number": "CU-1",
            "kind": "organization",
            "owner_id": None,
            "team_id": None,
            "is_archived": False,
            "is_blocked": kind == "blocked",
            "personal": {"name": "Acme Ltd"},
        },
    )
    cases.running.receive(body)

    shown = cases.get_case(case["id"])
    assert (shown["customer_name"], shown["customer_is_blocked"]) == ("Acme Ltd", kind == "blocked")


def test_a_case_that_is_not_here_yet_is_asked_for_again_later(cases: CasesHarness) -> None:
    with pytest.raises(NotYet):
        cases.receive("submitter.identified.v1", {"case_id": "cas_x", "customer_id": "cus_x", "person_id": "cus_x"})


def test_a_case_that_staff_have_linked_stays_with_that_customer(cases: CasesHarness) -> None:
    cases.create_form()
    case_id = cases.submit_form()["case_id"]
    chosen = cases.receive_customer("Chosen")
    cases.admin.patch(f"/cases/{case_id}", {"customer_id": chosen})

    cases.receive("submitter.identified.v1", {"case_id": case_id, "customer_id": "cus_x", "person_id": "cus_y"})

    assert cases.get_case(case_id)["customer_id"] == chosen
    assert len(cases.recorded("case.linked")) == 1


def _user(name: str, **more: Any) -> dict[str, Any]:
    shown = more.pop("shown", name.capitalize())
    known = {"id": f"usr_{name}", "is_active": True, "roles": [], "team_ids": [], "manager_id": None}
    return {**known, **more, "personal": {"name": shown, "email": "ann@example.com", "language": None}}
