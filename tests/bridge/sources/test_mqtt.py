"""The source: versions of MQTT, sessions, retained messages, refusals; with a real Mosquitto."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import orjson
import paho.mqtt.client as paho
import pytest

from citycontext.bridge import Bridge, BridgeConfig
from citycontext.bridge.claim import Claim
from citycontext.bridge.config.connections import MqttConfig
from citycontext.bridge.config.routes import CodecConfig
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.connections import try_connections
from citycontext.bridge.sources.mqtt import MqttSource
from citycontext.bridge.sources.source import Inbox
from citycontext.errors import ConfigurationError


def configured(folder: Path, mqtt: dict[str, Any], context_broker: Any, *topics: str) -> BridgeConfig:
    """Build a configuration that takes numbers from topics."""
    return BridgeConfig.from_dict(
        {
            "mqtt": {"client_id": "bridge"} | mqtt,
            "context_broker": {"url": context_broker.url},
            "journal": {"path": str(folder / "journal.db")},
            "route": [
                {
                    "topic": topic,
                    "type": "Device",
                    "id": "urn:ngsi-ld:Device:{device}",
                    "attributes": {"value": {"from": "n", "datatype": "integer"}},
                }
                for topic in topics or ("sensors/{device}",)
            ],
        }
    )


def payload(number: int) -> bytes:
    """Make a payload."""
    return orjson.dumps({"n": number})


@pytest.mark.mosquitto
@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_both_versions_keep_a_session_over_a_stop(
    version: str, tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any
) -> None:
    """What is published while the bridge is away comes when it is back; nothing is left unacknowledged."""
    config = configured(tmp_path, {"url": mosquitto.url, "version": version}, context_broker)
    for start in (0, 100):
        bridge = Bridge(config)
        bridge.start()
        assert bridge.wait_connected()
        mosquitto.publish([(f"sensors/d{n % 5}", payload(n)) for n in range(start, start + 50)])
        wait(lambda bridge=bridge: bridge.counts.delivered >= 50, what="the messages")
        assert bridge.stop()
        mosquitto.publish([(f"sensors/d{n % 5}", payload(n)) for n in range(start + 50, start + 100)])
    bridge = Bridge(config)
    bridge.start()
    wait(lambda: bridge.counts.delivered >= 50, what="the last messages")
    bridge.stop()
    values = context_broker.values("value").values()
    assert sorted(n for seen in values for n in seen) == list(range(200))


@pytest.mark.mosquitto
def test_topics_that_left_the_configuration_are_unsubscribed(
    tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any
) -> None:
    """A durable session would go on sending them for ever."""
    mqtt = {"url": mosquitto.url}
    first = Bridge(configured(tmp_path, mqtt, context_broker, "old/{device}", "new/{device}"))
    first.start()
    assert first.wait_connected()
    first.stop()
    second = Bridge(configured(tmp_path, mqtt, context_broker, "new/{device}"))
    second.start()
    assert second.wait_connected()
    mosquitto.publish([("old/a", payload(1)), ("new/a", payload(2))])
    wait(lambda: second.counts.delivered == 1, what="the new topic")
    assert second.counts.received == 1
    second.stop()


@pytest.mark.mosquitto
@pytest.mark.parametrize("version", ["3.1.1", "5"])
@pytest.mark.parametrize("retained", ["accept", "ignore"])
def test_retained_messages_are_taken_or_not(
    version: str, retained: str, tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any
) -> None:
    """At start-up, Mosquitto sends what it kept; ``ignore`` leaves it, and still takes what comes after."""
    mosquitto.publish([("sensors/a", payload(1))], retain=True)
    mqtt = {"url": mosquitto.url, "version": version, "retained": retained}
    bridge = Bridge(configured(tmp_path, mqtt, context_broker))
    bridge.start()
    assert bridge.wait_connected()
    mosquitto.publish([("sensors/a", payload(2))])
    wait(lambda: context_broker.values("value").get("urn:ngsi-ld:Device:a", [0])[-1] == 2, what="the later message")
    bridge.stop()
    assert context_broker.values("value")["urn:ngsi-ld:Device:a"] == ([1, 2] if retained == "accept" else [2])


@pytest.mark.mosquitto
def test_two_bridges_of_a_group_share_the_messages(
    tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any
) -> None:
    """``share``: each message is taken by one of them."""
    bridges = []
    for name in ("one", "two"):
        mqtt = {"url": mosquitto.url, "client_id": name, "share": "bridges", "version": "5"}
        (tmp_path / name).mkdir()
        bridge = Bridge(configured(tmp_path / name, mqtt, context_broker))
        bridge.start()
        assert bridge.wait_connected()
        bridges.append(bridge)
    mosquitto.publish([(f"sensors/d{n}", payload(n)) for n in range(100)])
    wait(lambda: sum(bridge.counts.delivered for bridge in bridges) == 100, what="all messages")
    assert all(bridge.counts.delivered > 10 for bridge in bridges)
    for bridge in bridges:
        bridge.stop()


@pytest.mark.mosquitto
def test_a_refused_password_is_said_in_one_line(tmp_path: Path, mosquitto: Any, context_broker: Any) -> None:
    """The person at the terminal sees what the broker said; the password is not in it."""
    passwords = mosquitto.folder / "passwords"
    passwords.touch(0o600)
    subprocess.run(["mosquitto_passwd", "-b", str(passwords), "bridge", "right"], check=True)
    mosquitto.stop()
    mosquitto.settings = f"password_file {passwords}"
    mosquitto.anonymous = False
    mosquitto.start()
    mqtt = {"url": mosquitto.url, "username": "bridge", "password": "wrong"}
    with pytest.raises(ConfigurationError, match=r"refused the connection: .*[Nn]ot authori[sz]ed") as caught:
        Bridge(configured(tmp_path, mqtt, context_broker)).run(require_connection=True)
    assert "wrong" not in str(caught.value)
    right = Bridge(configured(tmp_path, mqtt | {"password": "right"}, context_broker))
    right.start()
    assert right.wait_connected()
    right.stop()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mqtt://127.0.0.1:{port}", "nothing listens there"),
        ("mqtt://no-such-host.invalid", "the host name is not known"),
    ],
)
def test_a_broker_that_is_not_there_is_said_in_one_line(
    url: str, says: str, tmp_path: Path, context_broker: Any
) -> None:
    """``require_connection`` ends with what is wrong and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ConfigurationError, match=says) as caught:
        Bridge(configured(tmp_path, {"url": url.format(port=port)}, context_broker)).run(require_connection=True)
    assert "Start the MQTT broker or correct the address" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_it_the_bridge_waits_for_the_broker(
    tmp_path: Path, context_broker: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A daemon keeps trying, and logs an outage once, not every attempt."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    bridge = Bridge(configured(tmp_path, {"url": f"mqtt://127.0.0.1:{port}"}, context_broker))
    bridge.start()
    time.sleep(1.5)
    assert "nothing listens there" in bridge.troubles[0]
    assert caplog.text.count("nothing listens there") == 1
    bridge.stop()


@pytest.mark.mosquitto
def test_several_mqtt_brokers_are_read_and_one_may_be_away(
    tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any
) -> None:
    """Each route reads where it should; while one broker is away, the other goes on."""
    folder = tmp_path / "other"
    folder.mkdir()
    other = type(mosquitto)(folder)
    other.start()
    config = configured(tmp_path, {"url": mosquitto.url}, context_broker, "here/{device}", "there/{device}")
    there = config.mqtt[0].model_copy(update={"url": other.url, "name": "there"})
    routes = (config.route[0], config.route[1].model_copy(update={"source": "there"}))
    bridge = Bridge(config.model_copy(update={"mqtt": (config.mqtt[0], there), "route": routes}))
    bridge.start()
    try:
        assert bridge.wait_connected()
        other.publish([("there/a", payload(1))])
        mosquitto.publish([("here/b", payload(2)), ("there/c", payload(3))])
        wait(lambda: bridge.counts.delivered == 2, what="one from each")
        other.stop()
        wait(lambda: bridge.troubles, what="the outage")
        mosquitto.publish([("here/d", payload(4))])
        wait(lambda: bridge.counts.delivered == 3, what="the one that is there")
        other.start()
        wait(lambda: not bridge.troubles, what="the other one")
        other.publish([("there/e", payload(5))])
        wait(lambda: bridge.counts.delivered == 4, what="the other one's message")
    finally:
        bridge.stop()
        other.stop()
    ids = {one.removeprefix("urn:ngsi-ld:Device:") for one in context_broker.values("value")}
    assert ids == {"a", "b", "d", "e"}


@pytest.mark.mosquitto
def test_pings_are_on_time_while_disk_and_context_broker_stand_still(
    tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any
) -> None:
    """Neither a journal that is locked nor an answer that does not come costs the connection."""
    context_broker.latency = 8.0
    bridge = Bridge(configured(tmp_path, {"url": mosquitto.url, "keepalive": "2s"}, context_broker))
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish([("sensors/d1", payload(1))])
        wait(lambda: context_broker.headers or bridge.counts.journalled, what="the first one to be on its way")
        with contextlib.closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as lock:
            lock.execute("BEGIN IMMEDIATE")
            mosquitto.publish([("sensors/d2", payload(2))])
            # Mosquitto ends a connection after one and a half times the keepalive.
            time.sleep(6)
            lock.execute("ROLLBACK")
        context_broker.latency = 0.0
        wait(lambda: bridge.counts.delivered == 2, 30, what="both")
        (source,) = bridge.status().sources
        assert source.connections == 1
    finally:
        bridge.stop()


@pytest.mark.mosquitto
def test_an_edge_node_is_asked_for_its_birth(tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any) -> None:
    """A codec that missed an announcement asks for it over the same connection."""
    config = configured(tmp_path, {"url": mosquitto.url}, context_broker, "spBv1.0/+/+/{device}")
    route = config.route[0].model_copy(update={"codec": CodecConfig(name="sparkplug-b")})
    bridge = Bridge(config.model_copy(update={"route": (route,)}))
    commands: list[str] = []
    listener = paho.Client(paho.CallbackAPIVersion.VERSION2)
    listener.on_message = lambda _, __, message: commands.append(message.topic)
    listener.connect("127.0.0.1", mosquitto.port)
    listener.subscribe("spBv1.0/+/NCMD/#")
    listener.loop_start()
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish([("spBv1.0/gent/NDATA/edge", bytes.fromhex("1202 1007"))])
        wait(lambda: commands, what="the command")
        assert commands == ["spBv1.0/gent/NCMD/edge"]
        wait(lambda: bridge.counts.dead == 1, what="the dead letter")
    finally:
        bridge.stop()
        listener.loop_stop()


class Holding:
    """An inbox that keeps what it is offered, and acknowledges nothing by itself."""

    def __init__(self) -> None:
        self.offered: list[Message] = []

    def offer(self, messages: Sequence[Message]) -> None:
        self.offered += messages

    def is_full(self, claim: Claim) -> bool:
        return False


def test_no_acknowledgement_of_an_earlier_connection_goes_out(wait: Any) -> None:
    """Not even before the broker has answered: it would take it as room, and send a message past those that wait."""
    inbox = Holding()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        config = MqttConfig(url=f"mqtt://127.0.0.1:{server.getsockname()[1]}")
        source = MqttSource(config, "bridge", {"t": 1}, cast("Inbox", inbox))
        source.start()
        with server.accept()[0] as first:
            first.settimeout(10)
            first.recv(1000)
            first.sendall(b"\x20\x02\x00\x00" + b"\x32\x06\x00\x01t\x00\x07x")
            wait(lambda: inbox.offered, what="the message")
        with server.accept()[0] as second:
            second.settimeout(10)
            assert second.recv(1000)[0] == 0x10
            source.acknowledge([one.mark for one in inbox.offered if one.mark is not None])
            second.settimeout(0.5)
            with pytest.raises(TimeoutError):
                second.recv(1000)
            second.sendall(b"\x20\x02\x00\x00" + b"\x32\x06\x00\x01t\x00\x08x")
            second.settimeout(10)
            assert second.recv(1000)[0] == 0x82
            wait(lambda: len(inbox.offered) == 2, what="the message after it")
            source.acknowledge([one.mark for one in inbox.offered if one.mark is not None])
            assert second.recv(1000) == b"\x40\x02\x00\x08"
        server.close()
        source.stop()


def test_who_is_thrown_out_at_subscribe_does_not_knock_twice_a_second(tmp_path: Path) -> None:
    """A broker that ends the connection at SUBSCRIBE is called ever more seldom; a packet has at most eight filters."""
    sizes: list[int] = []

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"\x20\x03\x00\x00\x00")
                    sizes.append(connection.recv(4096).split(b"\x82", 2)[1].count(b"many/"))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        routes = [
            {"name": f"r{n}", "topic": f"many/{n}", "type": "T", "id": f"urn:ngsi-ld:T:{n}", "attributes": {"v": "v"}}
            for n in range(20)
        ]
        bridge = Bridge(
            BridgeConfig.from_dict(
                {
                    "mqtt": {"url": f"mqtt://127.0.0.1:{listener.getsockname()[1]}", "version": "5"},
                    "context_broker": {"url": "http://127.0.0.1:1"},
                    "journal": {"path": str(tmp_path / "journal.db")},
                    "route": routes,
                }
            )
        )
        bridge.start()
        time.sleep(4)
        bridge.stop(0)
    assert 1 <= len(sizes) <= 4, "it was eight"
    assert sizes[0] == 8


@pytest.mark.mosquitto
@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_a_namesake_is_named_and_knocked_for_ever_more_seldom(
    tmp_path: Path, mosquitto: Any, context_broker: Any, caplog: pytest.LogCaptureFixture, version: str
) -> None:
    """Two bridges of one client_id throw each other out ever more seldom, and say in words why."""
    bridges = []
    for name in ("one", "two"):
        given = {
            "mqtt": {"url": mosquitto.url, "client_id": "same", "version": version},
            "context_broker": {"url": context_broker.url},
            "journal": {"path": str(tmp_path / f"{name}.db")},
            "route": [{"topic": "s/{x}", "type": "T", "id": "urn:ngsi-ld:T:{x}", "attributes": {"v": "v"}}],
        }
        bridges.append(Bridge(BridgeConfig.from_dict(given)))
    for bridge in bridges:
        bridge.start()
    time.sleep(12)
    connections = sum(one.connections for bridge in bridges for one in bridge.status().sources)
    for bridge in bridges:
        bridge.stop(0)
    assert connections <= 14, "it was about 40"
    assert "same client_id" in caplog.text
    assert "client_id of its own" in caplog.text


@pytest.mark.mosquitto
def test_each_outage_is_told_though_the_answer_to_subscribe_had_not_come(
    tmp_path: Path, mosquitto: Any, context_broker: Any, caplog: pytest.LogCaptureFixture, wait: Any
) -> None:
    """Each of several losses of a connection that stood leaves a line that says so."""
    given = {
        "mqtt": {"url": mosquitto.url, "client_id": "b"},
        "context_broker": {"url": context_broker.url},
        "journal": {"path": str(tmp_path / "journal.db")},
        "route": [{"topic": "s/{x}", "type": "T", "id": "urn:ngsi-ld:T:{x}", "attributes": {"v": "v"}}],
    }
    bridge = Bridge(BridgeConfig.from_dict(given))
    bridge.start()
    try:
        for number in range(3):
            assert bridge.wait_connected(20)
            mosquitto.stop()
            wait(lambda number=number: caplog.text.count("was lost") == number + 1, what="the line")
            mosquitto.start()
    finally:
        bridge.stop(0)


# paho leaves the socket of a handshake that failed to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_a_websocket_asks_for_is_sent_and_not_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, wait: Any
) -> None:
    """The query of a ws address goes to the server, and into no log, trouble, page or finding."""
    asked: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    asked.append(connection.recv(4096))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        given = {
            "mqtt": {"url": f"ws://127.0.0.1:{listener.getsockname()[1]}/mqtt?token=s3cr3t-t0ken"},
            "context_broker": {"url": "http://127.0.0.1:1"},
            "journal": {"path": str(tmp_path / "journal.db")},
            "route": [{"topic": "s/{x}", "type": "T", "id": "urn:ngsi-ld:T:{x}", "attributes": {"v": "v"}}],
        }
        config = BridgeConfig.from_dict(given)
        bridge = Bridge(config)
        bridge.start()
        wait(lambda: asked and bridge.troubles and "not connected yet" not in str(bridge.troubles), what="an attempt")
        seen = str(bridge.status()) + str(bridge.troubles)
        bridge.stop(0)
        seen += str(try_connections(config, keeping=False))
    assert b"/mqtt?token=s3cr3t-t0ken" in asked[0]
    assert "s3cr3t" not in seen + caplog.text
