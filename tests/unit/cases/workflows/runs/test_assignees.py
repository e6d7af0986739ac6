"""Who is assigned a step."""

import pytest

from tests.unit.cases.conftest import CasesHarness, task

pytestmark = [pytest.mark.proves("F081")]


@pytest.mark.parametrize(
    ("assignees", "fallback", "expected"),
    [
        (["role:nobody"], "role:manager", ["usr_max"]),
        (["role:nobody"], "role:nobody_either", ["usr_admin"]),
        (["user:usr_sam", "role:finance"], "role:manager", ["usr_fin", "usr_sam"]),
        (["team:tea_desk"], "role:manager", ["usr_tina"]),
        (["field:case.owner"], "role:manager", ["usr_sue"]),
        (["field:case.owner.manager"], "role:manager", ["usr_max"]),
        (["field:case.team"], "role:manager", ["usr_tina"]),
        (["field:customer.owner"], "role:manager", ["usr_tom"]),
        (["field:customer.team"], "role:manager", ["usr_tina"]),
    ],
)
def test_a_step_always_finds_somebody(
    cases: CasesHarness, assignees: list[str], fallback: str, expected: list[str]
) -> None:
    cases.receive_user("tina", "sales", team_ids=("tea_desk",))
    cases.receive_user("tom", "sales")
    cases.receive_user("sue", "support", event="user.updated.v1", manager_id="usr_max")
    customer_id = cases.receive_customer("Acme", owner_id="usr_tom", team_id="tea_desk")
    cases.publish_workflow("who", task("answer", assignees=assignees, fallback=fallback))

    case = cases.open_case(workflow="who", customer_id=customer_id, owner_id="usr_sue", team_id="tea_desk")

    assert cases.list_items(case_id=case["id"])[0]["candidate_ids"] == expected


def test_a_user_who_was_disabled_gets_no_new_work(cases: CasesHarness) -> None:
    cases.receive_user("sam", "support", event="user.disabled.v1", is_active=False)
    cases.publish_workflow("who", task("answer"))

    cases.open_case(workflow="who")

    assert cases.list_items()[0]["candidate_ids"] == ["usr_sue"]
