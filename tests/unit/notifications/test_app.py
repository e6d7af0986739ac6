"""What the service refuses to start with."""

import pytest

from servicekit.settings import BadSettings


def test_a_zone_that_does_not_exist_stops_the_start(start_notifications) -> None:
    with pytest.raises(BadSettings, match="Europe/Berlin"):
        start_notifications(CRM_TIME_ZONE="Mars/Base")
