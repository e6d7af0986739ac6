"""Passwords that are long enough, and not endless."""

import pytest

from gateway.identity.sessions import rules
from servicekit.errors import Invalid


def test_the_longest_allowed_password_works():
    rules.check_password("abcde" + "x" * 123)
    with pytest.raises(Invalid):
        rules.check_password("abcde" + "x" * 124)
