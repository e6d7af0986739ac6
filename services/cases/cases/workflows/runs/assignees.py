"""From selectors to people: who is responsible for a step right now."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from cases.projections.queries import (
    ADMINISTRATOR,
    customer_of,
    known_user_ids,
    manager_of,
    users_in_role,
    users_in_team,
)
from cases.workflows.definitions.rules import Selector, StepSpec
from cases.workflows.runs.models import WorkflowRun


def people_of(session: Session, selectors: Iterable[Selector], run: WorkflowRun) -> dict[str, str]:
    """Active users that the selectors name, each with the selector that named them first."""
    found: dict[str, str] = {}
    for selector in selectors:
        for user_id in _users(session, selector, run):
            found.setdefault(user_id, str(selector))
    return found


def responsible_people(session: Session, spec: StepSpec, run: WorkflowRun) -> dict[str, str]:
    """The assignees, else the fallback, else the administrators: no step waits for nobody."""
    people = people_of(session, spec.assignees, run)
    if not people and spec.fallback:
        people = {user_id: f"fallback:{via}" for user_id, via in people_of(session, [spec.fallback], run).items()}
    return people or administrators(session)


def administrators(session: Session) -> dict[str, str]:
    """Who is asked when nobody else is there."""
    return dict.fromkeys(users_in_role(session, ADMINISTRATOR), f"fallback:role:{ADMINISTRATOR}")


def _users(session: Session, selector: Selector, run: WorkflowRun) -> Iterable[str]:
    if selector.kind == "role":
        return users_in_role(session, selector.value)
    if selector.kind == "team":
        return users_in_team(session, selector.value)
    if selector.kind == "user":
        return known_user_ids(session, [selector.value])
    return _users_in_field(session, selector.value, run)


def _users_in_field(session: Session, field: str, run: WorkflowRun) -> Iterable[str]:
    customer = customer_of(session, run.customer_id)
    users = {
        "case.owner": run.owner_id,
        "case.owner.manager": manager_of(session, run.owner_id),
        "customer.owner": customer.owner_id if customer else None,
    }
    teams = {"case.team": run.team_id, "customer.team": customer.team_id if customer else None}
    user_id, team_id = users.get(field), teams.get(field)
    if team_id:
        return users_in_team(session, team_id)
    return known_user_ids(session, [user_id]) if user_id else ()
