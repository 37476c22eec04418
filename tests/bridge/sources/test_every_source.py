"""One suite for every source: twenty tests, each against a real origin, or a reason why it does not apply."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from tests.bridge.conftest import BridgeProcess, RecordingBroker
from tests.bridge.sources.origins import ENTITIES, Holding, HttpPoll, HttpPush, Kafka, Mqtt, Origin, Relay
from tests.kafka_cluster import KafkaCluster, why_not

from citycontext.bridge import Bridge, BridgeConfig
from citycontext.bridge.sources.source import Source

KINDS: Final = ("mqtt", "http_push", "http_poll", "kafka")
ONE_CLAIM: Final = "it has one claim, for good"
NO_NODES: Final = "it has no nodes"
DOES_NOT_APPLY: Final[dict[tuple[int, str], str]] = {
    (5, "http_poll"): "a round is one transaction",
    (7, "mqtt"): ONE_CLAIM,
    (7, "http_push"): ONE_CLAIM,
    (7, "http_poll"): ONE_CLAIM,
    (10, "mqtt"): "a share deals out without claims",
    (10, "http_push"): "a sender has one address",
    (10, "http_poll"): "one bridge asks",
    (11, "mqtt"): ONE_CLAIM,
    (11, "http_push"): ONE_CLAIM,
    (11, "http_poll"): ONE_CLAIM,
    (12, "mqtt"): ONE_CLAIM,
    (12, "http_push"): ONE_CLAIM,
    (12, "http_poll"): ONE_CLAIM,
    (14, "http_push"): NO_NODES,
    (15, "http_push"): NO_NODES,
    (20, "mqtt"): "it subscribes to what routes name",
}
NO_KAFKA: Final = why_not() or (None if importlib.util.find_spec("confluent_kafka") else "no confluent-kafka here")
NO_MOSQUITTO: Final = (
    None if shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin") else "no mosquitto here"
)
pytestmark = pytest.mark.timeout(400)


def applies(number: int) -> Callable[[Any], Any]:
    """Run a test for each source that it applies to."""
    kinds = [kind for kind in KINDS if (number, kind) not in DOES_NOT_APPLY]
    return pytest.mark.parametrize("origin", kinds, indirect=True)


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[KafkaCluster, Relay]]:
    """Return a Kafka of one node, and the network before it."""
    if NO_KAFKA is not None:
        pytest.skip(NO_KAFKA)
    cluster = KafkaCluster(tmp_path_factory.mktemp("kafka"))
    relay = Relay(cluster.nodes[0].port)
    cluster.nodes[0].advertised = relay.port
    try:
        cluster.start()
        yield cluster, relay
    finally:
        cluster.stop()
        relay.close()


@pytest.fixture
def origin(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Origin]:
    """Return what a source of one kind reads from."""
    folder = tmp_path / "origin"
    folder.mkdir()
    if request.param == "mqtt" and NO_MOSQUITTO is not None:
        pytest.skip(NO_MOSQUITTO)
    made: Origin
    if request.param == "kafka":
        made = Kafka(folder, *request.getfixturevalue("kafka"))
    else:
        made = {"mqtt": Mqtt, "http_push": HttpPush, "http_poll": HttpPoll}[request.param](folder)
    yield made
    made.close()


class Stand:
    """A bridge on an origin, a context broker that counts, and what a test does with them."""

    def __init__(self, folder: Path, origin: Origin, context_broker: RecordingBroker, wait: Any) -> None:
        self.folder, self.origin, self.context_broker, self.wait = folder, origin, context_broker, wait
        self.published = 0

    def given(self, **route: Any) -> dict[str, Any]:
        """Return a configuration."""
        value = {"value": {"from": "n", "datatype": "integer", "required": True}}
        return {
            **self.origin.settings(),
            "context_broker": {"url": self.context_broker.url, "timeout": "2s"},
            "journal": {"path": str(self.folder / "journal.db")},
            "delivery": {"max_backoff": "500ms"},
            "route": [{"type": "Device", "attributes": value, **self.origin.route(), **route}],
        }

    @contextlib.contextmanager
    def running(self, **route: Any) -> Iterator[Bridge]:
        """Run a bridge, and stop it in good order."""
        bridge = Bridge(BridgeConfig.from_dict(self.given(**route)))
        bridge.start()
        try:
            yield bridge
        finally:
            bridge.stop()

    @contextlib.contextmanager
    def replica(self, **route: Any) -> Iterator[BridgeProcess]:
        """Run a bridge in a process of its own, to be killed and frozen."""
        file = self.folder / "bridge.toml"
        if not file.exists():
            file.write_text(_toml(self.given(**route)))
        process = BridgeProcess(file)
        process.start()
        try:
            yield process
        finally:
            if process.process is not None:
                process.process.send_signal(signal.SIGCONT)
            process.kill()

    @contextlib.contextmanager
    def source(self, inbox: Holding) -> Iterator[Source]:
        """Run a source alone, into an inbox of the test's."""
        source = self.origin.source(BridgeConfig.from_dict(self.given()), inbox)
        source.start()
        try:
            yield source
        finally:
            source.stop()

    def publish(self, count: int) -> None:
        """Publish the next messages."""
        self.origin.publish(range(self.published, self.published + count))
        self.published += count

    def acknowledged(self) -> None:
        """Wait until publishers have an answer to all."""
        self.wait(self.origin.is_taken, 90, "the publisher's acknowledgements")

    def arrived(self) -> int:
        """Return how many messages arrived at the context broker."""
        return sum(len(set(seen)) for seen in self.context_broker.values("value").values())

    def complete(self) -> None:
        """Wait for all, and assert that none is lost and that first arrivals are in order."""
        self.wait(lambda: self.origin.is_taken() and self.arrived() >= self.published, 120, "all messages")
        firsts = {name: list(dict.fromkeys(seen)) for name, seen in self.context_broker.values("value").items()}
        assert firsts == {
            f"urn:ngsi-ld:Device:d{one}": list(range(one, self.published, ENTITIES))
            for one in range(min(ENTITIES, self.published))
        }

    @property
    def repeated(self) -> int:
        """How many messages arrived more than once."""
        return sum(
            (Counter(seen) - Counter(set(seen))).total() for seen in self.context_broker.values("value").values()
        )


def _toml(given: dict[str, Any]) -> str:
    """Write a configuration: JSON strings, numbers and lists are TOML too."""

    def value(one: Any) -> str:
        if isinstance(one, dict):
            return "{" + ", ".join(f"{name} = {value(inner)}" for name, inner in one.items()) + "}"
        return orjson.dumps(one).decode()

    lines = [f"{name} = {value(one)}" for name, one in given.items() if name != "route"]
    return "\n".join([*lines, *(f"[[route]]\n{_toml(route)}" for route in given.get("route", []))])


@pytest.fixture
def stand(tmp_path: Path, origin: Origin, context_broker: RecordingBroker, wait: Any) -> Stand:
    """Return the stand."""
    stand = Stand(tmp_path, origin, context_broker, wait)
    if origin.kind == "mqtt":
        # Its broker keeps messages for sessions that it knows: there must have been one.
        with stand.running() as bridge:
            assert bridge.wait_connected(60)
    return stand


@applies(1)
def test_01_opens_closes_opens_again(stand: Stand) -> None:
    """It ends though the origin is away, and reads on when both are back."""
    with stand.running():
        stand.publish(20)
        stand.complete()
    stand.origin.stop()
    with stand.running() as bridge:
        stand.wait(lambda: bridge.is_alive, what="the bridge")
    stand.origin.start()
    with stand.running():
        stand.publish(20)
        stand.complete()


@applies(2)
def test_02_what_waited_is_read(stand: Stand) -> None:
    """What was handed over while no bridge ran arrives once one does."""
    with stand.running() as bridge:
        assert bridge.wait_connected(60)
        stand.publish(10)
        stand.complete()
    stand.publish(50)
    with stand.running():
        stand.complete()


@applies(3)
def test_03_topic_and_payload_arrive_whole(stand: Stand) -> None:
    """Also with other letters and spaces, and large; what is empty or too large is told."""
    with stand.running() as bridge:
        assert bridge.wait_connected(60)
        text = "é" * 8_000
        stand.origin.send("zuid é 1", orjson.dumps({"n": 1, "device": "zuid é 1", "text": text}))
        stand.wait(lambda: bridge.counts.delivered == 1, 60, "the message")
        (entity,) = stand.context_broker.entities
        assert "zuid" in entity["id"]
        stand.origin.refuse(bridge)


@applies(4)
def test_04_nothing_is_acknowledged_by_itself(stand: Stand) -> None:
    """What was not acknowledged comes again; what was does not."""
    first = Holding()
    with stand.source(first) as source:
        assert source.wait_connected(60) or stand.origin.kind == "http_poll"
        stand.publish(20)
        stand.wait(lambda: first.offered, 60, "messages")
    again = Holding()
    with stand.source(again) as source:
        answered: set[int] = set()

        def acknowledge() -> bool:
            fresh = [mark for mark in again.marks() if id(mark) not in answered]
            answered.update(id(mark) for mark in fresh)
            source.acknowledge(fresh)
            stand.origin.note(fresh)
            return set(again.numbers) == set(range(20)) and stand.origin.is_taken()

        stand.wait(acknowledge, 90, "all again, and their acknowledgement")
        time.sleep(1.5)
    after = Holding()
    with stand.source(after) as source:
        assert source.wait_connected(60)
        time.sleep(2.0)
    assert after.offered == []
    assert set(first.numbers) <= set(again.numbers)


@applies(5)
def test_05_reading_goes_on_at_the_lowest_open_one(stand: Stand) -> None:
    """Acknowledged from the last to the first but for one, that one comes again after a restart."""
    kept_open = 3
    first = Holding()
    with stand.source(first) as source:
        assert source.wait_connected(60)
        stand.publish(20)
        answered: set[int] = set()

        def acknowledge() -> bool:
            fresh = [mark for mark in first.marks(without=kept_open) if id(mark) not in answered]
            answered.update(id(mark) for mark in fresh)
            source.acknowledge(list(reversed(fresh)))
            return kept_open in first.numbers and (len(first.offered) >= 20 or stand.origin.kind == "http_push")

        stand.wait(acknowledge, 90, "the messages")
        time.sleep(1.5)
        acknowledge()
    again = Holding()
    with stand.source(again):
        stand.wait(lambda: kept_open in again.numbers, 60, "the open one")
    assert min(again.numbers) == kept_open


@applies(6)
def test_06_full_it_stops_and_stays_connected(stand: Stand) -> None:
    """For longer than a session lasts; then it goes on, and nothing is missing."""
    inbox = Holding()
    with stand.source(inbox) as source:
        assert source.wait_connected(60)
        inbox.full = lambda claim: True
        stand.publish(5)
        time.sleep(stand.origin.session + 1.5)
        assert source.is_alive
        stand.wait(lambda: source.state().is_connected, 60, "the connection")
        inbox.full = lambda claim: False
        answered: set[int] = set()

        def all_there() -> bool:
            fresh = [mark for mark in inbox.marks() if id(mark) not in answered]
            answered.update(id(mark) for mark in fresh)
            source.acknowledge(fresh)
            return set(inbox.numbers) == set(range(5))

        stand.wait(all_there, 60, "the messages")


@applies(7)
def test_07_one_claim_does_not_hold_the_others(stand: Stand) -> None:
    """While one partition is full the others go on, and it follows when it has room."""
    inbox = Holding()
    with stand.source(inbox) as source:
        stand.publish(20)
        stand.wait(lambda: set(inbox.numbers) == set(range(20)), 60, "the first messages")
        held = inbox.offered[0].mark
        assert held is not None
        inbox.full = lambda claim: claim is held.claim
        time.sleep(1.0)
        stand.publish(200)
        theirs = {
            orjson.loads(one.payload)["device"]
            for one in inbox.offered
            if one.mark is not None and one.mark.claim is held.claim
        }
        others = {n for n in range(220) if f"d{n % ENTITIES}" not in theirs}
        stand.wait(lambda: others <= set(inbox.numbers), 60, "those of the other partitions")
        inbox.full = lambda claim: False
        stand.wait(lambda: set(inbox.numbers) == set(range(220)), 60, "the rest")
        assert source.is_alive


@applies(8)
def test_08_killed_it_loses_nothing(stand: Stand) -> None:
    """kill -9 again and again while messages come: none lost, first arrivals in order."""
    for _ in range(2):
        with stand.replica() as process:
            before = stand.arrived()
            stand.publish(60)
            stand.wait(lambda before=before: stand.arrived() > before + 20, 120, "messages")
            process.kill()
    with stand.replica():
        stand.complete()


@applies(9)
def test_09_an_orderly_stop_repeats_nothing(stand: Stand) -> None:
    """Stopped while messages come, and started again: none lost, none twice, in order."""
    with stand.running() as bridge:
        assert bridge.wait_connected(60)
        publishing = threading.Thread(target=stand.publish, args=(300,))
        publishing.start()
        stand.wait(lambda: stand.arrived() > 30, 60, "messages")
    publishing.join()
    with stand.running():
        stand.complete()
    # A sender that had no answer to its last request sends it again; dedup is for that.
    assert stand.repeated <= (1 if stand.origin.kind == "http_push" else 0)


@applies(10)
def test_10_readers_come_and_go(stand: Stand) -> None:
    """Each partition has one reader at a time, and each reader a fair share."""
    names = [Holding() for _ in range(3)]
    stand.publish(60)
    with contextlib.ExitStack() as stack:
        sources = [stack.enter_context(stand.source(inbox)) for inbox in names]

        def shares() -> list[set[str]]:
            return [{one.partition for one in source.state().partitions} for source in sources]

        stand.wait(lambda: [len(one) for one in shares()] == [2, 2, 2], 90, "two partitions for each")
        assert len(set.union(*shares())) == 6
        sources[0].stop()
        stand.wait(lambda: sorted(len(one) for one in shares()) == [0, 3, 3], 90, "three for each that is left")


@applies(11)
def test_11_what_is_done_at_a_hand_over_is_not_repeated(stand: Stand) -> None:
    """What ends within the grace is committed for the next holder; what does not comes to it again."""
    inbox, successor = Holding(), Holding()
    done: set[int] = set()
    with stand.source(inbox) as source:
        stand.publish(20)
        stand.wait(lambda: len(inbox.offered) == 20, 60, "the messages")

        def finish(claims: list[Any]) -> None:
            for one in inbox.offered:
                number = orjson.loads(one.payload)["n"]
                if one.mark is not None and one.mark.claim in claims and number % ENTITIES < 5:
                    done.add(number)
            source.acknowledge(
                [one.mark for one in inbox.offered if one.mark and orjson.loads(one.payload)["n"] in done]
            )

        inbox.on_revoking = finish
    with stand.source(successor):
        stand.wait(lambda: set(range(20)) - done <= set(successor.numbers), 60, "those that were not done")
    assert len(inbox.claims_revoked) == 6
    # A position is all up to it: of a partition with both kinds, done ones behind an open one come again.
    firsts = {one.mark.claim: orjson.loads(one.payload)["n"] for one in reversed(inbox.offered) if one.mark}
    assert not set(successor.numbers) & {number for number in firsts.values() if number in done}


@applies(12)
def test_12_after_a_loss_nothing_is_acknowledged(stand: Stand) -> None:
    """Cut off beyond the session, a reader learns that its claims are gone; what it acknowledges then is repeated."""
    inbox, successor = Holding(), Holding()
    with stand.source(inbox) as source:
        stand.publish(20)
        stand.wait(lambda: len(inbox.offered) == 20, 60, "the messages")
        stand.origin.relay.cut()
        stand.wait(lambda: not any(one.claim.allows(0.0) for one in inbox.marks()), 60, "the end of the claims")
        stand.origin.relay.mend()
        stand.wait(lambda: inbox.claims_lost or inbox.claims_revoked, 90, "the news of it")
        source.acknowledge([mark for mark in inbox.marks() if mark.claim in inbox.claims_lost])
    if inbox.claims_lost:
        with stand.source(successor):
            stand.wait(lambda: set(successor.numbers) == set(range(20)), 60, "all again")


@applies(13)
def test_13_frozen_and_thawed(stand: Stand) -> None:
    """A reader that stood still beyond its session overwrites nothing that came meanwhile."""
    with stand.replica() as process:
        stand.publish(40)
        stand.wait(lambda: stand.arrived() >= 10, 90, "messages")
        assert process.process is not None
        process.process.send_signal(signal.SIGSTOP)
        stand.publish(40)
        with contextlib.ExitStack() as stack:
            if stand.origin.kind == "kafka":
                stack.enter_context(stand.replica())
            time.sleep(stand.origin.session + 1.5)
            process.process.send_signal(signal.SIGCONT)
            stand.publish(40)
            stand.complete()


@applies(14)
def test_14_the_engine_is_restarted(stand: Stand) -> None:
    """Gone and back with what it kept: none lost, first arrivals in order."""
    with stand.running() as bridge:
        assert bridge.wait_connected(60)
        stand.publish(50)
        stand.acknowledged()
        stand.origin.kill()
        stand.origin.start()
        stand.publish(50)
        stand.complete()


@applies(15)
def test_15_the_engine_stands_still(stand: Stand) -> None:
    """While it does publishers have no acknowledgement; afterwards nothing is lost."""
    with stand.running() as bridge:
        assert bridge.wait_connected(60)
        stand.publish(50)
        stand.complete()
        stand.origin.freeze()
        stand.publish(50)
        time.sleep(2.0)
        assert not stand.origin.is_taken() or stand.origin.kind == "http_poll"
        assert stand.arrived() == 50
        stand.origin.thaw()
        stand.complete()


@applies(16)
@pytest.mark.parametrize("directions", [("in", "out"), ("in",)], ids=["both", "one"])
def test_16_the_network_is_cut(stand: Stand, directions: tuple[str, ...]) -> None:
    """In both directions, and in one: none lost, first arrivals in order."""
    with stand.running() as bridge:
        assert bridge.wait_connected(60)
        stand.publish(50)
        stand.wait(lambda: stand.arrived() >= 5, 60, "messages")
        stand.origin.relay.cut(*directions)
        stand.publish(50)
        time.sleep(2.0)
        stand.origin.relay.mend()
        stand.complete()


@applies(17)
def test_17_the_context_broker_is_away(stand: Stand) -> None:
    """For longer than a session lasts: afterwards all arrives, in order."""
    with stand.running() as bridge:
        assert bridge.wait_connected(60)
        stand.publish(20)
        stand.complete()
        stand.context_broker.stop()
        stand.publish(50)
        time.sleep(stand.origin.session + 1.5)
        stand.context_broker.start()
        stand.publish(20)
        stand.complete()


@applies(18)
def test_18_poison_does_not_hold_the_rest(stand: Stand) -> None:
    """What cannot be mapped is put aside, also over kills; the rest arrives; after an orderly stop it comes no more."""
    for _ in range(2):
        with stand.replica() as process:
            stand.origin.send("d0", orjson.dumps({"n": "poison", "device": "d0"}))
            stand.publish(20)
            stand.wait(lambda: stand.arrived() >= stand.published, 120, "the rest")
            process.kill()
    with stand.running() as bridge:
        stand.publish(20)
        stand.complete()
        stand.wait(lambda: bridge.is_drained, 60, "the end")
    with stand.running() as bridge:
        stand.publish(20)
        stand.complete()
        assert bridge.counts.dead == 0


@applies(19)
def test_19_dedup_loses_nothing(stand: Stand) -> None:
    """A message that was mapped, not delivered, and comes again after a kill is not taken for a repetition."""
    dedup = {"dedup": ["n"]}
    stand.context_broker.stop()
    with stand.replica(**dedup) as process:
        stand.publish(30)
        time.sleep(4.0)
        process.kill()
    stand.context_broker.start()
    with stand.replica(**dedup):
        stand.complete()


@applies(20)
def test_20_what_no_route_takes_is_noticed(stand: Stand) -> None:
    """It is counted, acknowledged, and does not hold the rest."""
    with stand.running(topic="elsewhere/{device}", id="urn:ngsi-ld:Device:{device}") as bridge:
        assert bridge.wait_connected(60)
        stand.publish(5)
        stand.wait(lambda: bridge.counts.unrouted == 5, 60, "the count")
        stand.wait(lambda: bridge.is_drained and stand.origin.is_taken(), 60, "the acknowledgements")


def test_the_table_in_the_documentation_is_this_suite() -> None:
    """Each of the twenty tests has a row, and each cell says what runs here, or why it does not."""
    page = (Path(__file__).parents[3] / "docs" / "sources.md").read_text()
    rows = re.findall(r"^\| (\d+) [^|]*\| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", page, re.MULTILINE)
    said = {
        (int(number), kind): cell.strip() for number, *cells in rows for kind, cell in zip(KINDS, cells, strict=True)
    }
    assert said == {
        (number, kind): DOES_NOT_APPLY.get((number, kind), "yes") for number in range(1, 21) for kind in KINDS
    }
    tests = {int(name[5:7]) for name in globals() if re.match(r"test_\d\d_", name)}
    assert tests == set(range(1, 21))
