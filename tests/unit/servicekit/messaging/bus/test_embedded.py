"""The embedded bus, one SQLite file."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from servicekit.messaging.bus import (
    BusDown,
    Done,
    OutgoingMessage,
    connect,
)
from servicekit.messaging.bus.embedded import EmbeddedBus
from servicekit.messaging.bus.embedded_file import BusFile


def test_the_embedded_bus_does_not_import_pika(tmp_path: Path) -> None:
    program = (
        f"import sys; from servicekit.messaging.bus import connect; connect('embedded:///{tmp_path}/bus.db').check(); "
    )
    program += "sys.exit('pika' in sys.modules)"
    search = str(Path(__file__).resolve().parents[3] / "shared")
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": search})


def test_a_bus_file_that_cannot_be_opened_is_a_bus_that_is_down(tmp_path: Path) -> None:
    bus = connect(f"embedded:///{tmp_path}")
    with pytest.raises(BusDown):
        bus.check()
    with pytest.raises(BusDown):
        bus.publish([OutgoingMessage(id="1", type="thing.made.v1", body=b"", key="k")])


def test_a_lease_that_ran_out_cannot_be_settled_by_its_old_owner(tmp_path: Path) -> None:
    file = BusFile(tmp_path / "bus.db", durable=True)
    file.bind("one", ["#"])
    file.put([OutgoingMessage(id="1", type="thing.made.v1", body=b"x", key="k")])
    (late,) = file.claim([1], "first", lease=0.01)
    time.sleep(0.02)
    (taken,) = file.claim([1], "second", lease=60)

    file.record_results("first", [(late, Done())])
    assert file.depth("one") == (1, 0)
    file.record_results("second", [(taken, Done())])
    assert file.depth("one") == (0, 0)
    file.close()


def test_a_key_in_the_hands_of_another_process_is_not_overtaken(tmp_path: Path) -> None:
    file = BusFile(tmp_path / "bus.db", durable=True)
    file.bind("one", ["#"])
    file.put([OutgoingMessage(id=str(n), type="thing.made.v1", body=b"x", key=key) for n, key in enumerate("aab")])
    file.claim([1], "first", lease=60)

    assert [seq for seq, _ in file.ready("one", "second", 10)] == [3]
    assert [seq for seq, _ in file.ready("one", "first", 10)] == [2, 3]
    file.close()


def test_the_address_of_an_embedded_bus_names_file_and_lease(tmp_path: Path) -> None:
    bus = EmbeddedBus.at(f"embedded:///{tmp_path}/with%20space.db?lease=2")
    bus.check()
    bus.close()
    assert (tmp_path / "with space.db").exists()
