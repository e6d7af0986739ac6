"""One action opens a case with its workflow, whoever asks."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.casework.actions import open_case
from cases.casework.models import Case, CaseHistory
from cases.casework.rules import ChosenWorkflow, Origin, UsualWorkflow
from cases.projections.references import CustomerArchived
from cases.workflows.runs.queries import find_latest_run
from servicekit.actor import Actor
from servicekit.errors import Invalid
from tests.unit.cases.conftest import CasesHarness, task


def opened(session: Session, by: Actor, **facts: Any) -> Case:
    return open_case(session, **{"by": by, "subject": "It smokes", "type": "general", "origin": Origin.EMAIL, **facts})


def started(session: Session, case: Case) -> str | None:
    run = find_latest_run(session, "case", case.id)
    return run.published.key if run else None


@pytest.fixture
def by(cases: CasesHarness) -> Actor:
    """Nobody who is signed in: an e-mail that arrived."""
    return Actor.system(now=cases.harness.clock())


def test_the_system_opens_a_case_for_any_customer_and_starts_its_usual_workflow(cases: CasesHarness, by: Actor) -> None:
    cases.publish_workflow("repair", task("fix"))
    cases.admin.post("/case-types", {"key": "repair", "name": "Repair", "default_workflow": "repair"})
    customer_id = cases.receive_customer("Acme", owner_id="usr_sue")

    with cases.running.service.database.write() as session:
        case = opened(session, by, type="repair", customer_id=customer_id)

        assert (case.number, case.opened_at, started(session, case)) == ("C-000001", by.now, "repair")
        assert set(session.scalars(select(CaseHistory.actor_id))) == {None}
    assert [event.get("actor") for event in cases.recorded("case.opened")] == [None]


def test_an_archived_or_unknown_customer_gets_no_case_from_the_system_either(cases: CasesHarness, by: Actor) -> None:
    archived = cases.receive_customer("Old", is_archived=True)

    with cases.running.service.database.read() as session:
        with pytest.raises(CustomerArchived):
            opened(session, by, customer_id=archived)
        with pytest.raises(Invalid):
            opened(session, by, customer_id="cus_gone")


@pytest.mark.parametrize(
    ("workflow", "expected"),
    [
        (UsualWorkflow(), "usual"),
        (UsualWorkflow(preferred="special"), "special"),
        (UsualWorkflow(preferred="draft"), "usual"),
        (ChosenWorkflow(key="special"), "special"),
        (ChosenWorkflow(key=None), None),
    ],
)
def test_the_workflow_is_the_chosen_one_else_the_first_usual_one_that_is_published(
    cases: CasesHarness, by: Actor, workflow: ChosenWorkflow | UsualWorkflow, expected: str | None
) -> None:
    cases.publish_workflow("usual", task("fix"))
    cases.publish_workflow("special", task("fix"))
    cases.admin.post("/workflows", {"key": "draft", "name": "Draft", "steps": [task("fix")]})
    cases.admin.post("/case-types", {"key": "repair", "name": "Repair", "default_workflow": "usual"})

    with cases.running.service.database.write() as session:
        case = opened(session, by, type="repair", workflow=workflow)

        assert started(session, case) == expected


def test_a_chosen_workflow_that_is_not_published_is_refused(cases: CasesHarness, by: Actor) -> None:
    cases.admin.post("/workflows", {"key": "draft", "name": "Draft", "steps": [task("fix")]})

    with cases.running.service.database.read() as session, pytest.raises(Invalid) as refused:
        opened(session, by, workflow=ChosenWorkflow(key="draft"))

    assert refused.value.fields[0].pointer == "/workflow"
