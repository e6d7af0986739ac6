"""Permissions and grants."""

import pytest

from gateway.identity.access import rules


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
