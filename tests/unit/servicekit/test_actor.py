"""Who does it, as actions want to know it."""

from datetime import UTC, datetime

from servicekit.actor import Actor
from servicekit.auth import ANONYMOUS, Kind, Principal

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def test_a_user_acts_under_their_own_id() -> None:
    user = Principal(id="usr_1", kind=Kind.USER)
    actor = Actor.of(user, now=NOW, cause="req_1")
    assert (actor.id, actor.kind, actor.principal, actor.cause) == ("usr_1", Kind.USER, user, "req_1")


def test_a_visitor_has_no_id() -> None:
    actor = Actor.of(ANONYMOUS, now=NOW)
    assert (actor.id, actor.kind) == (None, Kind.PUBLIC)


def test_an_event_or_the_clock_acts_as_the_system() -> None:
    actor = Actor.system(now=NOW, cause="evt_1")
    assert (actor.id, actor.kind, actor.principal, actor.cause) == (None, Kind.SYSTEM, None, "evt_1")
