"""Who is assigned a step: the users whom its selectors name at this moment."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from cases.projections.queries import (
    ADMINISTRATOR,
    active_user_ids,
    find_customer,
    find_user,
    users_in_role,
    users_in_team,
)
from cases.workflows.definitions.rules import Selector, StepSpec
from cases.workflows.runs.models import WorkflowRun


def assignees_of(session: Session, spec: StepSpec, run: WorkflowRun) -> dict[str, str]:
    """The users of the step's selectors, else of its fallback, else the administrators: no step waits for nobody."""
    users = selected_users(session, spec.assignees, run)
    if not users and spec.fallback:
        users = {user_id: f"fallback:{via}" for user_id, via in selected_users(session, [spec.fallback], run).items()}
    return users or administrators(session)


def selected_users(session: Session, selectors: Iterable[Selector], run: WorkflowRun) -> dict[str, str]:
    """Active users that the selectors name, each with the selector that named them first."""
    found: dict[str, str] = {}
    for selector in selectors:
        for user_id in _users(session, selector, run):
            found.setdefault(user_id, str(selector))
    return found


def administrators(session: Session) -> dict[str, str]:
    """Who is asked when nobody else is there."""
    return dict.fromkeys(users_in_role(session, ADMINISTRATOR), f"fallback:role:{ADMINISTRATOR}")


def _users(session: Session, selector: Selector, run: WorkflowRun) -> Iterable[str]:
    if selector.kind == "role":
        return users_in_role(session, selector.value)
    if selector.kind == "team":
        return users_in_team(session, selector.value)
    if selector.kind == "user":
        return active_user_ids(session, [selector.value])
    return _users_in_field(session, selector.value, run)


def _users_in_field(session: Session, field: str, run: WorkflowRun) -> Iterable[str]:
    team_id = _team_in_field(session, field, run)
    if team_id:
        return users_in_team(session, team_id)
    user_id = _user_in_field(session, field, run)
    return active_user_ids(session, [user_id]) if user_id else ()


def _team_in_field(session: Session, field: str, run: WorkflowRun) -> str | None:
    if field == "customer.team":
        customer = find_customer(session, run.customer_id)
        return customer.team_id if customer else None
    return run.team_id if field == "case.team" else None


def _user_in_field(session: Session, field: str, run: WorkflowRun) -> str | None:
    if field == "case.owner.manager":
        owner = find_user(session, run.owner_id)
        return owner.manager_id if owner else None
    if field == "customer.owner":
        customer = find_customer(session, run.customer_id)
        return customer.owner_id if customer else None
    return run.owner_id if field == "case.owner" else None
