"""Kafka, a real one: in order, none lost, given back in good order, and dead letters that are safe before the rest."""

from __future__ import annotations

import importlib.util
import io
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.kafka_cluster import KafkaCluster, why_not

from citycontext.bridge import Bridge, BridgeConfig
from citycontext.bridge.config.forward import ForwardConfig
from citycontext.bridge.config.sources import KafkaConfig
from citycontext.bridge.forwarder import Forwarder
from citycontext.bridge.sources.kafka_dead_letters import KafkaDeadLetters
from citycontext.bridge.sources.low_water import LowWater
from citycontext.errors import ConfigurationError, JournalError

REASON = why_not() or (None if importlib.util.find_spec("confluent_kafka") else "confluent-kafka is not installed")
needs_kafka = pytest.mark.skipif(REASON is not None, reason=f"no Kafka here: {REASON}")
ENTITIES = 20


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """Return a Kafka of one node."""
    cluster = KafkaCluster(tmp_path_factory.mktemp("kafka"))
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def topic(cluster: KafkaCluster) -> str:
    """Return a topic of eight partitions, and one for dead letters beside it."""
    from confluent_kafka.admin import AdminClient, NewTopic

    name = f"t{uuid.uuid4().hex[:8]}"
    admin = AdminClient({"bootstrap.servers": cluster.servers, "log_level": 0})
    for future in admin.create_topics([NewTopic(name, 8, 1), NewTopic(f"{name}-dead", 1, 1)]).values():
        future.result(60)
    return name


def publish(cluster: KafkaCluster, topic: str, numbers: range, **more: Any) -> None:
    """Publish one message for each number, to entities in turn, and wait until Kafka has them."""
    from confluent_kafka import Producer

    producer = Producer(
        {"bootstrap.servers": cluster.servers, "acks": "all", "enable.idempotence": True, "log_level": 0}
    )
    failed: list[Any] = []
    for number in numbers:
        producer.produce(
            topic,
            orjson.dumps({"n": number}),
            f"d{number % ENTITIES}",
            on_delivery=lambda error, record: failed.append(error) if error else None,
            **more,
        )
        producer.poll(0)
    assert producer.flush(60) == 0
    assert not failed


def settings(cluster: KafkaCluster, topic: str, context_broker: Any, **more: Any) -> dict[str, Any]:
    """Build a configuration."""
    return {
        "source": {
            "kind": "kafka",
            "servers": cluster.servers.split(","),
            "topics": [topic],
            "group": f"g-{topic}",
            "dead_letters": f"{topic}-dead",
            "session_timeout": "6s",
            "topic": "sensors/{key}",
        }
        | more.pop("source", {}),
        "context_broker": {"url": context_broker.url, "timeout": "2s"},
        "route": [
            {
                "topic": "sensors/{device}",
                "type": "Device",
                "id": "urn:ngsi-ld:Device:{device}",
                "attributes": {"value": {"from": "n", "datatype": "integer"}},
            }
        ],
        "delivery": {"max_backoff": "1s"},
    } | more


def firsts(context_broker: Any) -> dict[str, list[int]]:
    """Return the first arrivals of each entity, in their order."""
    return {name: list(dict.fromkeys(seen)) for name, seen in context_broker.values("value").items()}


def check(context_broker: Any, count: int) -> None:
    """Assert that nothing is lost and that first arrivals are in order."""
    seen = firsts(context_broker)
    wanted = {
        f"urn:ngsi-ld:Device:d{entity}": list(range(entity, count, ENTITIES)) for entity in range(min(ENTITIES, count))
    }
    assert {name: sorted(numbers) for name, numbers in seen.items()} == wanted, "none is lost"
    assert seen == wanted, "first arrivals are in order"


def start(config: BridgeConfig) -> Bridge:
    """Start a bridge and wait for its membership."""
    bridge = Bridge(config)
    bridge.start()
    assert bridge.wait_connected(60)
    return bridge


@pytest.mark.parametrize("order", [[5, 6, 7, 9], [9, 7, 6, 5], [6, 5, 9, 7], [7, 9, 5, 6]])
def test_the_mark_is_up_to_where_all_is_done(order: list[int]) -> None:
    """Whatever the order in which it was done; positions may leave gaps, and may be done twice."""
    water = LowWater()
    for position in (5, 6, 7, 9):
        water.add(position, float(position))
    done: set[int] = set()
    for position in order:
        water.finish(position)
        water.finish(position)
        done.add(position)
        prefix = [one for number, one in enumerate((5, 6, 7, 9)) if set((5, 6, 7, 9)[: number + 1]) <= done]
        assert water.mark == (prefix[-1] if prefix else None)
    assert len(water) == 0
    assert water.waiting_since is None


@needs_kafka
def test_what_waits_is_read_in_order_and_without_a_disk(
    cluster: KafkaCluster, topic: str, context_broker: Any, wait: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From before the start and after; nothing is written anywhere, and an orderly stop repeats nothing."""
    monkeypatch.chdir(tmp_path)
    config = BridgeConfig.from_dict(settings(cluster, topic, context_broker))
    publish(cluster, topic, range(2000))
    bridge = start(config)
    wait(lambda: bridge.counts.delivered >= 2000, 60, what="the messages")
    publish(cluster, topic, range(2000, 3000))
    wait(lambda: bridge.counts.delivered >= 3000, 60, what="the messages")
    assert bridge.stop()
    again = start(config)
    time.sleep(3)
    assert again.counts.received == 0
    again.stop()
    check(context_broker, 3000)
    assert list(tmp_path.iterdir()) == []


@needs_kafka
def test_nothing_is_committed_before_it_is_delivered(
    cluster: KafkaCluster, topic: str, context_broker: Any, wait: Any
) -> None:
    """A context broker that is away: after a restart all of it comes again."""
    config = BridgeConfig.from_dict(settings(cluster, topic, context_broker))
    context_broker.stop()
    publish(cluster, topic, range(500))
    bridge = start(config)
    wait(lambda: bridge.counts.received == 500, 60, what="the messages")
    time.sleep(2)
    assert bridge.status().lag > 1
    assert sum(one.waiting_since is not None for one in bridge.status().sources[0].partitions) > 0
    bridge.stop(0.5)
    context_broker.start()
    bridge = start(config)
    wait(lambda: bridge.is_drained and bridge.counts.delivered >= 500, 60, what="the messages")
    bridge.stop()
    check(context_broker, 500)


@needs_kafka
def test_more_than_memory_holds_waits_in_kafka(
    cluster: KafkaCluster, topic: str, context_broker: Any, wait: Any
) -> None:
    """While nothing is delivered reading stops, longer than the session lasts, and the membership goes on."""
    config = BridgeConfig.from_dict(settings(cluster, topic, context_broker, source={"session_timeout": "4s"}))
    publish(cluster, topic, range(60_000))
    context_broker.stop()
    bridge = start(config)
    wait(lambda: bridge.counts.received > 15_000, 60, what="the messages")
    time.sleep(13)
    held = bridge.counts.received
    assert held < 45_000
    assert dict(bridge.status().sources[0].counts).get("lost", 0) == 0
    context_broker.start()
    wait(lambda: bridge.counts.delivered >= 60_000, 120, what="all of it")
    assert bridge.stop()
    check(context_broker, 60_000)


@needs_kafka
def test_topic_key_and_headers_reach_the_routes(
    cluster: KafkaCluster, topic: str, context_broker: Any, wait: Any
) -> None:
    """The topic of MQTT from its header, where a connector left it; dedup by a header, within a claim."""
    given = settings(cluster, topic, context_broker)
    del given["source"]["topic"]
    given["route"][0] |= {"topic": "city/{device}/up", "dedup": {"header": "id"}}
    publish(cluster, topic, range(3), headers=[("mqtt-topic", b"city/x/up"), ("id", b"same")])
    bridge = start(BridgeConfig.from_dict(given))
    wait(lambda: bridge.counts.received == 3 and bridge.is_drained, 60, what="the messages")
    bridge.stop()
    # Three keys, up to three partitions, each a claim of its own: what is known of one says nothing of another.
    assert 1 <= len(context_broker.values("value")["urn:ngsi-ld:Device:x"]) <= 3


@needs_kafka
def test_dead_letters_are_in_a_topic_and_can_be_tried_again(
    cluster: KafkaCluster, topic: str, context_broker: Any, wait: Any
) -> None:
    """Confirmed before the acknowledgement; listed, shown, exported, retried and dropped; the rest is not held up."""
    given = settings(cluster, topic, context_broker)
    given["route"][0]["attributes"] = {"value": {"from": "m", "required": True}}
    publish(cluster, topic, range(4), headers=[("h", b"v")])
    bridge = start(BridgeConfig.from_dict(given))
    wait(lambda: bridge.counts.dead == 4 and bridge.is_drained, 60, what="the dead letters")
    bridge.stop()
    config = BridgeConfig.from_dict(settings(cluster, topic, context_broker))
    (source,) = config.source
    assert isinstance(source, KafkaConfig)
    with KafkaDeadLetters(source) as letters:
        assert len(letters) == 4
        first = letters.newest(1)[0]
        assert (first.stage, first.attribute, first.message.properties) == ("mapping", "value", (("h", "v"),))
        assert letters.show(first.id).message.payload == first.message.payload
        assert letters.counts()[0].number == 4
        file = io.BytesIO()
        assert letters.export(file) == 4
        assert letters.drop([first.id]) == 1
        assert len(letters) == 3
        with pytest.raises(JournalError, match="no dead letter"):
            letters.show(first.id)
        assert letters.retry() == 3
        assert len(letters) == 0
    bridge = start(config)
    wait(lambda: bridge.counts.delivered == 3, 60, what="those tried again")
    bridge.stop()
    assert sorted(n for seen in context_broker.values("value").values() for n in seen) == sorted(
        set(range(4)) - {orjson.loads(first.message.payload)["n"]}
    )


@needs_kafka
def test_without_a_topic_for_dead_letters_nothing_is_acknowledged(
    cluster: KafkaCluster, topic: str, context_broker: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bridge says so, and the message comes again."""
    monkeypatch.setattr("citycontext.bridge.sources.kafka_dead_letters._CONFIRMED_WITHIN", 2.0)
    given = settings(cluster, topic, context_broker, source={"dead_letters": "not-there"})
    given["route"][0]["attributes"] = {"value": {"from": "m", "required": True}}
    publish(cluster, topic, range(1))
    bridge = start(BridgeConfig.from_dict(given))
    wait(lambda: any("dead letters" in one for one in bridge.troubles), 60, what="the trouble")
    bridge.stop(0.1)
    again = start(BridgeConfig.from_dict(given))
    wait(lambda: again.counts.received == 1, 60, what="the message")
    again.stop(0.1)


def in_a_process(folder: Path, name: str, given: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Run a replica in a process of its own."""
    file = folder / f"{name}.json"
    file.write_bytes(orjson.dumps(given))
    program = (
        "import sys, orjson; from citycontext.bridge import Bridge, BridgeConfig; "
        "Bridge(BridgeConfig.from_dict(orjson.loads(open(sys.argv[1], 'rb').read()))).run()"
    )
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-c", program, str(file)], stderr=log, cwd=folder)


def feed(cluster: KafkaCluster, topic: str, count: int, seconds: float, between: Callable[[float], None]) -> None:
    """Publish evenly over a time; ``between`` is called with the share that is published."""
    step = max(1, count // 50)
    for begin in range(0, count, step):
        started = time.monotonic()
        publish(cluster, topic, range(begin, min(count, begin + step)))
        between(min(1.0, (begin + step) / count))
        time.sleep(max(0.0, seconds * step / count - (time.monotonic() - started)))


@needs_kafka
@pytest.mark.timeout(240)
def test_replicas_are_killed_frozen_and_stopped(
    cluster: KafkaCluster, topic: str, context_broker: Any, wait: Any, tmp_path: Path
) -> None:
    """kill -9, a freeze beyond the session, a third one, an orderly end: none lost, first arrivals in order."""
    given = settings(cluster, topic, context_broker)
    replicas = {name: in_a_process(tmp_path, name, given) for name in ("a", "b")}
    done: set[str] = set()

    def once(what: str) -> bool:
        is_new = what not in done
        done.add(what)
        return is_new

    def disturb(share: float) -> None:
        if share > 0.2 and once("kill"):
            replicas["a"].kill()
            replicas["a"].wait()
        if share > 0.4 and once("third"):
            replicas["c"] = in_a_process(tmp_path, "c", given)
        if share > 0.5 and once("freeze"):
            replicas["b"].send_signal(signal.SIGSTOP)
        if share > 0.85 and once("thaw"):
            replicas["b"].send_signal(signal.SIGCONT)
        if share > 0.95 and once("stop"):
            replicas["c"].terminate()

    count = 6_000
    try:
        feed(cluster, topic, count, 40, disturb)
        wait(lambda: sum(len(set(seen)) for seen in context_broker.values("value").values()) >= count, 60, what="all")
    finally:
        for replica in replicas.values():
            replica.kill()
            replica.wait()
    check(context_broker, count)
    repeated = sum((Counter(seen) - Counter(set(seen))).total() for seen in context_broker.values("value").values())
    assert repeated < count / 4


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ({"options": {"enable.auto.commit": True}}, "order and losslessness"),
        ({"dead_letters": "x", "topics": ["x"]}, "reads its own dead letters"),
        ({"servers": []}, "servers"),
        ({"session_timeout": "15s"}, "no request could start"),
    ],
)
def test_what_would_lose_messages_is_refused(source: dict[str, Any], reason: str, context_broker: Any) -> None:
    """When the configuration is read."""
    given = {
        "source": {"kind": "kafka", "servers": "localhost:9092", "topics": "t"} | source,
        "context_broker": {"url": context_broker.url},
        "route": [{"topic": "d", "type": "T", "id": "urn:ngsi-ld:T:1", "attributes": {"v": "v"}}],
    }
    with pytest.raises(ConfigurationError, match=reason):
        BridgeConfig.from_dict(given)


@needs_kafka
@pytest.mark.mosquitto
def test_forwarded_from_mqtt_it_is_complete_and_in_order(
    cluster: KafkaCluster, topic: str, context_broker: Any, wait: Any, mosquitto: Any, tmp_path: Path
) -> None:
    """By the device as key, over a Kafka that is frozen and a forwarder that is stopped with messages in hand."""
    config = ForwardConfig.model_validate(
        {
            "mqtt": {"url": mosquitto.url, "client_id": "forward"},
            "kafka": {"servers": cluster.servers.split(",")},
            "forward": [{"topic": "city/{device}/+", "key": "{device}", "into": topic}],
            "journal": {"path": str(tmp_path / "forward.db")},
        }
    )

    def publish_numbers(numbers: range) -> None:
        mosquitto.publish([(f"city/d{n % ENTITIES}/{n % 3}", orjson.dumps({"n": n})) for n in numbers])

    forwarder = Forwarder(config)
    forwarder.start()
    assert forwarder.wait_connected(30)
    publish_numbers(range(600))
    wait(lambda: forwarder.forwarded == 600, 60, what="the first")
    (node,) = cluster.nodes
    cluster.freeze(node)
    try:
        publish_numbers(range(600, 1200))
        wait(lambda: forwarder._inbox.journalled == 1200, 30, what="the journal")
        forwarder.stop(0.2)
        publish_numbers(range(1200, 1500))
    finally:
        cluster.thaw(node)
    again = Forwarder(config)
    again.start()
    wait(lambda: again.is_drained and again._inbox.journalled == 300, 60, what="the rest")
    assert again.stop()
    given = settings(cluster, topic, context_broker)
    bridge = start(BridgeConfig.from_dict(given))
    wait(lambda: bridge.counts.delivered >= 1500 and bridge.is_drained, 60, what="the updates")
    bridge.stop()
    check(context_broker, 1500)


@pytest.mark.parametrize(
    ("forward", "reason"),
    [
        ({"key": "{device}/{event}"}, "does not capture"),
        ({"into": "a topic"}, "into"),
        ({"topic": []}, "topic"),
    ],
)
def test_a_forward_that_cannot_be_is_refused(forward: dict[str, Any], reason: str, tmp_path: Path) -> None:
    """When the file is read, with line and cure."""
    row = {"topic": "city/{device}/+", "key": "{device}", "into": "t"} | forward
    lines = "".join(f"{name} = {orjson.dumps(value).decode()}\n" for name, value in row.items())
    file = tmp_path / "forward.toml"
    file.write_text(f'[mqtt]\nurl = "mqtt://m"\n[kafka]\nservers = "k:9092"\n[[forward]]\n{lines}')
    with pytest.raises(ConfigurationError, match=reason):
        ForwardConfig.load(file)
