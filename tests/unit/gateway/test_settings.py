"""Settings that would fail at the first request fail at the start."""

import pytest

from servicekit.settings import BadSettings


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"CRM_ADMIN_PASSWORD": "short"}, "12 to 128"),
        ({"CRM_ADMIN_PASSWORD": "x" * 129}, "12 to 128"),
        ({"CRM_ADMIN_EMAIL": ""}, "CRM_ADMIN_EMAIL"),
    ],
)
def test_a_first_password_that_is_weak_or_nobodys_stops_the_start(start_gateway, settings, says):
    with pytest.raises(BadSettings, match=says):
        start_gateway(**settings)
