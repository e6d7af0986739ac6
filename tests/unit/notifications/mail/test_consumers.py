"""E-mails follow their case to its customer."""

import pytest

from tests.unit.notifications.conftest import NotificationsHarness


@pytest.mark.parametrize("event", ["case.opened.v1", "case.linked.v1", "case.assigned.v1", "case.closed.v1"])
def test_emails_that_were_queued_before_get_the_customer_of_their_case(
    notifications: NotificationsHarness, event: str
) -> None:
    notifications.receive_form()
    assert notifications.only_email()["customer_id"] is None
    notifications.receive_case(event, customer_id="cus_9", sequence=2)
    assert (notifications.only_email()["customer_id"], notifications.only_email()["version"]) == ("cus_9", 2)
    notifications.receive_case(event, customer_id="cus_8", sequence=3)
    assert notifications.only_email()["customer_id"] == "cus_9", "it has one already"
