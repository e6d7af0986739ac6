"""E-mails over HTTP: who sees which, and how they are found."""

from servicekit.auth import Scope
from tests.unit.notifications.conftest import NotificationsHarness


def test_one_sees_the_emails_of_the_cases_that_one_may_see(notifications: NotificationsHarness) -> None:
    notifications.receive_case(owner_id="usr_ada", team_id="tea_1")
    notifications.receive_form()
    outside = notifications.client("notifications:read", scope=Scope.TEAM, team_ids=("tea_2",))
    inside = notifications.client("notifications:read", scope=Scope.TEAM, team_ids=("tea_1",))
    assert outside.get("/emails").json["data"] == []
    assert outside.get(f"/emails/{notifications.only_email()['id']}").status_code == 404
    assert len(inside.get("/emails").json["data"]) == 1


def test_reading_emails_needs_the_permission(notifications: NotificationsHarness) -> None:
    assert notifications.client("cases:read").get("/emails").status_code == 403


def test_emails_are_found_by_case_and_state(notifications: NotificationsHarness) -> None:
    notifications.receive_form()
    assert len(notifications.emails("?case_id=cas_1&state=queued")) == 1
    assert notifications.emails("?case_id=cas_2") == []
    assert notifications.emails("?state=sent") == []


def test_the_templates_are_listed_with_an_example(notifications: NotificationsHarness) -> None:
    listed = notifications.staff.get("/templates").json["data"]
    assert {one["key"] for one in listed} >= {"step_activated", "step_reminder", "step_escalated", "form_autoreply"}
    assert all(one["example_subject"] and one["description"] for one in listed)


def test_an_email_without_a_case_is_seen_by_who_may_see_its_customer(notifications: NotificationsHarness) -> None:
    notifications.receive_user()
    notifications.receive_customer(owner_id="usr_bo", team_id="tea_1")
    writer = notifications.client("customers:write", "notifications:read", id="usr_ada")
    assert (
        writer.post("/emails", {"customer_id": "cus_1", "subject": "Terms", "text": "Only for you."}).status_code == 201
    )
    outside = notifications.client("notifications:read", scope=Scope.TEAM, team_ids=("tea_2",))
    inside = notifications.client("notifications:read", scope=Scope.TEAM, team_ids=("tea_1",))
    assert outside.get("/emails?customer_id=cus_1").json["data"] == []
    assert len(inside.get("/emails?customer_id=cus_1").json["data"]) == 1
