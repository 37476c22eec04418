"""Kafka of three nodes: leaders killed, a majority frozen, rolling restarts, replicas that come and go and die."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.kafka_cluster import KafkaCluster, why_not

REASON = why_not() or (None if importlib.util.find_spec("confluent_kafka") else "confluent-kafka is not installed")
if REASON is None and not os.environ.get("CITYCONTEXT_KAFKA_NODES"):
    REASON = "three nodes take minutes and a gigabyte; set CITYCONTEXT_KAFKA_NODES=1"
ENTITIES = 20
PATIENCE = 180.0
PROGRAM = (
    "import sys, orjson; from citycontext.bridge import Bridge, BridgeConfig; "
    "Bridge(BridgeConfig.from_dict(orjson.loads(open(sys.argv[1], 'rb').read()))).run()"
)
pytestmark = [
    pytest.mark.skipif(REASON is not None, reason=f"no three nodes of Kafka here: {REASON}"),
    pytest.mark.timeout(900),
]


class Stand:
    """Three nodes, a topic, and replicas in processes of their own."""

    def __init__(self, folder: Path, cluster: KafkaCluster, context_broker: Any, wait: Any) -> None:
        from confluent_kafka import Producer
        from confluent_kafka.admin import AdminClient, NewTopic

        self.folder, self.cluster, self.context_broker, self.wait = folder, cluster, context_broker, wait
        self.topic = f"t{uuid.uuid4().hex[:8]}"
        self.admin = AdminClient({"bootstrap.servers": cluster.servers, "log_level": 0})
        topics = [NewTopic(self.topic, 8, 3), NewTopic(f"{self.topic}-dead", 1, 3)]
        for future in self.admin.create_topics(topics).values():
            future.result(60)
        self.replicas: list[subprocess.Popen[bytes]] = []
        self.confirmed = self.published = 0
        options = {"acks": "all", "enable.idempotence": True, "message.timeout.ms": 0, "log_level": 0}
        self._producer = Producer({"bootstrap.servers": cluster.servers} | options)
        route = {"topic": "sensors/{device}", "type": "Device", "id": "urn:ngsi-ld:Device:{device}"}
        source = {"kind": "kafka", "servers": cluster.servers.split(","), "topics": [self.topic]}
        given = {
            "source": source
            | {"dead_letters": f"{self.topic}-dead", "session_timeout": "10s", "topic": "sensors/{key}"},
            "context_broker": {"url": context_broker.url, "timeout": "2s"},
            "route": [route | {"attributes": {"value": {"from": "n", "datatype": "integer"}}}],
        }
        (folder / "bridge.json").write_bytes(orjson.dumps(given))

    def start(self) -> subprocess.Popen[bytes]:
        """Start a replica."""
        with (self.folder / f"replica{len(self.replicas)}.log").open("wb") as log:
            command = [sys.executable, "-c", PROGRAM, str(self.folder / "bridge.json")]
            self.replicas.append(subprocess.Popen(command, stderr=log))
        return self.replicas[-1]

    def publish(self, count: int, within: float = PATIENCE) -> None:
        """Publish the next messages, to entities in turn."""

        def confirm(error: Any, record: Any) -> None:
            self.confirmed += error is None

        for number in range(self.published, self.published + count):
            self._producer.produce(
                self.topic, orjson.dumps({"n": number}), f"d{number % ENTITIES}", on_delivery=confirm
            )
        self.published += count
        self._producer.flush(within)

    def delivered(self) -> int:
        """Return how many messages arrived."""
        return sum(len(set(seen)) for seen in self.context_broker.values("value").values())

    def complete(self, what: str) -> float:
        """Wait until all that was published arrived; gives the seconds, and shows them."""
        begun = time.monotonic()
        self.wait(lambda: self.delivered() == self.published, PATIENCE, what=what)
        took = time.monotonic() - begun
        sys.stdout.write(f"{what}: the rest after {took:.1f} s\n")
        return took

    def check(self) -> None:
        """Assert that nothing is lost and that first arrivals are in order."""
        seen = {name: list(dict.fromkeys(numbers)) for name, numbers in self.context_broker.values("value").items()}
        assert seen == {
            f"urn:ngsi-ld:Device:d{entity}": list(range(entity, self.published, ENTITIES)) for entity in range(ENTITIES)
        }


@pytest.fixture
def stand(tmp_path: Path, context_broker: Any, wait: Any) -> Iterator[Stand]:
    """Return three nodes and what goes with them."""
    cluster = KafkaCluster(tmp_path / "kafka", 3)
    stand = None
    try:
        cluster.start()
        stand = Stand(tmp_path, cluster, context_broker, wait)
        yield stand
    finally:
        for replica in [] if stand is None else stand.replicas:
            with contextlib.suppress(ProcessLookupError):
                replica.kill()
            replica.wait()
        for node in cluster.nodes:
            if node.process is not None:
                cluster.thaw(node)
        cluster.stop()


def test_nodes_fail(stand: Stand) -> None:
    """Publishers get no confirmation while two of three are frozen; afterwards all that was confirmed is delivered."""
    cluster = stand.cluster
    stand.start()
    stand.start()
    stand.publish(1000)
    stand.complete("at the start")
    leader = stand.admin.list_topics(stand.topic).topics[stand.topic].partitions[0].leader
    first = next(node for node in cluster.nodes if node.number == leader)
    cluster.kill(first)
    stand.publish(1000)
    assert stand.confirmed == 2000
    stand.complete("a partition's leader killed")
    cluster.start_node(first)
    cluster.wait_for(first)
    time.sleep(8)
    for node in cluster.nodes[:2]:
        cluster.freeze(node)
    stand.publish(500, 6)
    assert stand.confirmed < 2500
    for node in cluster.nodes[:2]:
        cluster.thaw(node)
    stand.publish(500)
    assert stand.confirmed == 3000
    stand.complete("a majority frozen, and thawed")
    stand.check()


def test_nodes_are_restarted_one_after_the_other(stand: Stand) -> None:
    """A rolling restart while messages come: all are confirmed and delivered."""
    stand.start()
    stand.start()
    stand.publish(500)
    stand.complete("at the start")
    for node in stand.cluster.nodes:
        stand.cluster.kill(node)
        stand.publish(500)
        stand.cluster.start_node(node)
        stand.cluster.wait_for(node)
        time.sleep(8)
        stand.complete(f"node {node.number} restarted")
    assert stand.confirmed == 2000
    stand.check()


def test_replicas_come_go_die_and_freeze(stand: Stand) -> None:
    """One, then four, then two by an orderly end; one killed, one frozen beyond its session and thawed."""
    stand.start()
    stand.publish(500)
    stand.complete("one replica")
    for _ in range(3):
        stand.start()
        stand.publish(300)
    stand.complete("four replicas")
    for replica in stand.replicas[:2]:
        replica.send_signal(signal.SIGTERM)
        stand.publish(300)
        replica.wait(60)
    stand.complete("two replicas")
    killed, frozen = stand.replicas[2:]
    killed.kill()
    stand.publish(300)
    stand.complete("one of two killed")
    stand.start()
    frozen.send_signal(signal.SIGSTOP)
    for _ in itertools.repeat(None, 5):
        stand.publish(60)
        time.sleep(3)
    stand.complete("one of two frozen")
    frozen.send_signal(signal.SIGCONT)
    stand.publish(300)
    stand.complete("and thawed")
    stand.check()
