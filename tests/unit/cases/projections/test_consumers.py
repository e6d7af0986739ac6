"""Events about users and customers: twice has the effect of once, and an older one changes nothing."""

from typing import Any

import pytest

from tests.unit.cases.conftest import CasesHarness


def test_the_same_event_twice_changes_nothing_the_second_time(cases: CasesHarness) -> None:
    body = cases.receive("user.created.v1", _user("ann", roles=["support"]))

    cases.running.receive(body)

    assert cases.open_case(owner_id="usr_ann")["owner_name"] == "Ann"


def test_an_older_event_of_a_user_changes_nothing(cases: CasesHarness) -> None:
    cases.receive("user.updated.v1", _user("ann", shown="Ann New"), sequence=5)
    cases.receive("user.created.v1", _user("ann", shown="Ann Old", is_active=False), sequence=4)

    assert cases.open_case(owner_id="usr_ann")["owner_name"] == "Ann New"


def test_an_older_event_of_a_customer_changes_nothing(cases: CasesHarness) -> None:
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
def test_every_event_of_a_customer_is_applied(cases: CasesHarness, kind: str) -> None:
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


def _user(name: str, **more: Any) -> dict[str, Any]:
    shown = more.pop("shown", name.capitalize())
    known = {"id": f"usr_{name}", "is_active": True, "roles": [], "team_ids": [], "manager_id": None}
    return {**known, **more, "personal": {"name": shown, "email": "ann@example.com", "language": None}}
