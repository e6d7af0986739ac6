"""Three RabbitMQ nodes on one machine that form a cluster; each can be killed and started again."""

from __future__ import annotations

import shutil

from ops.waiting import wait_for
from tests.servers.rabbit import Node, programs_of_rabbitmq

NODES = 3


class Cluster:
    """`nodes[0]` was first; quorum queues have a member on each."""

    def __init__(self) -> None:
        programs = programs_of_rabbitmq()
        first = Node(programs)
        self.nodes = [first, *(Node(programs, beside=first) for _ in range(NODES - 1))]

    def start(self) -> None:
        """All of them, joined."""
        first, *others = self.nodes
        first.start()
        for node in others:
            shutil.copy(first.folder / ".erlang.cookie", node.folder / ".erlang.cookie")
            (node.folder / ".erlang.cookie").chmod(0o400)
            node.start()
            node.control("stop_app")
            node.control("join_cluster", first.name)
            node.control("start_app")

    def leader_of(self, vhost: str, queue: str) -> Node:
        """The node whose death the queue feels."""
        asked = next(node for node in self.nodes if node.is_alive)
        rows = asked.control("list_queues", "-p", vhost, "name", "leader", "--no-table-headers").splitlines()
        names = dict(row.split("\t")[:2] for row in rows if "\t" in row)
        return next(node for node in self.nodes if node.name == names[queue])

    def wait_whole(self) -> None:
        """Until every node runs and says so."""
        for node in self.nodes:
            wait_for(lambda node=node: node.is_well, f"{node.name} is well")

    def close(self) -> None:
        for node in reversed(self.nodes):
            node.close()
