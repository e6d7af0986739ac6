"""The clock of a step: later start, reminders before it is due, escalation after, each exactly once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from cases.workflows.runs.models import Timer
from tests.unit.cases.conftest import STAFF_TOLD, Desk, task

TIMED = task(
    "answer",
    timing={"due": "PT4H"},
    reminders=[{"before_due": "1h"}, {"before_due": "30m"}],
    escalations=[{"after_due": "0s", "to": ["role:manager"]}, {"after_due": "2h", "to": ["role:nobody"]}],
)


@pytest.fixture
def timed(desk: Desk) -> dict[str, Any]:
    desk.publish("timed", TIMED)
    case = desk.open_case(workflow="timed")
    return desk.items(case_id=case["id"])[0]


def fire(desk: Desk) -> int:
    return desk.running.run_job("fire_due_timers")


def test_nothing_fires_before_its_moment(desk: Desk, timed: dict[str, Any]) -> None:
    desk.harness.clock.move(hours=2, minutes=59)

    assert fire(desk) == 0
    assert desk.recorded("step.reminded") == []


def test_the_people_are_reminded_before_it_is_due_and_once(desk: Desk, timed: dict[str, Any]) -> None:
    desk.harness.clock.move(hours=3)

    assert [fire(desk), fire(desk)] == [1, 0]
    [reminded] = desk.recorded("step.reminded")
    assert reminded["data"]["user_ids"] == ["usr_sam", "usr_sue"]
    assert reminded["data"]["overdue"] is False
    assert reminded["data"]["due_at"] is not None


def test_whoever_took_it_is_reminded_alone(desk: Desk, timed: dict[str, Any]) -> None:
    desk.staff("sue").post(f"/work-items/{timed['id']}:claim")
    desk.harness.clock.move(hours=3)

    fire(desk)

    assert desk.recorded("step.reminded")[0]["data"]["user_ids"] == ["usr_sue"]


def test_reminders_missed_while_the_worker_was_down_are_told_apart(desk: Desk, timed: dict[str, Any]) -> None:
    desk.harness.clock.move(hours=3, minutes=45)

    assert fire(desk) == 2
    sequences = [event["sequence"] for event in desk.recorded("step.reminded")]
    assert len(set(sequences)) == 2


def test_a_late_step_escalates_and_those_above_may_finish_it(desk: Desk, timed: dict[str, Any]) -> None:
    desk.staff("sam").post(f"/work-items/{timed['id']}:claim")
    desk.harness.clock.move(hours=4)
    fire(desk)

    [escalated] = desk.recorded("step.escalated")
    assert escalated["data"]["level"] == 1
    assert escalated["data"]["to_user_ids"] == ["usr_max"]
    max_ = desk.staff("max")
    [item] = desk.items(max_, mine="true")
    assert (item["escalation_level"], item["is_overdue"]) == (1, False)
    desk.harness.clock.move(minutes=1)
    assert desk.items(max_, mine="true")[0]["is_overdue"] is True
    assert desk.decide(max_, item["id"], "done").json["is_overdue"] is False


def test_an_escalation_to_nobody_reaches_the_administrators(desk: Desk, timed: dict[str, Any]) -> None:
    desk.harness.clock.move(hours=6)
    fire(desk)

    assert desk.recorded("step.escalated")[-1]["data"]["to_user_ids"] == ["usr_admin"]
    assert desk.items()[0]["escalation_level"] == 2


def test_a_step_that_was_finished_in_time_neither_reminds_nor_escalates(desk: Desk, timed: dict[str, Any]) -> None:
    desk.decide(desk.staff("sam"), timed["id"], "done")
    desk.harness.clock.move(days=2)

    assert fire(desk) == 0
    assert desk.recorded("step.reminded", "step.escalated") == []


def test_each_timer_fires_once_though_two_workers_look_at_once(desk: Desk, timed: dict[str, Any]) -> None:
    desk.harness.clock.move(days=1)

    with ThreadPoolExecutor(4) as pool:
        fired = list(pool.map(lambda _: fire(desk), range(4)))

    assert sum(fired) == 4
    assert len(desk.recorded("step.reminded")) == 2
    assert len(desk.recorded("step.escalated")) == 2


def test_a_step_that_starts_later_asks_nobody_until_then(desk: Desk) -> None:
    desk.publish("later", task("call", timing={"start_after": "1d", "due": "2d"}))
    case = desk.open_case(workflow="later")
    assert desk.items(case_id=case["id"]) == []
    assert desk.case(case["id"])["run"]["steps"][0]["status"] == "waiting"

    desk.harness.clock.move(days=1)

    assert fire(desk) == 1
    assert desk.items(case_id=case["id"])[0]["state"] == "open"
    assert len(desk.recorded("step.activated")) == 1


def test_going_back_to_a_step_sets_its_clock_anew(desk: Desk) -> None:
    again = {**TIMED, "outcomes": ["again", "done"], "transitions": {"again": "answer", "done": "end"}}
    desk.publish("again", again)
    case = desk.open_case(workflow="again")
    desk.harness.clock.move(hours=3, minutes=10)
    fire(desk)
    desk.decide(desk.staff("sam"), desk.items(state="open")[0]["id"], "again")

    assert fire(desk) == 0
    desk.harness.clock.move(hours=3)
    assert fire(desk) == 1
    iterations = [event["data"]["iteration"] for event in desk.recorded("step.reminded")]
    assert iterations == [1, 2]
    assert len(desk.case(case["id"])["run"]["steps"]) == 2


def test_items_are_listed_with_what_is_due_first_on_top(desk: Desk) -> None:
    desk.publish("slow", task("slow"))
    desk.publish("soon", task("soon", timing={"due": "1h"}))
    desk.publish("late", task("late", timing={"due": "1d"}))
    for key in ("slow", "late", "soon"):
        desk.open_case(workflow=key)

    assert [item["step"]["key"] for item in desk.items()] == ["soon", "late", "slow"]
    first = desk.admin.get("/work-items", query_string={"limit": 1}).json
    second = desk.admin.get("/work-items", query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    assert [item["step"]["key"] for item in second["data"]] == ["late", "slow"]


def test_a_timer_that_cannot_be_fired_holds_back_no_other(desk: Desk, timed: dict[str, Any]) -> None:
    with desk.running.service.database.write() as session:
        session.execute(update(Timer).where(Timer.kind == "escalate", Timer.level == 1).values(level=9))
    desk.harness.clock.move(days=1)

    fire(desk)

    assert len(desk.recorded("step.reminded")) == 2
    assert [event["data"]["level"] for event in desk.recorded("step.escalated")] == [2]
    assert fire(desk) == 0  # it comes again in five minutes, not at once


def test_a_step_is_not_handed_to_nobody_but_to_the_first_who_is_there(desk: Desk) -> None:
    desk.publish("lonely", task("lonely"))
    for name, role in STAFF_TOLD:
        desk.tell_user(name, role, event="user.disabled.v1", is_active=False)
    desk.open_case(workflow="lonely")
    assert desk.recorded("step.activated") == []

    desk.tell_user("eva", "administrator")
    desk.harness.clock.move(minutes=2)
    fire(desk)
    assert [event["data"]["user_ids"] for event in desk.recorded("step.activated")] == [["usr_eva"]]
