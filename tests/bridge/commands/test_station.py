"""Commands: from the context broker to the device and back, and what must never be carried out twice."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import paho.mqtt.client as paho
import pytest

from citycontext import Client
from citycontext.bridge import Bridge, BridgeConfig
from citycontext.bridge.commands.payload import compile_payload
from citycontext.bridge.commands.station import CommandStation
from citycontext.bridge.config.commands import CommandConfig
from citycontext.bridge.config.connections import MqttConfig
from citycontext.bridge.operations.status_page import render
from citycontext.broker import LocalBroker, Server
from citycontext.errors import ConfigurationError
from citycontext.ngsild.time import format_datetime

BLIND = "urn:ngsi-ld:WindowBlind:hall"


class Device:
    """Something that listens on MQTT, and answers."""

    def __init__(self, port: int, topic: str) -> None:
        self.messages: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self._client.on_message = lambda _, __, message: self.messages.put((message.topic, bytes(message.payload)))
        ready: queue.Queue[None] = queue.Queue()
        self._client.on_subscribe = lambda *_: ready.put(None)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._client.subscribe(topic, 1)
        ready.get(timeout=10)

    def answer(self, topic: str, payload: bytes) -> None:
        """Publish an answer."""
        self._client.publish(topic, payload, 1).wait_for_publish(10)

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def local_broker() -> Iterator[str]:
    """Return the address of a local context broker."""
    with Server(LocalBroker(), port=0) as server:
        yield server.url


class RecordingClient:
    """Notes what is published and acknowledged."""

    def __init__(self) -> None:
        self.published: list[tuple[str, bytes]] = []
        self.acknowledged: list[tuple[int, int]] = []

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> Any:
        """Note a message; gives its number."""
        self.published.append((topic, payload))
        return paho.MQTTMessageInfo(len(self.published))

    def ack(self, mid: int, qos: int) -> None:
        """Note an acknowledgement."""
        self.acknowledged.append((mid, qos))


class NoContext:
    """A context broker that nobody asks."""

    def subscribe(self, *_: Any) -> None: ...

    def unsubscribe(self, *_: Any) -> None: ...

    def silence(self, *_: Any) -> None: ...

    def upsert(self, *_: Any) -> None: ...


def configured(folder: Path, mqtt: Any, context_broker_url: str, **command: Any) -> BridgeConfig:
    """Build a configuration of one command."""
    return BridgeConfig.from_dict(
        {
            "mqtt": {"url": mqtt.url, "client_id": "bridge"},
            "context_broker": {"url": context_broker_url},
            "journal": {"path": str(folder / "journal.db")},
            "route": [
                {"topic": "s/{x}", "type": "Device", "id": "urn:ngsi-ld:Device:{x}", "attributes": {"level": "v"}}
            ],
            "command": [
                {
                    "type": "WindowBlind",
                    "id": "urn:ngsi-ld:WindowBlind:{device}",
                    "attribute": "openLevel",
                    "topic": "blinds/{device}/set",
                    "payload": {"position": "{value}", "by": "{attribute}"},
                }
                | command
            ],
        }
    )


def order(client: Client, level: int) -> None:
    """Return a command."""
    entity = {"id": BLIND, "type": "WindowBlind", "openLevel": {"type": "Property", "value": level}}
    assert client.batch.upsert([entity], mode="update").ok


def value(client: Client, name: str) -> Any:
    """Read the value of an attribute, if it is there."""
    return client.entities.retrieve(BLIND, as_=dict).get(name, {}).get("value")


@pytest.mark.mosquitto
def test_a_command_goes_to_the_device_and_its_result_comes_back(
    tmp_path: Path, mosquitto: Any, local_broker: str, wait: Any
) -> None:
    """Sent, then done or failed with what the device says; what another device says is not an answer."""
    result = {"topic": "blinds/{device}/result", "failed_when": "error", "value": "error || position"}
    device = Device(mosquitto.port, "blinds/+/set")
    bridge = Bridge(configured(tmp_path, mosquitto, local_broker, result=result))
    bridge.start()
    try:
        assert bridge.wait_connected(20)
        assert bridge.troubles == []
        with Client(local_broker) as client:
            order(client, 40)
            topic, payload = device.messages.get(timeout=10)
            assert (topic, orjson.loads(payload)) == ("blinds/hall/set", {"position": 40, "by": "openLevel"})
            wait(lambda: value(client, "openLevelStatus") == "sent", what="sent")
            device.answer("blinds/other/result", b'{"position": 1}')
            device.answer("blinds/hall/result", b'{"position": 40}')
            wait(lambda: value(client, "openLevelStatus") == "done", what="done")
            assert value(client, "openLevelResult") == 40
            order(client, 900)
            device.messages.get(timeout=10)
            device.answer("blinds/hall/result", b'{"error": "stuck"}')
            wait(lambda: value(client, "openLevelStatus") == "failed", what="failed")
            assert value(client, "openLevelResult") == "stuck"
            counts = bridge.status().commands
            assert (counts.sent, counts.done, counts.failed, counts.timeout) == (2, 1, 1, 0)
    finally:
        bridge.stop()
        device.stop()


@pytest.mark.mosquitto
def test_a_name_with_blanks_and_slashes_is_the_device_s_own_on_its_topics(
    tmp_path: Path, mosquitto: Any, local_broker: str, wait: Any
) -> None:
    """The id's percent signs are decoded for the command's topic, and the answer is heard below as many levels."""
    result = {"topic": "blinds/{device}", "value": "position"}
    device = Device(mosquitto.port, "blinds/#")
    bridge = Bridge(configured(tmp_path, mosquitto, local_broker, result=result))
    bridge.start()
    entity_id = "urn:ngsi-ld:WindowBlind:library/back%20door"
    try:
        assert bridge.wait_connected(20)
        with Client(local_broker) as client:
            entity = {"id": entity_id, "type": "WindowBlind", "openLevel": {"type": "Property", "value": 40}}
            assert client.batch.upsert([entity], mode="update").ok
            topic, _ = device.messages.get(timeout=10)
            assert topic == "blinds/library/back door/set"
            device.answer("blinds/library/back door", b'{"position": 40}')
            wait(
                lambda: client.entities.retrieve(entity_id, as_=dict).get("openLevelStatus", {}).get("value") == "done",
                what="done",
            )
    finally:
        bridge.stop()
        device.stop()


@pytest.mark.mosquitto
@pytest.mark.parametrize("fate", ["gone", "paused", "expired"])
def test_a_lost_subscription_is_made_again(
    tmp_path: Path,
    mosquitto: Any,
    local_broker: str,
    wait: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fate: str,
) -> None:
    """A subscription that the broker forgot, paused or let expire comes back by itself, is counted and told."""
    monkeypatch.setattr("citycontext.bridge.commands.context.LOOK_EVERY", 0.5)
    device = Device(mosquitto.port, "blinds/+/set")
    bridge = Bridge(configured(tmp_path, mosquitto, local_broker))
    bridge.start()
    try:
        assert bridge.wait_connected()
        with Client(local_broker) as client:
            order(client, 10)
            assert device.messages.get(timeout=10)
            (subscription,) = client.subscriptions.query()
            if fate == "gone":
                client.subscriptions.delete(subscription.id)
            elif fate == "paused":
                client.subscriptions.update(subscription.id, {"isActive": False})
            else:
                soon = format_datetime(datetime.now(UTC) + timedelta(seconds=0.3))
                client.subscriptions.update(subscription.id, {"expiresAt": soon})
            wait(lambda: bridge.status().restored_subscriptions == 1, 15, "the subscription to be made again")
            order(client, 20)
            _, payload = device.messages.get(timeout=10)
            assert orjson.loads(payload)["position"] == 20
        assert "was made again" in caplog.text
        assert not bridge.troubles
        assert "made again" in render(bridge.status())
    finally:
        bridge.stop()
        device.stop()


@pytest.mark.mosquitto
def test_a_device_that_says_nothing_is_a_timeout(tmp_path: Path, mosquitto: Any, local_broker: str, wait: Any) -> None:
    """Written as the status after the time that was given."""
    bridge = Bridge(
        configured(tmp_path, mosquitto, local_broker, result={"topic": "blinds/{device}/result"}, timeout="0.5s")
    )
    bridge.start()
    try:
        assert bridge.wait_connected(20)
        with Client(local_broker) as client:
            order(client, 40)
            wait(lambda: bridge.status().commands.timeout == 1, what="the time to be over")
            wait(lambda: value(client, "openLevelStatus") == "timeout", what="the status")
    finally:
        bridge.stop()


@pytest.mark.mosquitto
@pytest.mark.parametrize(("replay", "expected"), [(False, [3]), (True, [2, 3])])
def test_commands_given_while_the_bridge_was_away(
    tmp_path: Path, mosquitto: Any, local_broker: str, replay: bool, expected: list[int]
) -> None:
    """Not carried out after a restart, unless that is asked for; and none is carried out a second time."""
    device = Device(mosquitto.port, "blinds/+/set")
    config = configured(tmp_path, mosquitto, local_broker, replay=replay)
    try:
        with Client(local_broker) as client:
            first = Bridge(config)
            first.start()
            assert first.wait_connected(20)
            order(client, 1)
            assert orjson.loads(device.messages.get(timeout=10)[1])["position"] == 1
            first.stop()
            order(client, 2)
            second = Bridge(config)
            second.start()
            try:
                assert second.wait_connected(20)
                seen = []
                if replay:
                    seen.append(orjson.loads(device.messages.get(timeout=10)[1])["position"])
                order(client, 3)
                seen.append(orjson.loads(device.messages.get(timeout=10)[1])["position"])
                assert seen == expected
                assert device.messages.empty()
            finally:
                second.stop()
            ids = [one.id for one in client.subscriptions.query()]
            assert len(ids) == (1 if replay else 0), "a subscription whose commands nobody will carry out is deleted"
    finally:
        device.stop()


@pytest.mark.mosquitto
def test_commands_to_be_replayed_outlive_kill_9(
    tmp_path: Path, mosquitto: Any, local_broker: str, bridge_process: Any
) -> None:
    """Commands that wait, and a bridge killed as it carries them out: each reaches its device, some maybe twice."""
    (tmp_path / "bridge.toml").write_text(
        f"""
        [mqtt]
        url = "{mosquitto.url}"
        client_id = "bridge"
        [context_broker]
        url = "{local_broker}"
        [[route]]
        topic = "s/{{x}}"
        type = "Device"
        id = "urn:ngsi-ld:Device:{{x}}"
        attributes.level = "v"
        [[command]]
        type = "WindowBlind"
        id = "urn:ngsi-ld:WindowBlind:{{device}}"
        attribute = "openLevel"
        topic = "blinds/{{device}}/set"
        replay = true
        """
    )
    device = Device(mosquitto.port, "blinds/+/set")
    seen: list[str] = []
    try:
        with Client(local_broker) as client:
            bridge_process.start()
            deadline = time.monotonic() + 20
            while not client.subscriptions.query().all() and time.monotonic() < deadline:
                time.sleep(0.05)
            bridge_process.kill()
            for number in range(300):
                level = {"type": "Property", "value": number}
                client.batch.upsert([{"id": f"{BLIND}-{number}", "type": "WindowBlind", "openLevel": level}])
        expected = {f"blinds/hall-{number}/set" for number in range(300)}
        deadline = time.monotonic() + 60
        for pause in (0.0, 0.002, 0.004, 0.008):
            bridge_process.start()
            seen.append(device.messages.get(timeout=20)[0])
            time.sleep(pause)
            bridge_process.kill()
        bridge_process.start()
        while not expected <= set(seen) and time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                seen.append(device.messages.get(timeout=0.2)[0])
        assert expected - set(seen) == set()
        assert len(seen) < 450, "what was confirmed does not come again"
    finally:
        device.stop()


def test_a_notification_is_acknowledged_when_the_device_s_message_is_with_the_broker() -> None:
    """Not on receipt; and after a lost connection it is carried out when it comes again."""
    mqtt = MqttConfig.model_validate({"url": "mqtt://127.0.0.1:1"})
    command = CommandConfig.model_validate(
        {"type": "T", "id": "urn:x:{device}", "attribute": "a", "topic": "t/{device}", "replay": True}
    )
    station = CommandStation(mqtt, "c", (command,), NoContext(), "here", "mqtt://127.0.0.1:1")
    client = RecordingClient()
    notification = paho.MQTTMessage(7, b"citycontext/commands/here/T.a")
    changed = "2024-05-01T10:00:00Z"
    attribute = {"type": "Property", "value": 1, "modifiedAt": changed}
    data = [{"id": f"urn:x:{n}", "type": "T", "a": attribute} for n in range(2)]
    body = {"id": "urn:n:1", "type": "Notification", "notifiedAt": changed, "data": data}
    notification.payload = orjson.dumps({"body": body, "metadata": {}})
    notification.qos = 1
    station._on_message(client, None, notification)
    assert [topic for topic, _ in client.published] == ["t/0", "t/1"]
    station._on_publish(client, None, 1, None, None)
    assert client.acknowledged == [], "one of the two is on its way"
    station._lose_unconfirmed()
    station._on_message(client, None, notification)
    assert [topic for topic, _ in client.published] == ["t/0", "t/1", "t/1"], "what was confirmed is not sent again"
    station._on_publish(client, None, 3, None, None)
    assert client.acknowledged == [(7, 1)]


@pytest.mark.mosquitto
def test_a_command_that_cannot_be_written_fails_in_words(
    tmp_path: Path, mosquitto: Any, local_broker: str, wait: Any
) -> None:
    """The reason is where the command was given."""
    bridge = Bridge(configured(tmp_path, mosquitto, local_broker, payload={"x": "{value.x}"}))
    bridge.start()
    try:
        assert bridge.wait_connected(20)
        mosquitto.publish([(f"citycontext/commands/{bridge.config.place}/WindowBlind.openLevel", b"no notification")])
        with Client(local_broker) as client:
            order(client, 40)
            wait(lambda: value(client, "openLevelStatus") == "failed", what="the status")
            assert value(client, "openLevelResult") == "{value.x} has no value in this command"
    finally:
        bridge.stop()


@pytest.mark.parametrize(
    ("payload", "value", "expected"),
    [
        ("{value}", 40, b"40"),
        ("{value}", "on", b"on"),
        ("{value}", True, b"true"),
        ("{value}", {"r": 1}, b'{"r":1}'),
        ("SET {device} {value}", 40, b"SET 7 40"),
        ({"a": ["{value}", 1, "x{device}"]}, False, b'{"a":[false,1,"x7"]}'),
    ],
)
def test_payloads(payload: Any, value: Any, expected: bytes) -> None:
    """Text as it is, all else as JSON, a place alone with its type."""
    assert compile_payload(payload, ("device",))({"device": "7"}, {"value": value}) == expected


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "1x"}, "'1x' is not a name"),
        ({"id": "urn:x:{Device}"}, "has a brace that is no"),
        ({"id": "urn:x:{a}:{a}"}, "captures a name twice"),
        ({"id": "{device}"}, "is not a URI"),
        ({"topic": "a/#"}, "is published on, so it has no"),
        ({"topic": "a/{}"}, "empty place"),
        ({"payload": {"a": ["{value"]}}, "brace without its partner"),
        ({"result": {"topic": "r/{other}"}}, "result.topic captures {other}, which the id"),
        ({"name": "a b"}, "pattern"),
        ({"qos": 2}, "less than or equal to 1"),
    ],
)
def test_faults_of_a_command_are_said(change: dict[str, Any], reason: str) -> None:
    """Before anything runs."""
    good = {"type": "T", "id": "urn:x:{device}", "attribute": "a", "topic": "t/{device}"}
    CommandConfig.model_validate(good)
    with pytest.raises(ValueError, match=reason):
        CommandConfig.model_validate(good | change)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"command": [{"name": "a"}, {"name": "a"}]}, 'two commands are named "a"; give each its own name'),
        ({"command": [{"mqtt": "other"}]}, 'goes to mqtt = "other", but there is'),
        ({"command": [{}], "mqtt": {"url": "wss://a"}}, 'context_broker.notify = "mqtt://'),
        ({"command": [{"tpoic": "x"}]}, r'command\[0\].tpoic: the key "tpoic" is not known. Did you mean "topic"'),
        (
            {"context_broker": {"url": "http://b", "notify": "http://c"}},
            "context_broker.notify: the address starts with http",
        ),
    ],
)
def test_faults_between_tables_are_said(change: dict[str, Any], reason: str) -> None:
    """With place and cure."""
    command = {"type": "T", "id": "urn:x:{device}", "attribute": "a", "topic": "t/{device}"}
    given = {
        "mqtt": {"url": "mqtt://a"},
        "context_broker": {"url": "http://b"},
        "route": [{"topic": "s", "type": "T", "id": "urn:x:1", "attributes": {"v": "v"}}],
    } | change
    given["command"] = [command | one for one in change.get("command", [])]
    with pytest.raises(ConfigurationError, match=reason):
        BridgeConfig.from_dict(given)


def test_the_address_that_the_context_broker_is_told() -> None:
    """As it reaches the MQTT broker, with credentials of its own; they are in no repr."""
    given = {
        "mqtt": {"url": "mqtt://localhost"},
        "context_broker": {
            "url": "http://b",
            "notify": "mqtts://mosquitto:8883",
            "notify_username": "orion",
            "notify_password": "p@ss/word",
        },
        "route": [{"topic": "s", "type": "T", "id": "urn:x:1", "attributes": {"v": "v"}}],
    }
    config = BridgeConfig.from_dict(given)
    assert config.notify_address(config.mqtt[0]) == "mqtts://orion:p%40ss%2Fword@mosquitto:8883"
    assert "p@ss" not in repr(config)
    plain = BridgeConfig.from_dict(given | {"context_broker": {"url": "http://b"}})
    assert plain.notify_address(plain.mqtt[0]) == "mqtt://localhost"
