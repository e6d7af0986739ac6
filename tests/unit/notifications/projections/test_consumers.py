"""The projections after events that come in any order."""

from tests.unit.notifications.conftest import NotificationsHarness


def test_an_older_event_about_a_user_changes_nothing(notifications: NotificationsHarness) -> None:
    notifications.receive_user(sequence=2, personal={"email": "new@example.com"})
    notifications.receive_user(sequence=1, personal={"email": "old@example.com"})
    notifications.receive_step()
    assert notifications.only_email()["to"] == "new@example.com"


def test_an_older_event_about_a_case_or_a_customer_changes_nothing(notifications: NotificationsHarness) -> None:
    notifications.receive_user("ada")
    notifications.receive_user("ben")
    notifications.receive_case(owner_id="usr_ben", sequence=3)
    notifications.receive_case("case.updated.v1", owner_id="usr_ada", sequence=2)
    notifications.receive_step("step.decided.v1", outcome="approve", note=None, decided_by=None)
    assert (len(notifications.notifications_of("usr_ben")), notifications.notifications_of("usr_ada")) == (1, [])
    notifications.receive_customer(sequence=5, personal={"email": "new@acme.example"})
    notifications.receive_customer(event="customer.updated.v1", sequence=4, personal={"email": "old@acme.example"})
    notifications.receive_order()
    assert notifications.only_email()["to"] == "new@acme.example"


def test_a_case_is_stored_before_its_new_owner_is_notified(notifications: NotificationsHarness) -> None:
    notifications.receive_user("ada")
    notifications.receive_case("case.assigned.v1", owner_id="usr_ada", actor="usr_ben")
    notifications.receive_step("step.decided.v1", outcome="approve", note=None, decided_by="usr_ben")
    kinds = {one["kind"] for one in notifications.notifications_of("usr_ada")}
    assert kinds == {"case_assigned", "step_decided"}
