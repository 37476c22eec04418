"""Kafka of three nodes: a leader killed, a majority frozen, while two replicas of the bridge read."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.kafka_cluster import KafkaCluster, why_not

REASON = why_not() or (None if importlib.util.find_spec("confluent_kafka") else "confluent-kafka is not installed")
if REASON is None and not os.environ.get("CITYCONTEXT_KAFKA_NODES"):
    REASON = "three nodes take minutes and a gigabyte; set CITYCONTEXT_KAFKA_NODES=1"
ENTITIES = 20
PROGRAM = (
    "import sys, orjson; from citycontext.bridge import Bridge, BridgeConfig; "
    "Bridge(BridgeConfig.from_dict(orjson.loads(open(sys.argv[1], 'rb').read()))).run()"
)


@pytest.mark.skipif(REASON is not None, reason=f"no three nodes of Kafka here: {REASON}")
@pytest.mark.timeout(240)
def test_nodes_fail_and_nothing_is_lost_or_out_of_order(tmp_path: Path, context_broker: Any, wait: Any) -> None:
    """Publishers get no confirmation while two of three are frozen; afterwards all that was confirmed is delivered."""
    from confluent_kafka import Producer
    from confluent_kafka.admin import AdminClient, NewTopic

    cluster = KafkaCluster(tmp_path / "kafka", 3)
    cluster.start()
    replicas: list[subprocess.Popen[bytes]] = []
    try:
        topic = f"t{uuid.uuid4().hex[:8]}"
        admin = AdminClient({"bootstrap.servers": cluster.servers, "log_level": 0})
        for future in admin.create_topics([NewTopic(topic, 8, 3), NewTopic(f"{topic}-dead", 1, 3)]).values():
            future.result(60)
        given = {
            "source": {
                "kind": "kafka",
                "servers": cluster.servers.split(","),
                "topics": [topic],
                "dead_letters": f"{topic}-dead",
                "session_timeout": "10s",
                "topic": "sensors/{key}",
            },
            "context_broker": {"url": context_broker.url, "timeout": "2s"},
            "route": [
                {
                    "topic": "sensors/{device}",
                    "type": "Device",
                    "id": "urn:ngsi-ld:Device:{device}",
                    "attributes": {"value": {"from": "n", "datatype": "integer"}},
                }
            ],
        }
        (tmp_path / "bridge.json").write_bytes(orjson.dumps(given))
        for number in range(2):
            with (tmp_path / f"replica{number}.log").open("wb") as log:
                replicas.append(
                    subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path / "bridge.json")], stderr=log)
                )
        confirmed: list[int] = []
        producer = Producer(
            {
                "bootstrap.servers": cluster.servers,
                "acks": "all",
                "enable.idempotence": True,
                "message.timeout.ms": 0,
                "log_level": 0,
            }
        )

        def publish(numbers: range, within: float) -> None:
            for number in numbers:
                producer.produce(
                    topic,
                    orjson.dumps({"n": number}),
                    f"d{number % ENTITIES}",
                    on_delivery=lambda error, record, number=number: confirmed.append(number) if not error else None,
                )
            producer.flush(within)

        def delivered() -> int:
            return sum(len(set(seen)) for seen in context_broker.values("value").values())

        publish(range(1000), 60)
        wait(lambda: delivered() == 1000, 60, what="the first")
        leader = admin.list_topics(topic).topics[topic].partitions[0].leader
        first = next(node for node in cluster.nodes if node.number == leader)
        cluster.kill(first)
        publish(range(1000, 2000), 60)
        assert len(confirmed) == 2000
        wait(lambda: delivered() == 2000, 90, what="what came after the leader was killed")
        cluster.start_node(first)
        cluster.wait_for(first)
        time.sleep(8)
        for node in cluster.nodes[:2]:
            cluster.freeze(node)
        publish(range(2000, 2500), 6)
        stuck = len(confirmed)
        assert stuck < 2500
        for node in cluster.nodes[:2]:
            cluster.thaw(node)
        publish(range(2500, 3000), 90)
        assert len(confirmed) == 3000
        wait(lambda: delivered() == 3000, 90, what="the rest")
        seen = {name: list(dict.fromkeys(numbers)) for name, numbers in context_broker.values("value").items()}
        assert seen == {
            f"urn:ngsi-ld:Device:d{entity}": list(range(entity, 3000, ENTITIES)) for entity in range(ENTITIES)
        }
    finally:
        for replica in replicas:
            replica.kill()
            replica.wait()
        for node in cluster.nodes:
            if node.process is not None:
                cluster.thaw(node)
        cluster.stop()
