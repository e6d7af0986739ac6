"""Sessions: listed, ended from another browser, and over in time."""

from sqlalchemy import select

from gateway.identity.sessions.models import LoginSession


def test_a_token_ends_after_twelve_hours(gateway):
    person = gateway.person()
    gateway.clock.move(hours=11, minutes=59)
    gateway.forget_trust()
    assert person.get("/me").status_code == 200
    gateway.clock.move(minutes=1)
    gateway.forget_trust()
    assert person.get("/me").status_code == 401


def test_a_session_ends_after_half_an_hour_of_rest(gateway):
    gateway.log_in()
    cookie = gateway.open_browser()
    for _ in range(3):
        gateway.clock.move(minutes=29)
        gateway.forget_trust()
        assert gateway.browse(cookie).status_code == 200
    gateway.clock.move(minutes=30)
    gateway.forget_trust()
    assert gateway.browse(cookie).status_code == 401


def test_a_session_ends_after_twelve_hours_of_work(gateway):
    gateway.log_in()
    cookie = gateway.open_browser()
    for _ in range(35):
        gateway.clock.move(minutes=20)
        gateway.forget_trust()
        assert gateway.browse(cookie).status_code == 200
    gateway.clock.move(minutes=20)
    gateway.forget_trust()
    assert gateway.browse(cookie).status_code == 401


def test_sessions_are_listed_and_one_can_be_ended_from_another(gateway):
    gateway.log_in()
    here, there = gateway.open_browser(agent="here"), gateway.open_browser(agent="there")
    rows = gateway.browse(here, "/api/v1/sessions").json["data"]
    assert {row["user_agent"] for row in rows} == {"here", "there"}
    other = next(row["id"] for row in rows if row["user_agent"] == "there")
    assert gateway.person().delete(f"/sessions/{other}").status_code == 204
    gateway.forget_trust()
    assert gateway.browse(there).status_code == 401
    assert gateway.browse(here).status_code == 200


def test_nobody_ends_somebody_elses_session(gateway):
    gateway.log_in()
    gateway.add_user()
    gateway.open_browser()
    with gateway.service.database.read() as session:
        foreign = session.scalars(select(LoginSession.id)).one()
    assert gateway.person("bo@example.com").delete(f"/sessions/{foreign}").status_code == 404
