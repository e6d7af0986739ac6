"""The small parts of the kit: ids, settings, money, typed fields, numbers, jobs."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from servicekit.errors import Invalid
from servicekit.fields import FieldSpec, FieldType, check_answers
from servicekit.ids import new_id, uuid7
from servicekit.jobs import Scheduled, Wakeups, claim_run
from servicekit.kit_tables import OutboxRow
from servicekit.money import Money
from servicekit.numbers import create_series, next_number
from servicekit.outbox_care import forget_published
from servicekit.settings import BadSettings, Settings
from servicekit.testing import Running, envelope

ENVIRON = {
    "CRM_DATABASE_URL": "sqlite://",
    "CRM_BUS_URL": "embedded:////x",
    "CRM_IDENTITY_KEYS": "/keys",
    "CRM_CURSOR_SECRET": "x" * 40,
}


def test_ids_rise_within_one_millisecond_and_keep_their_prefix() -> None:
    ids = [new_id("boo") for _ in range(2000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 2000
    assert all(one.startswith("boo_") and len(one) == 30 for one in ids)
    assert uuid7().version == 7


def test_settings_come_from_the_environment_or_from_a_file_it_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("y" * 40 + "\n")
    environ = {name: value for name, value in ENVIRON.items() if name != "CRM_CURSOR_SECRET"}
    settings = Settings.from_environ({**environ, "CRM_CURSOR_SECRET_FILE": str(secret)}, service="library")
    assert (settings.cursor_secret, settings.environment) == ("y" * 40, "production")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"CRM_CURSOR_SECRET": "changeme"}, "known default"),
        ({"CRM_CURSOR_SECRET": "short"}, "shorter than 32"),
        ({"CRM_DATABASE_URL": None}, "Set CRM_DATABASE_URL"),
        ({"CRM_CURSOR_SECRET": None, "CRM_CURSOR_SECRET_FILE": "/nowhere"}, "cannot be read"),
    ],
)
def test_a_start_with_a_bad_setting_is_refused_and_the_sentence_names_it(changed: dict, said: str) -> None:
    environ = {name: value for name, value in {**ENVIRON, **changed}.items() if value is not None}
    with pytest.raises(BadSettings, match=said):
        Settings.from_environ(environ, service="library")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_money_keeps_its_minor_units_exactly(minor: int, currency: str) -> None:
    assert Money.from_minor(minor, currency).minor == minor


def test_money_has_no_more_decimals_than_its_currency() -> None:
    with pytest.raises(ValueError, match="JPY has 0 decimals"):
        assert Money(amount=Decimal("1.5"), currency="JPY").minor


def spec(kind: FieldType, **more) -> FieldSpec:
    return FieldSpec(key="x", label="Answer", type=kind, **more)


@pytest.mark.parametrize(
    ("field", "answer", "stored"),
    [
        (spec(FieldType.TEXT), "  hello ", "hello"),
        (spec(FieldType.EMAIL), "a@b.example", "a@b.example"),
        (spec(FieldType.PHONE), "+49 40 555-0134", "+49 40 555-0134"),
        (spec(FieldType.NUMBER), "12.50", "12.50"),
        (spec(FieldType.INTEGER), "42", 42),
        (spec(FieldType.DATE), "2026-02-28", "2026-02-28"),
        (spec(FieldType.CHECKBOX), "on", True),
        (spec(FieldType.CHOICE, options=("a", "b")), "b", "b"),
        (spec(FieldType.MULTICHOICE, options=("a", "b", "c")), ["c", "a"], ["a", "c"]),
    ],
)
def test_an_answer_is_stored_by_the_type_of_its_field(field: FieldSpec, answer, stored) -> None:
    assert check_answers([field], {"x": answer}) == {"x": stored}


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        (spec(FieldType.TEXT), 5),
        (spec(FieldType.TEXT), "x" * 501),
        (spec(FieldType.EMAIL), "nobody"),
        (spec(FieldType.PHONE), "call me"),
        (spec(FieldType.NUMBER), "NaN"),
        (spec(FieldType.NUMBER), True),
        (spec(FieldType.NUMBER), "1e20000000"),
        (spec(FieldType.NUMBER), "1" * 31),
        (spec(FieldType.INTEGER), "1.5"),
        (spec(FieldType.DATE), "2026-02-30"),
        (spec(FieldType.CHECKBOX), "maybe"),
        (spec(FieldType.CHOICE, options=("a",)), "z"),
        (spec(FieldType.MULTICHOICE, options=("a",)), ["a", "z"]),
        (spec(FieldType.TEXT, is_required=True), ""),
        (spec(FieldType.CHECKBOX, is_required=True), "off"),
    ],
)
def test_a_wrong_answer_is_named_under_its_place(field: FieldSpec, answer) -> None:
    with pytest.raises(Invalid) as refused:
        check_answers([field], {"x": answer}, where="/answers")
    assert refused.value.fields[0].pointer == "/answers/x"
    assert "Answer" in refused.value.fields[0].detail


def test_numbers_for_people_rise_by_one_and_series_do_not_mix(library: Running) -> None:
    with library.service.database.write() as session:
        if not library.service.database.is_sqlite:  # there a series is a sequence, which a migration makes
            for name in ("loan", "fine"):
                session.execute(text(create_series(name)))
        assert [next_number(session, "loan") for _ in range(3)] == [1, 2, 3]
        assert next_number(session, "fine") == 1


def test_a_daily_job_runs_once_a_day_whoever_asks(library: Running) -> None:
    job = Scheduled(name="nightly", seconds=86_400, run=lambda work: 0)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    database = library.service.database
    asked = [claim_run(database, job, now=now + timedelta(hours=hours)) for hours in (0, 1, 23, 24, 25)]
    assert asked == [True, False, False, True, False]


def test_a_wake_up_between_two_waits_is_not_missed() -> None:
    wakeups = Wakeups()
    seen = wakeups.count
    wakeups.wake()
    done = threading.Event()
    threading.Thread(target=lambda: (wakeups.wait(seen, 60), done.set())).start()
    assert done.wait(50)


def test_published_events_lose_their_personal_part_after_a_week_and_go_after_a_month(library: Running) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    database = library.service.database
    with database.write() as session:
        for number, days in enumerate((1, 8, 31)):
            body = envelope("reader.joined.v1", {"id": "r", "personal": {"name": "Emma"}}).decode().replace(": ", ":")
            at = now - timedelta(days=days)
            row = {"event_id": f"e{number}", "type": "reader.joined.v1", "aggregate_id": f"r{number}", "attempts": 0}
            session.add(OutboxRow(**row, aggregate_version=1, envelope=body, occurred_at=at, published_at=at))
        session.add(
            OutboxRow(
                event_id="e9",
                type="x",
                aggregate_id="r9",
                aggregate_version=1,
                envelope="{}",
                occurred_at=now - timedelta(days=99),
                attempts=0,
            )
        )
    with database.write() as session:
        assert forget_published(session, now=now) == 2
    told = library.told()
    assert len(told) == 3  # the unpublished one stays, however old it is
    assert [event["data"]["personal"] for event in told if event] == [{"name": "Emma"}, {}]
