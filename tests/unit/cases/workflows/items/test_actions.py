"""Who may decide a work item, as the action has it."""

import pytest

from cases.workflows.items.actions import NotAmongCandidates, decide_item
from cases.workflows.runs.models import WorkItem
from servicekit.actor import Actor
from tests.unit.cases.conftest import CasesHarness, task


def test_nobody_decides_in_the_name_of_the_system(cases: CasesHarness) -> None:
    cases.publish_workflow("refund", task("triage"))
    cases.open_case(workflow="refund")
    [shown] = cases.list_items()

    system = Actor.system(now=cases.harness.clock())

    with cases.running.service.database.read() as session:
        item = session.get_one(WorkItem, shown["id"])
        with pytest.raises(NotAmongCandidates):
            decide_item(session, item, by=system, outcome="done", note=None)
