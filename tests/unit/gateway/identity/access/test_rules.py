"""Permissions and grants."""

from datetime import UTC, datetime

import pytest

from gateway.identity.access import rules
from servicekit.actor import Actor
from servicekit.auth import Kind, Principal, Scope


@pytest.mark.parametrize(
    ("grant", "permission", "expected"),
    [
        ("*", "a:b", True),
        ("a:*", "a:b", True),
        ("a:*", "a:*", True),
        ("a:b", "a:*", False),
        ("a:b", "ab:c", False),
        ("a:*", "*", False),
    ],
)
def test_a_grant_covers_what_it_says(grant, permission, expected):
    assert rules.covers(grant, permission) is expected


def actor(*permissions, scope=Scope.ALL, kind=Kind.USER, id="usr_giver"):
    principal = Principal(id=id, kind=kind, permissions=frozenset(permissions), scope=scope)
    return Actor.of(principal, now=datetime(2026, 1, 1, tzinfo=UTC))


def test_the_system_gives_any_permission_and_any_scope():
    system = Actor.system(now=datetime(2026, 1, 1, tzinfo=UTC))
    rules.check_grants(["*"], by=system)
    rules.check_scope("all", by=system)
    rules.check_teams(["tea_1"], by=system)


def test_an_actor_of_whom_nothing_is_known_gives_nothing():
    unknown = Actor(now=datetime(2026, 1, 1, tzinfo=UTC), kind=Kind.SERVICE)
    for check in (
        lambda: rules.check_grants(["cases:read"], by=unknown),
        lambda: rules.check_scope("own", by=unknown),
        lambda: rules.check_teams([], by=unknown),
    ):
        with pytest.raises(rules.MoreThanOwnRights):
            check()


def test_nobody_gives_a_permission_or_a_scope_that_they_lack():
    giver = actor("cases:*", scope=Scope.TEAM)
    rules.check_grants(["cases:read", "cases:*"], by=giver)
    rules.check_scope("team", by=giver)
    with pytest.raises(rules.MoreThanOwnRights):
        rules.check_grants(["cases:read", "orders:read"], by=giver)
    with pytest.raises(rules.MoreThanOwnRights):
        rules.check_scope("all", by=giver)
