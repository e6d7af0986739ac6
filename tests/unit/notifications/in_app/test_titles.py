"""The title and body of every kind of notification, made when it is read."""

from datetime import UTC, datetime

import pytest

from notifications.in_app.models import Notification
from notifications.in_app.titles import BODIES, MAX_TITLE, TITLES, body, title
from notifications.notices.notice_table import NOTICES
from tests.unit.notifications.conftest import NotificationsHarness

STEP = {"step_name": "Approve refund", "case_subject": "Damaged delivery"}
SENTENCES = [
    (
        "step_activated",
        {"variant": "approval", **STEP},
        "Your approval is asked for: Approve refund",
        "Damaged delivery",
    ),
    ("step_activated", {"variant": "task", **STEP}, "A task is waiting for you: Approve refund", "Damaged delivery"),
    ("step_reminder", {"variant": "soon", **STEP}, "Due soon: Approve refund", "Damaged delivery"),
    ("step_reminder", {"variant": "overdue", **STEP}, "Overdue: Approve refund", "Damaged delivery"),
    ("step_escalated", {"variant": "to_you", **STEP}, "Escalated to you: Approve refund", "Damaged delivery"),
    (
        "step_escalated",
        {"variant": "away", **STEP},
        "Escalated: Approve refund",
        "It was not finished in time and has been passed up.",
    ),
    (
        "step_decided",
        {"step_name": "Approve refund", "outcome": "approve", "note": "Fair enough."},
        "Approve refund: approve",
        "Fair enough.",
    ),
    ("case_assigned", {"case_subject": "Damaged delivery"}, "A case is yours now: Damaged delivery", ""),
    (
        "reply_not_sent",
        {"case_subject": "Damaged delivery"},
        "Your reply was not sent: the customer has no e-mail address",
        "Damaged delivery",
    ),
]


@pytest.mark.parametrize(("kind", "data", "expected_title", "expected_body"), SENTENCES)
def test_every_kind_has_the_words_that_it_always_had(
    kind: str, data: dict[str, str], expected_title: str, expected_body: str
) -> None:
    notification = Notification(kind=kind, data=data)
    assert (title(notification), body(notification)) == (expected_title, expected_body)


def test_every_kind_and_variant_is_in_the_list_above() -> None:
    listed = {(kind, data.get("variant", "")) for kind, data, _, _ in SENTENCES}
    assert listed == set(TITLES) == set(BODIES)
    shown = {notice.kind for row in NOTICES.values() for notice in row.notices if notice.in_app}
    assert shown == {kind for kind, _ in TITLES}


def test_braces_that_people_typed_mean_nothing() -> None:
    data = {"variant": "task", "step_name": "{case_subject} {0} {", "case_subject": "}"}
    notification = Notification(kind="step_activated", data=data)
    assert title(notification) == "A task is waiting for you: {case_subject} {0} {"
    assert body(notification) == "}"


def test_a_title_has_at_most_as_many_characters_as_it_always_had() -> None:
    notification = Notification(kind="case_assigned", data={"case_subject": "x" * 1000})
    assert len(title(notification)) == MAX_TITLE


def test_a_kind_of_a_newer_version_is_shown_by_its_name() -> None:
    notification = Notification(kind="case_merged", data={"case_subject": "Late"})
    assert (title(notification), body(notification)) == ("case_merged", "")


def test_a_row_from_before_shows_the_sentence_that_it_stored(notifications: NotificationsHarness) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with notifications.running.service.database.write() as session:
        session.add(
            Notification(
                id="ntf_old",
                user_id="usr_ada",
                kind="step_activated",
                stored_title="Your approval is asked for: {old}",
                stored_body="As it was",
                subject_type="case",
                subject_id="cas_1",
                subject_number="C-000042",
                link="/cases/C-000042",
                dedupe_key="old",
                created_at=at,
                updated_at=at,
            )
        )
    (shown,) = notifications.notifications_of("usr_ada")
    assert (shown["title"], shown["body"]) == ("Your approval is asked for: {old}", "As it was")


def test_no_sentence_is_stored_of_a_new_notification(notifications: NotificationsHarness) -> None:
    notifications.receive_user("ada")
    notifications.receive_step(step_kind="task")
    (shown,) = notifications.notifications_of("usr_ada")
    with notifications.running.service.database.read() as session:
        stored = session.get_one(Notification, shown["id"])
        assert (stored.stored_title, stored.stored_body) == (None, None)
        assert stored.data == {"variant": "task", **STEP}
    assert shown["title"] == "A task is waiting for you: Approve refund"


@pytest.mark.parametrize(
    ("event", "more"),
    [
        ("step.activated.v1", {}),
        ("step.activated.v1", {"step_kind": "task"}),
        ("step.reminded.v1", {"overdue": False}),
        ("step.reminded.v1", {"overdue": True}),
        ("step.escalated.v1", {"to_user_ids": ["usr_ada"], "level": 1}),
    ],
)
def test_the_title_is_the_headline_of_the_email_about_the_same(
    notifications: NotificationsHarness, event: str, more: dict[str, object]
) -> None:
    notifications.receive_user("ada")
    notifications.receive_step(event, **more)
    (shown,) = notifications.notifications_of("usr_ada")
    assert shown["title"] in notifications.text_of(notifications.only_email())
