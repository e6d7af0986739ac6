"""Everything is killed at random while facts flow; then committed facts and effects are compared one by one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

import pytest

from ops.waiting import wait_for
from servicekit.messaging.bus import connect
from tests.integration.bus_harness import ROOT
from tests.integration.fire_child import INBOX, OUTBOX, open_database, publish_waiting
from tests.servers import Rabbit, rabbitmq

SECONDS = float(os.environ.get("CRM_TEST_FIRE_SECONDS", "8"))
BROKER_DIES_EVERY = 12.0
CAST = {"publisher0": "publish", "publisher1": "publish", "consumer0": "consume", "consumer1": "consume"}


@dataclass
class Scene:
    """Two publishers and two consumers; `kills` counts how often each was shot and started again."""

    url: str
    folder: Path
    service: str = field(default_factory=lambda: f"fire{token_hex(3)}")
    actors: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)

    def enter(self, name: str) -> None:
        program = Path(__file__).with_name("fire_child.py")
        command = [sys.executable, program, CAST[name], self.url, self.service, self.folder, name]
        search = os.pathsep.join([str(ROOT / "shared"), str(ROOT)])
        self.actors[name] = subprocess.Popen(
            [str(part) for part in command], env=os.environ | {"PYTHONPATH": search}, stderr=subprocess.DEVNULL
        )

    def shoot(self, name: str) -> None:
        self.actors[name].send_signal(signal.SIGKILL)
        self.actors[name].wait()
        self.kills[name] = self.kills.get(name, 0) + 1

    def shoot_at_random(self, broker: Rabbit | None) -> None:
        until, broker_dies_at = time.monotonic() + SECONDS, time.monotonic() + BROKER_DIES_EVERY / 2
        while time.monotonic() < until:
            time.sleep(random.uniform(0.3, 1.2))
            name = random.choice(list(CAST))
            self.shoot(name)
            self.enter(name)
            if broker and time.monotonic() > broker_dies_at:
                broker.kill()
                broker.start()
                self.kills["broker"] = self.kills.get("broker", 0) + 1
                broker_dies_at = time.monotonic() + BROKER_DIES_EVERY

    def committed(self) -> set[str]:
        """Every fact that reached an outbox; what its publisher did not live to publish is published now."""
        facts: set[str] = set()
        bus = connect(self.url)
        for name in [name for name, part in CAST.items() if part == "publish"]:
            self.shoot(name)
            database = open_database(self.folder / f"{name}.db", OUTBOX)
            while publish_waiting(database, bus, f"{self.service}.made.v1"):
                pass
            facts |= {id for (id,) in database.execute("SELECT id FROM fact")}
            database.close()
        bus.close()
        return facts

    def effects(self) -> set[str]:
        database = open_database(self.folder / "effects.db", INBOX)
        found = {id for (id,) in database.execute("SELECT id FROM effect")}
        database.close()
        return found


@pytest.fixture(params=["embedded", "rabbitmq"])
def scene(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("CRM_RETRY_DELAYS", "0.3,1")
    url = f"embedded:///{tmp_path}/bus.db?lease=2" if request.param == "embedded" else rabbitmq().fresh_vhost()
    scene = Scene(url, tmp_path)
    yield scene
    for name in scene.actors:
        scene.shoot(name)


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_is_invented_while_everything_is_killed(scene: Scene) -> None:
    broker = rabbitmq() if scene.url.startswith("amqp") and rabbitmq().is_ours else None
    bus = connect(scene.url)
    bus.declare(scene.service, [f"{scene.service}.#"])
    for name in CAST:
        scene.enter(name)

    scene.shoot_at_random(broker)
    committed = scene.committed()

    wait_for(lambda: len(scene.effects()) >= len(committed), "every fact has had its effect")
    assert scene.effects() == committed
    assert len(committed) > 50
    wait_for(lambda: bus.depth(scene.service).waiting == 0, "nothing waits any more")
    assert bus.depth(scene.service).dead == 0
    bus.close()
    print(f"{len(committed)} facts, {len(committed)} effects, kills: {scene.kills}")
