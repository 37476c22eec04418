"""Nothing is lost and order is kept, whatever breaks: with a real Mosquitto and real processes."""

from __future__ import annotations

import random
import resource
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

pytestmark = pytest.mark.mosquitto

DEVICES = 50


def write_config(folder: Path, mqtt: Any, context_broker: Any, extra: str = "") -> Path:
    """Write the configuration of a bridge that counts."""
    path = folder / "bridge.toml"
    path.write_text(f"""
        [mqtt]
        url = "{mqtt.url}"
        client_id = "bridge"
        [context_broker]
        url = "{context_broker.url}"
        [journal]
        path = "journal.db"
        {extra}
        [[route]]
        topic = "sensors/{{device}}"
        type = "Device"
        id = "urn:ngsi-ld:Device:{{device}}"
        [route.attributes]
        value = {{ from = "n", datatype = "integer", required = true }}
        """)
    return path


def numbered(count: int, start: int = 0) -> list[tuple[str, bytes]]:
    """Make messages with running numbers, spread over the devices."""
    return [(f"sensors/d{n % DEVICES}", orjson.dumps({"n": n})) for n in range(start, start + count)]


def assert_complete(context_broker: Any, count: int) -> None:
    """Assert that all numbers came, and that a number came before a smaller one of its device only in a repetition."""
    values = context_broker.values("value")
    assert sorted({n for seen in values.values() for n in seen}) == list(range(count))
    for seen in values.values():
        first_time = list(dict.fromkeys(seen))
        assert first_time == sorted(first_time)


@pytest.fixture
def arrived(context_broker: Any) -> Callable[[int], Callable[[], bool]]:
    """Return a condition: so many different numbers arrived."""

    def at_least(count: int) -> Callable[[], bool]:
        return lambda: len({n for seen in context_broker.values("value").values() for n in seen}) >= count

    return at_least


def test_a_bridge_killed_among_2000_messages_loses_none(
    tmp_path: Path, mosquitto: Any, context_broker: Any, bridge_process: Any, wait: Any, arrived: Any
) -> None:
    """``kill -9`` in the middle of 2,000 QoS 1 messages, then a restart: every one reaches the context broker."""
    write_config(tmp_path, mosquitto, context_broker)
    context_broker.latency = 0.02
    bridge_process.start()
    mosquitto.publish([("sensors/d0", orjson.dumps({"n": 0}))])
    publishing = threading.Thread(target=lambda: mosquitto.publish(numbered(2000)))
    # The subscription must be there before messages count; the first ones show that it is.
    wait(lambda: mosquitto.publish([("sensors/d0", orjson.dumps({"n": 0}))]) or context_broker.entities, 20)
    publishing.start()
    wait(arrived(random.randrange(200, 1200)), 20, "the first messages")
    bridge_process.kill()
    publishing.join()
    bridge_process.start()
    wait(arrived(2000), 30, "all messages")
    assert_complete(context_broker, 2000)


def test_a_bridge_killed_again_and_again_loses_none(
    tmp_path: Path, mosquitto: Any, context_broker: Any, bridge_process: Any, wait: Any, arrived: Any
) -> None:
    """Five times ``kill -9`` at random moments under a steady stream: nothing is lost."""
    write_config(tmp_path, mosquitto, context_broker)
    bridge_process.start()
    wait(lambda: mosquitto.publish([("sensors/d0", orjson.dumps({"n": 0}))]) or context_broker.entities, 20)

    def stream() -> None:
        for start in range(0, 2000, 50):
            mosquitto.publish(numbered(50, start))
            time.sleep(0.05)

    publishing = threading.Thread(target=stream)
    publishing.start()
    for _ in range(5):
        time.sleep(random.uniform(0.3, 1.5))
        bridge_process.kill()
        bridge_process.start()
    publishing.join()
    wait(arrived(2000), 30, "all messages")
    assert_complete(context_broker, 2000)


def test_sigterm_drains_and_ends_well(
    tmp_path: Path, mosquitto: Any, context_broker: Any, bridge_process: Any, wait: Any, arrived: Any
) -> None:
    """SIGTERM delivers what was read, exits with 0, and the next start goes on where this one ended."""
    write_config(tmp_path, mosquitto, context_broker)
    bridge_process.start()
    wait(lambda: mosquitto.publish([("sensors/d0", orjson.dumps({"n": 0}))]) or context_broker.entities, 20)
    mosquitto.publish(numbered(500))
    assert bridge_process.terminate() == 0
    mosquitto.publish(numbered(500, 500))
    bridge_process.start()
    wait(arrived(1000), 20, "all messages")
    assert_complete(context_broker, 1000)


def test_mosquitto_restarted_leaves_one_connection_and_loses_none(
    tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any, arrived: Any
) -> None:
    """Mosquitto restarts twice: the bridge is back with exactly one connection each time, and nothing is lost."""
    from citycontext.bridge import Bridge, BridgeConfig

    bridge = Bridge(BridgeConfig.load(write_config(tmp_path, mosquitto, context_broker)))
    bridge.start()
    try:
        assert bridge.wait_connected()
        for round_number in range(3):
            mosquitto.publish(numbered(200, round_number * 200))
            if round_number < 2:
                mosquitto.stop()
                wait(lambda: bridge.troubles, what="the loss to be noticed")
                mosquitto.start()
                assert bridge.wait_connected(10)
        wait(arrived(600), 20, "all messages")
        assert_complete(context_broker, 600)
        assert bridge.troubles == []
    finally:
        bridge.stop()


@pytest.mark.parametrize("fault", ["refuses connections", "503", "429", "401", "500", "400", "slow"])
def test_a_context_broker_in_trouble_loses_none(
    fault: str, tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any, arrived: Any
) -> None:
    """The context broker is away, overloaded, locked or slow for a while: all is delivered afterwards, in order."""
    from citycontext.bridge import Bridge, BridgeConfig

    path = write_config(tmp_path, mosquitto, context_broker, '[delivery]\nmax_backoff = "500ms"')
    bridge = Bridge(BridgeConfig.load(path))
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish(numbered(300))
        if fault == "refuses connections":
            context_broker.stop()
        elif fault == "slow":
            context_broker.latency = 0.2
        else:
            context_broker.answer = lambda body: (int(fault), {"type": "about:blank", "title": "later"})
        mosquitto.publish(numbered(700, 300))
        if fault != "slow":
            wait(lambda: bridge.troubles, what="the trouble to be noticed")
        time.sleep(0.7)
        assert bridge.counts.dead == 0
        context_broker.answer, context_broker.latency = None, 0.0
        if fault == "refuses connections":
            context_broker.start()
        wait(arrived(1000), 20, "all messages")
        assert_complete(context_broker, 1000)
        wait(lambda: bridge.is_drained, what="the rest to be settled")
        wait(lambda: not bridge.troubles, what="the end of the trouble")
        wait(lambda: bridge.counts.waiting == 0, what="an empty journal")
    finally:
        bridge.stop()


def test_connections_that_break_lose_none(
    tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any, arrived: Any
) -> None:
    """Half of the requests end in a broken connection, before or after the context broker took what was in them."""
    from citycontext.bridge import Bridge, BridgeConfig

    path = write_config(tmp_path, mosquitto, context_broker, '[delivery]\nmax_backoff = "500ms"')
    bridge = Bridge(BridgeConfig.load(path))
    broken = {"before": 0, "after": 0}

    def break_off(body: list[dict[str, Any]]) -> tuple[int, Any]:
        chance = random.random()
        if chance < 0.5:
            moment = "after" if chance < 0.25 else "before"
            broken[moment] += 1
            if moment == "after":
                context_broker.entities += body
            raise ConnectionResetError
        return 204, None

    context_broker.answer = break_off
    bridge.start()
    try:
        assert bridge.wait_connected()
        for start in range(0, 1000, 100):
            mosquitto.publish(numbered(100, start))
        wait(lambda: all(broken.values()), 20, "both kinds of breaks")
        context_broker.answer = None
        wait(arrived(1000), 20, "all messages")
        wait(lambda: bridge.counts.waiting == 0, what="an empty journal")
        assert_complete(context_broker, 1000)
        assert bridge.counts.dead == 0
    finally:
        bridge.stop()


def test_a_full_disk_stops_acknowledging_and_goes_on(
    tmp_path: Path, mosquitto: Any, context_broker: Any, bridge_process: Any, wait: Any, arrived: Any
) -> None:
    """While files cannot grow nothing is acknowledged and nothing delivered; with room again, all is, in order."""
    write_config(tmp_path, mosquitto, context_broker)
    bridge_process.start()
    wait(lambda: mosquitto.publish([("sensors/d0", orjson.dumps({"n": 0}))]) or context_broker.entities, 20)
    mosquitto.publish(numbered(200))
    wait(arrived(200), 20, "the first messages")
    pid = bridge_process.process.pid
    # Less than a page of the journal's log, so that folding it in helps for nothing.
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    mosquitto.publish(numbered(2000, 200))
    time.sleep(1.5)
    assert not arrived(2200)()
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    wait(arrived(2200), 30, "all messages")
    assert_complete(context_broker, 2200)


def test_a_clock_set_back_loses_none(
    tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any, arrived: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour back in the middle of it: the order is that of arrival, whatever the clock says."""
    from citycontext.bridge import Bridge, BridgeConfig

    bridge = Bridge(BridgeConfig.load(write_config(tmp_path, mosquitto, context_broker)))
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish(numbered(300))
        wait(arrived(300), 20, "the first messages")
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() - 3600)
        mosquitto.publish(numbered(300, 300))
        wait(arrived(600), 20, "all messages")
        assert_complete(context_broker, 600)
        times = [entity["value"]["observedAt"] for entity in context_broker.entities]
        assert times[-1] < times[0], "the clock was not set back"
        assert bridge.counts.dead == 0
    finally:
        bridge.stop()


def test_a_burst_is_taken_in_bounded_memory(
    tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any, arrived: Any
) -> None:
    """10,000 messages while the context broker is away: they go to disk, not to memory, and are delivered in order."""
    from citycontext.bridge import Bridge, BridgeConfig

    path = write_config(tmp_path, mosquitto, context_broker, '[delivery]\nmax_waiting = 500\nmax_backoff = "200ms"')
    context_broker.stop()
    bridge = Bridge(BridgeConfig.load(path))
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish(numbered(10_000))
        wait(lambda: bridge.counts.waiting == 10_000, 30, "the journal")
        # What is in memory: the queues up to their limit and one round of work, and the queue behind the journal.
        assert bridge._queues.waiting <= 700
        assert len(bridge._inbox.journal._ready) <= 4_000
        context_broker.start()
        wait(arrived(10_000), 60, "all messages")
        assert_complete(context_broker, 10_000)
        assert len(context_broker.batches) <= 1000
    finally:
        bridge.stop()


def test_a_full_journal_stops_reading_and_goes_on(
    tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any, arrived: Any
) -> None:
    """At the journal's limit nothing more is acknowledged, Mosquitto keeps it; with room again, all is delivered."""
    from citycontext.bridge import Bridge, BridgeConfig

    text = '\nmax_size = "20KB"\n[delivery]\nmax_waiting = 50\nmax_backoff = "200ms"'
    context_broker.stop()
    bridge = Bridge(BridgeConfig.load(write_config(tmp_path, mosquitto, context_broker, text)))
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish(numbered(3000))
        wait(lambda: bridge.counts.waiting > 200, what="the journal to fill")
        time.sleep(0.5)
        assert bridge.counts.waiting < 1000
        context_broker.start()
        wait(arrived(3000), 40, "all messages")
        assert_complete(context_broker, 3000)
    finally:
        bridge.stop()


def test_signals_are_given_back(tmp_path: Path, mosquitto: Any, context_broker: Any) -> None:
    """``run`` ends on request and leaves the signal handlers as it found them."""
    from citycontext.bridge import Bridge, BridgeConfig

    before = signal.getsignal(signal.SIGTERM)
    bridge = Bridge(BridgeConfig.load(write_config(tmp_path, mosquitto, context_broker)))
    threading.Timer(0.5, bridge.ask_to_stop).start()
    bridge.run(require_connection=True)
    assert signal.getsignal(signal.SIGTERM) is before
