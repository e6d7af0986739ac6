"""Delivery to a mail host that is down, and back."""

from datetime import timedelta

import pytest

from notifications.mail.delivery import PARALLEL, MailSender
from notifications.mail.message import SmtpMessage
from notifications.mail.rules import SmtpReply, Verdict
from tests.unit.notifications.conftest import NotificationsHarness

DOWN = SmtpReply(verdict=Verdict.LATER, detail="refused", is_host_down=True)
LOST = SmtpReply(verdict=Verdict.UNKNOWN, detail="lost")
TAKEN = SmtpReply(verdict=Verdict.ACCEPTED, detail="250 taken")


class OneReply:
    """A transport that replies the same to every attempt until it is changed."""

    lease = timedelta(minutes=1)
    is_repeatable = False

    def __init__(self) -> None:
        self.reply = DOWN
        self.tried = 0

    def send(self, message: SmtpMessage) -> SmtpReply:
        self.tried += 1
        return self.reply


@pytest.mark.parametrize("first", [DOWN, LOST])
def test_a_dead_host_gets_one_probe_at_a_time_until_it_is_back(
    notifications: NotificationsHarness, first: SmtpReply
) -> None:
    notifications.receive_user()
    for number in range(12):
        notifications.receive_step(step_name=f"Step {number}")
    transport, clock = OneReply(), notifications.harness.clock
    sender = MailSender(notifications.running.service.settings, transport=transport)
    work = notifications.running._work()
    assert sender.deliver_due(work) == PARALLEL
    assert sender.deliver_due(work) == 0, "the circuit is open"
    clock.move(seconds=11)
    transport.reply = first
    assert [sender.deliver_due(work), transport.tried] == [1, PARALLEL + 1]
    assert [sender.deliver_due(work), transport.tried] == [0, PARALLEL + 1], "the next probe waits its pause"
    clock.move(minutes=2)
    transport.reply = TAKEN
    assert sender.deliver_due(work) == 1
    assert sender.deliver_due(work) == PARALLEL, "it is back"
    sender.close()
