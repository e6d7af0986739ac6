"""What stands in an e-mail: its headers, its two parts, and nothing that somebody smuggled in."""

import json

import pytest

from notifications.mail.rendering import dump_content, load_content, render
from notifications.mail.templates import KINDS
from tests.unit.notifications.conftest import NotificationsHarness, parts


@pytest.mark.proves("F080")
def test_html_and_text_both_carry_number_link_due_time_and_instructions(notifications: NotificationsHarness) -> None:
    notifications.receive_user()
    notifications.receive_step()
    notifications.deliver()
    (message,) = notifications.sent_messages()
    assert message["Subject"] == "[C-000042] Approval: Approve refund – Damaged delivery"
    for part in parts(message):
        assert "C-000042" in part
        assert "https://crm.company.example/cases/C-000042" in part
        assert "Mon 2 Mar 2026, 15:00 UTC" in part
        assert "Look at the photos." in part


def test_times_are_written_in_the_zone_of_the_installation(start_notifications) -> None:
    notifications = start_notifications(CRM_TIME_ZONE="Europe/Berlin")
    notifications.receive_user()
    notifications.receive_step()
    notifications.deliver()
    assert "Mon 2 Mar 2026, 16:00 CET" in parts(notifications.sent_messages()[0])[0]


def test_a_name_with_line_ends_adds_no_header(notifications: NotificationsHarness) -> None:
    evil = "Vera\r\nBcc: victim@example.net\r\n\r\nBuy now\u2028X-Evil: 1"
    notifications.receive_form(
        personal={"name": evil}, autoresponder={"subject": "Hi {name}\r\nBcc: x@y.example", "text": "{name}"}
    )
    notifications.deliver()
    (message,) = notifications.sent_messages()
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert message.get_all("To") == ['"Vera Bcc: victim@example.net Buy now X-Evil: 1" <vera@example.org>']
    assert message["To"].addresses[0].addr_spec == "vera@example.org"
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted", "X-Auto-Response-Suppress",
        "MIME-Version", "Content-Type",
    }  # fmt: skip


def test_markup_in_a_name_stays_text(notifications: NotificationsHarness) -> None:
    notifications.receive_form(personal={"name": "<img src=x onerror=alert(1)>"})
    notifications.deliver()
    _, html = parts(notifications.sent_messages()[0])
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_replies_go_to_an_address_that_names_the_case(start_notifications) -> None:
    notifications = start_notifications(CRM_MAIL_REPLY_TO="support@company.example")
    notifications.receive_form()
    notifications.deliver()
    assert notifications.sent_messages()[0]["Reply-To"].startswith("support+c-000042-")


def test_every_kind_can_be_rendered(notifications: NotificationsHarness) -> None:

    for kind in KINDS.values():
        rendered = render(kind.example, notifications.running.service.settings)
        assert kind.example.number in rendered.html
        assert kind.example.number in rendered.text


def test_content_that_was_stored_is_read_back_under_the_names_of_its_first_version() -> None:
    content = KINDS["step_activated"].example
    stored = json.loads(json.dumps(dump_content(content)))
    assert stored["facts"] == [["Subject", "Damaged delivery"], ["Step", "Approve refund"]]
    assert load_content(stored) == content
