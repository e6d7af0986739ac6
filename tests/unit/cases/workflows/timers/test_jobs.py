"""The clock of a step: later start, reminders before it is due, escalation after, each exactly once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from cases.workflows.runs.models import Timer
from tests.unit.cases.conftest import PEOPLE, CasesHarness, task

TIMED = task(
    "answer",
    timing={"due": "PT4H"},
    reminders=[{"before_due": "1h"}, {"before_due": "30m"}],
    escalations=[{"after_due": "0s", "to": ["role:manager"]}, {"after_due": "2h", "to": ["role:nobody"]}],
)


@pytest.fixture
def timed(cases: CasesHarness) -> dict[str, Any]:
    cases.publish_workflow("timed", TIMED)
    case = cases.open_case(workflow="timed")
    return cases.list_items(case_id=case["id"])[0]


def fire(cases: CasesHarness) -> int:
    return cases.running.run_job("fire_due_timers")


def test_nothing_fires_before_its_moment(cases: CasesHarness, timed: dict[str, Any]) -> None:
    cases.harness.clock.move(hours=2, minutes=59)

    assert fire(cases) == 0
    assert cases.recorded("step.reminded") == []


def test_the_people_are_reminded_before_it_is_due_and_once(cases: CasesHarness, timed: dict[str, Any]) -> None:
    cases.harness.clock.move(hours=3)

    assert [fire(cases), fire(cases)] == [1, 0]
    [reminded] = cases.recorded("step.reminded")
    assert reminded["data"]["user_ids"] == ["usr_sam", "usr_sue"]
    assert reminded["data"]["overdue"] is False
    assert reminded["data"]["due_at"] is not None


def test_whoever_took_it_is_reminded_alone(cases: CasesHarness, timed: dict[str, Any]) -> None:
    cases.staff("sue").post(f"/work-items/{timed['id']}:claim")
    cases.harness.clock.move(hours=3)

    fire(cases)

    assert cases.recorded("step.reminded")[0]["data"]["user_ids"] == ["usr_sue"]


def test_reminders_missed_while_the_worker_was_down_are_told_apart(cases: CasesHarness, timed: dict[str, Any]) -> None:
    cases.harness.clock.move(hours=3, minutes=45)

    assert fire(cases) == 2
    sequences = [event["sequence"] for event in cases.recorded("step.reminded")]
    assert len(set(sequences)) == 2


def test_a_late_step_escalates_and_those_above_may_finish_it(cases: CasesHarness, timed: dict[str, Any]) -> None:
    cases.staff("sam").post(f"/work-items/{timed['id']}:claim")
    cases.harness.clock.move(hours=4)
    fire(cases)

    [escalated] = cases.recorded("step.escalated")
    assert escalated["data"]["level"] == 1
    assert escalated["data"]["to_user_ids"] == ["usr_max"]
    max_ = cases.staff("max")
    [item] = cases.list_items(max_, mine="true")
    assert (item["escalation_level"], item["is_overdue"]) == (1, False)
    cases.harness.clock.move(minutes=1)
    assert cases.list_items(max_, mine="true")[0]["is_overdue"] is True
    assert cases.decide(max_, item["id"], "done").json["is_overdue"] is False


def test_an_escalation_to_nobody_reaches_the_administrators(cases: CasesHarness, timed: dict[str, Any]) -> None:
    cases.harness.clock.move(hours=6)
    fire(cases)

    assert cases.recorded("step.escalated")[-1]["data"]["to_user_ids"] == ["usr_admin"]
    assert cases.list_items()[0]["escalation_level"] == 2


def test_a_step_that_was_finished_in_time_neither_reminds_nor_escalates(
    cases: CasesHarness, timed: dict[str, Any]
) -> None:
    cases.decide(cases.staff("sam"), timed["id"], "done")
    cases.harness.clock.move(days=2)

    assert fire(cases) == 0
    assert cases.recorded("step.reminded", "step.escalated") == []


def test_each_timer_fires_once_though_two_workers_look_at_once(cases: CasesHarness, timed: dict[str, Any]) -> None:
    cases.harness.clock.move(days=1)

    with ThreadPoolExecutor(4) as pool:
        fired = list(pool.map(lambda _: fire(cases), range(4)))

    assert sum(fired) == 4
    assert len(cases.recorded("step.reminded")) == 2
    assert len(cases.recorded("step.escalated")) == 2


def test_a_step_that_starts_later_asks_nobody_until_then(cases: CasesHarness) -> None:
    cases.publish_workflow("later", task("call", timing={"start_after": "1d", "due": "2d"}))
    case = cases.open_case(workflow="later")
    assert cases.list_items(case_id=case["id"]) == []
    assert cases.get_case(case["id"])["run"]["steps"][0]["status"] == "waiting"

    cases.harness.clock.move(days=1)

    assert fire(cases) == 1
    assert cases.list_items(case_id=case["id"])[0]["state"] == "open"
    assert len(cases.recorded("step.activated")) == 1


def test_going_back_to_a_step_sets_its_clock_anew(cases: CasesHarness) -> None:
    again = {**TIMED, "outcomes": ["again", "done"], "transitions": {"again": "answer", "done": "end"}}
    cases.publish_workflow("again", again)
    case = cases.open_case(workflow="again")
    cases.harness.clock.move(hours=3, minutes=10)
    fire(cases)
    cases.decide(cases.staff("sam"), cases.list_items(state="open")[0]["id"], "again")

    assert fire(cases) == 0
    cases.harness.clock.move(hours=3)
    assert fire(cases) == 1
    iterations = [event["data"]["iteration"] for event in cases.recorded("step.reminded")]
    assert iterations == [1, 2]
    assert len(cases.get_case(case["id"])["run"]["steps"]) == 2


def test_items_are_listed_with_what_is_due_first_on_top(cases: CasesHarness) -> None:
    cases.publish_workflow("slow", task("slow"))
    cases.publish_workflow("soon", task("soon", timing={"due": "1h"}))
    cases.publish_workflow("late", task("late", timing={"due": "1d"}))
    for key in ("slow", "late", "soon"):
        cases.open_case(workflow=key)

    assert [item["step"]["key"] for item in cases.list_items()] == ["soon", "late", "slow"]
    first = cases.admin.get("/work-items", query_string={"limit": 1}).json
    second = cases.admin.get("/work-items", query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    assert [item["step"]["key"] for item in second["data"]] == ["late", "slow"]


def test_a_timer_that_cannot_be_fired_holds_back_no_other(cases: CasesHarness, timed: dict[str, Any]) -> None:
    with cases.running.service.database.write() as session:
        session.execute(update(Timer).where(Timer.kind == "escalate", Timer.level == 1).values(level=9))
    cases.harness.clock.move(days=1)

    fire(cases)

    assert len(cases.recorded("step.reminded")) == 2
    assert [event["data"]["level"] for event in cases.recorded("step.escalated")] == [2]
    assert fire(cases) == 0  # it comes again in five minutes, not at once


def test_a_step_is_not_handed_to_nobody_but_to_the_first_who_is_there(cases: CasesHarness) -> None:
    cases.publish_workflow("lonely", task("lonely"))
    for name, role in PEOPLE:
        cases.receive_user(name, role, event="user.disabled.v1", is_active=False)
    cases.open_case(workflow="lonely")
    assert cases.recorded("step.activated") == []

    cases.receive_user("eva", "administrator")
    cases.harness.clock.move(minutes=2)
    fire(cases)
    assert [event["data"]["user_ids"] for event in cases.recorded("step.activated")] == [["usr_eva"]]
