"""Numbers for people."""

from sqlalchemy import text

from servicekit.database.numbers import create_series, next_number
from servicekit.testing.harness import RunningService


def test_numbers_for_people_rise_by_one_and_series_do_not_mix(library: RunningService) -> None:
    with library.service.database.write() as session:
        if not library.service.database.is_sqlite:  # there a series is a sequence, which a migration makes
            for name in ("loan", "fine"):
                session.execute(text(create_series(name)))
        assert [next_number(session, "loan") for _ in range(3)] == [1, 2, 3]
        assert next_number(session, "fine") == 1
