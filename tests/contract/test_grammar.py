"""The one grammar of actions, `verb_noun(session, subject, *, by: Actor, **facts)`, read from their signatures."""

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from servicekit.http.routes import Operation
from tests.contract.golden_events import SERVICES, subdomains

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = {
    service: ROOT / "gateway" / "gateway" if service == "gateway" else ROOT / "services" / service / service
    for service in SERVICES
}
# Each begins the name of an action; one that none begins with any more is taken out.
VERBS = frozenset(
    [
        "activate",
        "add",
        "affiliate",
        "archive",
        "assign",
        "attach",
        "block",
        "cancel",
        "claim",
        "confirm",
        "create",
        "decide",
        "delete",
        "disable",
        "duplicate",
        "enable",
        "end",
        "enter",
        "fire",
        "fulfil",
        "hold",
        "identify",
        "issue",
        "link",
        "log",
        "mark",
        "move",
        "notify",
        "open",
        "pin",
        "place",
        "postpone",
        "publish",
        "queue",
        "read",
        "receive",
        "recompute",
        "record",
        "redeem",
        "refresh",
        "remove",
        "resolve",
        "restore",
        "retire",
        "retry",
        "revoke",
        "send",
        "set",
        "sign",
        "start",
        "store",
        "submit",
        "transition",
        "unblock",
        "unpin",
        "update",
        "write",
    ]
)
# Who does it, and when, is the Actor's part: no action takes it a second time under another name.
PARTS_OF_ACTOR = {"now", "principal", "actor", "caller"}


@dataclass(frozen=True, kw_only=True)
class Function:
    """A public function at the level of its module."""

    path: Path
    node: ast.FunctionDef

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def subdomain(self) -> str:
        return self.path.parent.name

    @property
    def where(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.node.lineno} {self.name}"


@cache
def functions(service: str) -> tuple[Function, ...]:
    """All of a service's sub-domains; pages of the console have functions of their own kind."""
    modules = [
        path
        for path in sorted(PACKAGES[service].rglob("*.py"))
        if not {"console", "migrations", "node_modules"} & set(path.relative_to(PACKAGES[service]).parts)
    ]
    return tuple(
        Function(path=path, node=node)
        for path in modules
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    )


def actions(service: str) -> Iterator[Function]:
    return (one for one in functions(service) if one.path.stem == "actions")


def is_projection(action: Function) -> bool:
    """It stores what another service published, so nobody here does it."""
    return action.subdomain == "projections" and action.name.startswith("store_")


def text(node: ast.expr | None) -> str:
    return "" if node is None else ast.unparse(node).strip("'\"")


def wrong_in_name(action: Function) -> Iterator[str]:
    verb, _, noun = action.name.partition("_")
    if verb not in VERBS:
        yield f"{verb!r} is no verb that an action begins with"
    if not noun:
        yield "names no noun"


def wrong_in_positionals(action: Function) -> Iterator[str]:
    taken = action.node.args
    positional = [*taken.posonlyargs, *taken.args]
    if not positional or (positional[0].arg, text(positional[0].annotation)) != ("session", "Session"):
        yield "the first parameter is not `session: Session`"
    subjects = [one.arg for one in positional[1:]]
    if len(subjects) > 1:
        yield f"takes {subjects} by position: one subject, the rest by keyword"
    if subjects and action.name.startswith("create_"):
        yield f"a creation has no subject, and this takes {subjects} by position"
    if taken.defaults:
        yield "a positional parameter has a default"
    if taken.vararg is not None:
        yield f"takes *{taken.vararg.arg}"


def wrong_in_keywords(action: Function) -> Iterator[str]:
    if is_projection(action):
        return
    keywords = {one.arg: text(one.annotation) for one in action.node.args.kwonlyargs}
    if keywords.get("by") != "Actor":
        yield f"does not take `by: Actor` by keyword, but {keywords.get('by', 'nothing')!r}"
    for name in sorted(keywords.keys() & PARTS_OF_ACTOR):
        yield f"takes {name!r}, which the Actor says"


@pytest.mark.parametrize("service", SERVICES)
def test_every_action_is_a_verb_and_a_noun_and_takes_a_session_a_subject_and_an_actor(service: str) -> None:
    strangers = [
        f"{action.where}: {wrong}"
        for action in actions(service)
        for rule in (wrong_in_name, wrong_in_positionals, wrong_in_keywords)
        for wrong in rule(action)
    ]
    assert not strangers, "\n".join(strangers)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_actions_to_be_judged(service: str) -> None:
    assert len(list(actions(service))) >= 5


def test_every_verb_is_used() -> None:
    used = {action.name.partition("_")[0] for service in SERVICES for action in actions(service)}
    assert sorted(VERBS - used) == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_called_get_never_returns_none_and_what_is_called_find_may(service: str) -> None:
    strangers = []
    for one in functions(service):
        if one.path.stem == "jobs":  # a job says what it does, and returns how many it did
            continue
        returned = text(one.node.returns)
        may_be_none = bool(re.search(r"\bNone\b|\bOptional\b", returned))
        if one.name.startswith("get_") and may_be_none:
            strangers.append(f"{one.where}: returns {returned}; `get_` raises NotFound, `find_` returns None")
        if one.name.startswith("find_") and not may_be_none:
            strangers.append(f"{one.where}: returns {returned}; `find_` returns None where there is nothing")
    assert not strangers, "\n".join(strangers)


@cache
def operations() -> tuple[tuple[str, Operation], ...]:
    return tuple(
        (service, operation)
        for service, subdomain in subdomains()
        for routes in subdomain.routes
        for operation in routes.operations
    )


@pytest.mark.parametrize("service", SERVICES)
def test_an_operation_id_is_the_name_of_its_view_and_no_other_service_has_it(service: str) -> None:
    owners = Counter(operation.operation_id for _, operation in operations())
    strangers = []
    for operation in (one for owner, one in operations() if owner == service):
        view = getattr(importlib.import_module(operation.view.__module__), operation.operation_id, None)
        where = f"{operation.view.__module__}.{operation.view.__name__} ({operation.method} {operation.path})"
        if view is not operation.view:
            strangers.append(f"{where}: its operationId is {operation.operation_id!r}")
        if owners[operation.operation_id] > 1:
            others = sorted({owner for owner, one in operations() if one.operation_id == operation.operation_id})
            strangers.append(
                f"{where}: {operation.operation_id!r} is taken {owners[operation.operation_id]} times, in {others}"
            )
    assert not strangers, "\n".join(strangers)
