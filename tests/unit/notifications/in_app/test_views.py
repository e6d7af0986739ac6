"""The bell: one's own notifications, read and unread."""

from tests.unit.notifications.conftest import NotificationsHarness


def test_notifications_are_ones_own(notifications: NotificationsHarness) -> None:
    notifications.receive_user("ada")
    notifications.receive_step()
    (mine,) = notifications.notifications_of("usr_ada")
    assert notifications.notifications_of("usr_ben") == []
    somebody = notifications.client("*", id="usr_ben")
    assert somebody.get(f"/notifications/{mine['id']}").status_code == 404
    assert somebody.post(f"/notifications/{mine['id']}:read").status_code == 404


def test_reading_one_takes_it_off_the_count(notifications: NotificationsHarness) -> None:
    notifications.receive_user("ada")
    notifications.receive_step()
    notifications.receive_step("step.reminded.v1")
    ada = notifications.client(id="usr_ada")
    assert ada.get("/notifications/unread-count").json == {"unread": 2}
    first = ada.get("/notifications?is_read=false").json["data"][0]
    assert ada.post(f"/notifications/{first['id']}:read").json["is_read"] is True
    assert ada.post(f"/notifications/{first['id']}:read").status_code == 200
    assert ada.get("/notifications/unread-count").json == {"unread": 1}
    assert len(ada.get("/notifications?is_read=true").json["data"]) == 1


def test_reading_all_touches_nobody_elses(notifications: NotificationsHarness) -> None:
    notifications.receive_user("ada")
    notifications.receive_user("ben")
    notifications.receive_step(user_ids=["usr_ada", "usr_ben"])
    ada, ben = notifications.client(id="usr_ada"), notifications.client(id="usr_ben")
    assert ada.post("/notifications:read-all").json == {"unread": 0}
    assert ada.get("/notifications/unread-count").json == {"unread": 0}
    assert ben.get("/notifications/unread-count").json == {"unread": 1}
