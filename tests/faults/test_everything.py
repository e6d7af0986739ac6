"""Everything killed at random for as long as is asked for: `crm.py test --only faults -k at_random --seconds 3600`."""

import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from ops.repository import EVERYONE
from ops.waiting import wait_for
from tests.faults.conftest import WORKERS_AND_WEB, Patient
from tests.faults.trial import Trial


@pytest.mark.parametrize("kind", ["embedded", "on_servers"])
def test_everything_killed_at_random_loses_and_doubles_nothing(request: pytest.FixtureRequest, kind: str) -> None:
    patient: Patient = request.getfixturevalue(kind)
    trial = patient.trial("23 everything killed at random")

    def strike() -> None:
        victim = trial.random.choice([*WORKERS_AND_WEB, *servers_of(patient)])
        if victim == "the broker" and patient.broker:
            patient.broker.kill()
            patient.broker.start()
            trial.faults["kill RabbitMQ"] += 1
        elif victim == "a database" and patient.orders_database:
            patient.orders_database.kill()
            patient.orders_database.start()
            trial.faults["kill PostgreSQL"] += 1
        else:
            trial.kill(*trial.random.sample(WORKERS_AND_WEB, trial.random.choice([1, 1, 1, 3, len(WORKERS_AND_WEB)])))

    # So little that whatever is alive at a moment can catch up: what is tried is death, and not overload.
    with trial.under_load(per_second=4):
        trial.until_time_is_up(strike, every=2)
    trial.stack.wait_ready()
    trial.judge()
    assert_files_are_whole(trial)


def servers_of(patient: Patient) -> list[str]:
    """Each as likely as one of our ten programs."""
    return ["the broker", "a database"] if patient.broker else []


def test_files_copied_in_the_middle_of_a_write_are_whole(embedded: Patient, tmp_path: Path) -> None:
    trial = embedded.trial("23 files copied mid-write")
    with trial.under_load(per_second=20):
        for number in range(3):
            time.sleep(trial.seconds / 4)
            trial.stack.kill(*WORKERS_AND_WEB)
            trial.faults["kill everything"] += 1
            for path in files_of(trial):
                copy = tmp_path / f"{number}-{path.name}"
                for beside in ("", "-wal"):
                    if Path(f"{path}{beside}").exists():
                        copy_from_outside(f"{path}{beside}", f"{copy}{beside}")
                assert integrity(copy) == "ok", path
            trial.stack.start(*WORKERS_AND_WEB)
    trial.stack.wait_ready()
    trial.judge()
    assert_files_are_whole(trial)


def test_while_the_file_of_the_embedded_bus_is_away_writes_go_on_and_all_events_arrive_later(embedded: Patient) -> None:
    trial = embedded.trial("23 bus file away")
    bus, workers = embedded.stack.installation.data.bus, [name for name in WORKERS_AND_WEB if "worker" in name]
    with trial.under_load() as load:
        trial.stack.terminate(*workers)
        away = [(path, path.with_name(f"{path.name}.away")) for path in bus.parent.glob("bus.db*")]
        for path, hidden in away:
            path.rename(hidden)
        bus.mkdir()
        trial.stack.start(*workers)
        done = load.acknowledged
        wait_for(lambda: load.acknowledged > done + 10, "writes go on")
    trial.faults["bus file away"] += 1
    trial.stack.terminate(*workers)
    bus.rmdir()
    for path, hidden in away:
        hidden.rename(path)
    trial.stack.start(*workers)
    trial.judge()


def copy_from_outside(path: str, copy: str) -> None:
    """As a backup does. Not in this process: when one of its descriptors is closed, all its locks on that file are gone."""
    subprocess.run(["cp", path, copy], check=True)


def files_of(trial: Trial) -> list[Path]:
    place = trial.stack.installation.data
    return [*(place.database(service) for service in EVERYONE), place.bus]


def assert_files_are_whole(trial: Trial) -> None:
    """SQLite's own opinion of every file."""
    for path in files_of(trial):
        assert not path.exists() or integrity(path) == "ok", path


def integrity(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()
