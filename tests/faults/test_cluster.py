"""A cluster of three brokers: its leader killed again and again, and its majority lost for a while."""

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from servicekit.messaging.bus import topology
from tests import servers
from tests.faults.conftest import RETRIES, Patient, settled
from tests.faults.post_office import PostOffice
from tests.faults.wire import Wire
from tests.servers.rabbit_cluster import Cluster
from tests.stacks import running_stack

pytestmark = pytest.mark.plan


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    cluster = Cluster()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(scope="module")
def clustered(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """Services reach whichever node answers by one address, as through a load balancer."""
    postgres = servers.postgres()
    names = ("customers", "cases", "orders", "notifications", "gateway")
    overrides = {name: {"CRM_DATABASE_URL": postgres.fresh_database(name)} for name in names}
    with PostOffice() as office, Wire(*(node.port for node in cluster.nodes)) as wire:
        bus = urlsplit(cluster.nodes[0].url("/"))
        user = bus.netloc.rpartition("@")[0]
        overrides["*"] = {
            "CRM_BUS_URL": f"amqp://{user}@127.0.0.1:{wire.port}/%2F?heartbeat=4",
            "CRM_RETRY_DELAYS": RETRIES,
        }
        overrides["notifications"]["CRM_MAIL_URL"] = office.url
        with running_stack(tmp_path_factory.mktemp("cluster"), overrides) as stack:
            yield Patient("cluster", stack, office, settled(stack), {"broker": wire})


def test_the_leader_of_a_queue_killed_again_and_again_loses_and_doubles_nothing(
    clustered: Patient, cluster: Cluster
) -> None:
    trial = clustered.trial("6 leader of the cluster killed")
    with trial.under_load():
        for service in ("customers", "notifications", "cases"):
            leader = cluster.leader_of("/", topology.events_queue(service))
            leader.kill()
            trial.faults["kill the leading node"] += 1
            time.sleep(trial.seconds)
            leader.start()
            cluster.wait_whole()
    trial.judge()


def test_without_a_majority_events_wait_and_all_arrive_when_it_returns(clustered: Patient, cluster: Cluster) -> None:
    trial = clustered.trial("7 two of three nodes killed")
    with trial.under_load() as load:
        lost = cluster.nodes[1:]
        for node in lost:
            node.kill()
            trial.faults["kill a node"] += 1
        done = load.acknowledged
        time.sleep(trial.seconds * 2)
        assert load.acknowledged > done
        for node in lost:
            node.start()
        cluster.wait_whole()
    trial.judge()
