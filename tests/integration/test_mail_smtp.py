"""Mail through a real SMTP server that refuses, hangs, hangs up, and dies at the worst moment."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from notifications.mail.delivery import MailSender
from notifications.mail.transports import SmtpTransport
from ops.waiting import wait_for
from tests.unit.notifications.conftest import NotificationsHarness, parts, read_message


@dataclass
class MailServer:
    """Takes mail, unless `mode` says otherwise; `taken` counts by Message-ID what it has made itself responsible for."""

    mode: str = "accept"
    taken: Counter[str] = field(default_factory=Counter)
    messages: list[Any] = field(default_factory=list)
    asked: int = 0
    seen: asyncio.Event | None = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.asked += 1
        if self.mode in {"450 greylisted, come back", "550 no such mailbox"}:
            return self.mode
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.mode == "554 looks like spam":
            return self.mode
        message = read_message(envelope.content)
        self.taken[message["Message-ID"]] += 1
        self.messages.append(message)
        if self.mode == "hang up after the dot":
            server.transport.abort()
        if self.mode == "answer never":
            await asyncio.sleep(30)
        return "250 taken"


@dataclass
class Scene:
    """A service, its mail server, and the switch between server there and server gone."""

    notifications: NotificationsHarness
    server: MailServer
    port: int
    controller: Controller | None = None

    def start(self) -> None:
        self.controller = Controller(self.server, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller is not None:
            self.controller.stop(no_assert=True)
            self.controller = None

    def later(self, **delta: float) -> int:
        self.notifications.harness.clock.move(**delta)
        return self.notifications.deliver()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    notifications = NotificationsHarness.start_with_mail(tmp_path, CRM_MAIL_URL=f"smtp://127.0.0.1:{port}")
    notifications.receive_user()
    it = Scene(notifications=notifications, server=MailServer(), port=port)
    it.start()
    yield it
    it.stop()
    notifications.close()


@pytest.mark.proves("F080")
def test_an_email_reaches_the_server_whole(scene: Scene) -> None:
    scene.notifications.receive_step(instructions=".\r\n..\r\n. a dot begins this line")
    assert scene.notifications.deliver() == 1
    (message,) = scene.server.messages
    assert message["To"] == "Ada <ada@example.com>"
    text, html = parts(message)
    assert "\n.\n..\n. a dot begins this line\n" in text
    assert ". a dot begins this line" in html
    email = scene.notifications.only_email()
    assert (email["state"], email["attempts"], email["last_error"]) == ("sent", 1, None)
    assert message["Message-ID"] == f"<{email['id']}@company.example>"


def test_a_server_that_is_gone_leaves_it_queued_and_it_is_sent_later(scene: Scene) -> None:
    scene.stop()
    scene.notifications.receive_step()
    scene.notifications.deliver()
    email = scene.notifications.only_email()
    assert email["state"] == "queued"
    assert "refused" in email["last_error"].lower()
    assert email["next_try_at"] is not None
    scene.start()
    assert scene.notifications.deliver() == 0, "it waits for its time"
    assert scene.later(minutes=1) == 1
    assert scene.notifications.only_email()["state"] == "sent"
    assert list(scene.server.taken.values()) == [1]


def test_a_temporary_refusal_is_tried_again_after_a_growing_pause(scene: Scene) -> None:
    scene.server.mode = "450 greylisted, come back"
    scene.notifications.receive_step()
    scene.notifications.deliver()
    scene.later(seconds=13)
    email = scene.notifications.only_email()
    assert (email["state"], email["attempts"]) == ("queued", 2)
    assert email["last_error"] == "450 greylisted, come back"
    assert scene.later(seconds=13) == 0, "the second pause is longer than the first"
    scene.server.mode = "accept"
    assert scene.later(seconds=13) == 1
    assert scene.notifications.only_email()["state"] == "sent"


@pytest.mark.parametrize("refusal", ["550 no such mailbox", "554 looks like spam"])
def test_a_final_refusal_fails_it_with_the_reason_until_a_person_retries(scene: Scene, refusal: str) -> None:
    scene.server.mode = refusal
    scene.notifications.receive_step()
    scene.notifications.deliver()
    email = scene.notifications.only_email()
    assert (email["state"], email["last_error"]) == ("failed", refusal)
    assert [one["type"] for one in scene.notifications.recorded()] == ["email.failed.v1"]
    assert scene.later(days=1) == 0
    scene.server.mode = "accept"
    assert scene.notifications.staff.post(f"/emails/{email['id']}:retry").json["state"] == "queued"
    assert scene.notifications.deliver() == 1
    assert [one["type"] for one in scene.notifications.recorded()] == ["email.failed.v1", "email.sent.v1"]


def test_one_that_is_sent_cannot_be_retried(scene: Scene) -> None:
    scene.notifications.receive_step()
    scene.notifications.deliver()
    answer = scene.notifications.staff.post(f"/emails/{scene.notifications.only_email()['id']}:retry")
    assert (answer.status_code, answer.json["code"]) == (409, "email_cannot_be_retried")


def test_lost_after_the_last_dot_is_unknown_and_a_customers_email_is_left_to_a_person(scene: Scene) -> None:
    scene.server.mode = "hang up after the dot"
    scene.notifications.receive_form()
    scene.notifications.deliver()
    email = scene.notifications.only_email()
    assert (email["state"], email["next_try_at"]) == ("unknown", None)
    scene.server.mode = "accept"
    assert scene.later(days=2) == 0
    assert list(scene.server.taken.values()) == [1], "never silently twice"
    retried = scene.notifications.staff.post(f"/emails/{email['id']}:retry").json
    assert (retried["state"], retried["is_maybe_double"]) == ("queued", True)
    scene.notifications.deliver()
    assert list(scene.server.taken.values()) == [2], "a person wanted it; the Message-ID is the same"


def test_staff_would_rather_have_it_twice_and_the_row_says_so(scene: Scene) -> None:
    scene.server.mode = "hang up after the dot"
    scene.notifications.receive_step()
    scene.notifications.deliver()
    assert scene.notifications.only_email()["state"] == "unknown"
    scene.server.mode = "accept"
    assert scene.later(minutes=1) == 1
    email = scene.notifications.only_email()
    assert (email["state"], email["is_maybe_double"]) == ("sent", True)
    assert list(scene.server.taken.values()) == [2]


@pytest.mark.slow
def test_a_dead_server_does_not_burn_attempts(scene: Scene) -> None:
    scene.stop()
    for number in range(20):
        scene.notifications.receive_step(step_name=f"Step {number}")
    for _ in range(60):
        scene.later(seconds=1)
    tries = sum(one["attempts"] for one in scene.notifications.emails())
    assert tries <= 15, "four at once, then one probe at a time, ever more rarely"
    scene.start()
    for _ in range(90):
        scene.later(seconds=2)
    assert Counter(one["state"] for one in scene.notifications.emails()) == {"sent": 20}
    assert set(scene.server.taken.values()) == {1}


@pytest.mark.slow
def test_a_slow_server_holds_up_neither_the_database_nor_the_bell(scene: Scene) -> None:
    scene.server.mode = "answer never"
    quick = SmtpTransport(host="127.0.0.1", port=scene.port, final_seconds=3.5)
    slow = MailSender(scene.notifications.running.service.settings, transport=quick)
    scene.notifications.receive_form()
    began = time.monotonic()
    assert slow.deliver_due(scene.notifications.running._work()) == 1
    assert time.monotonic() - began < 3, "it is left behind, not waited for"
    assert scene.notifications.only_email()["state"] == "sending"
    scene.notifications.receive_step()
    assert len(scene.notifications.notifications_of()) == 1
    slow.close()
    assert {one["kind"]: one["state"] for one in scene.notifications.emails()}["form_autoreply"] == "unknown"


@pytest.mark.slow
def test_a_sender_killed_before_the_answer_leaves_it_unknown(scene: Scene, tmp_path: Path) -> None:
    scene.server.mode = "answer never"
    scene.notifications.receive_form()
    sender = start_sender(scene, tmp_path)
    try:
        wait_for(lambda: bool(scene.server.taken), "the server takes the mail")
    finally:
        os.kill(sender.pid, signal.SIGKILL)
        sender.wait()
    email = scene.notifications.only_email()
    assert (email["state"], email["attempts"]) == ("sending", 1), "the attempt was committed before SMTP"
    scene.server.mode = "accept"
    assert scene.later(minutes=14) == 0
    assert scene.notifications.running.run_job("find_lost_mail") == 0, "somebody may still be at it"
    scene.later(minutes=2)
    assert scene.notifications.running.run_job("find_lost_mail") == 1
    email = scene.notifications.only_email()
    assert email["state"] == "unknown"
    assert "may have been delivered" in email["last_error"]
    assert scene.later(days=1) == 0
    assert list(scene.server.taken.values()) == [1]


def start_sender(scene: Scene, tmp_path: Path) -> subprocess.Popen[bytes]:
    """The delivery job in a process of its own."""
    program = textwrap.dedent("""
        from notifications.app import create_app
        from notifications.mail.jobs import deliver_mail
        from servicekit.service import utc_now
        from servicekit.jobs import Work

        service = create_app().extensions["service"]
        deliver_mail(Work(database=service.database, settings=service.settings, now=utc_now, is_stopping=lambda: False))
    """)
    settings = scene.notifications.running.service.settings
    environ = {
        **os.environ,
        **scene.notifications.harness.environ,
        "CRM_DATABASE_URL": settings.database_url,
        "CRM_MAIL_URL": settings.mail_url,
    }
    return subprocess.Popen([sys.executable, "-c", program], env=environ, cwd=tmp_path)
