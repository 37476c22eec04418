"""The MQTT endpoint, with a real Mosquitto: what it takes, acknowledges and refuses, and broken connections."""

from __future__ import annotations

import json
import logging
import shutil
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from citycontext import Client
from citycontext.errors import BrokerTimeout, ConfigurationError, MissingExtra, TransportError
from citycontext.ngsild import Entity, OptAttr, optional
from citycontext.receiver import SECRET_HEADER, MqttReceiver, subscribed

pytestmark = pytest.mark.mosquitto


class Room(Entity):
    level: OptAttr[int] = optional()


def message(notification: dict[str, Any], **metadata: str) -> bytes:
    return json.dumps({"metadata": metadata, "body": notification}).encode()


def wait_for_findings(receiver: MqttReceiver[Any], rules: list[str]) -> None:
    deadline = time.monotonic() + 5
    while [one.rule for one in receiver.findings] != rules:
        assert time.monotonic() < deadline, list(receiver.findings)
        time.sleep(0.01)


@pytest.mark.parametrize("qos", [0, 1])
def test_a_subscription_of_the_local_broker(qos: Any, mosquitto: Any, broker_url: str) -> None:
    """A subscription with this endpoint is notified through Mosquitto, with the secret, and is gone at the end."""
    address = f"mqtt://127.0.0.1:{mosquitto.port}/gent/rooms"
    with Client(broker_url) as client, MqttReceiver(address, secret="hush", qos=qos) as receiver:
        with subscribed(client, Room, receiver=receiver) as notifications:
            endpoint = client.subscriptions.retrieve(notifications.id).notification.endpoint
            assert endpoint.uri == address
            client.entities.create(Room(id="urn:ngsi-ld:Room:1", level=5))
            received = notifications.get(10)
        assert received.entities[0].level is not None
        assert received.entities[0].level.value == 5
        assert received.headers["content-type"] == "application/json"
        assert client.subscriptions.query().all() == []
    assert list(receiver.findings) == []


async def test_in_an_event_loop(mosquitto: Any, notify: Any) -> None:
    """``async with`` and ``async for`` do the same."""
    async with MqttReceiver(f"mqtt://127.0.0.1:{mosquitto.port}/a/b", Room) as receiver:
        mosquitto.publish("a/b", message(notify()))
        async for received in receiver:
            assert received.entities[0].level is not None
            assert received.entities[0].level.value == 1
            break


def test_both_spellings_of_link(mosquitto: Any, notify: Any) -> None:
    """A whole header value and a bare address among the metadata both give the @context."""
    whole = '<https://x.example/c>; rel="http://www.w3.org/ns/json-ld#context"'
    with MqttReceiver(f"mqtt://127.0.0.1:{mosquitto.port}/a") as receiver:
        mosquitto.publish("a", message(notify(), Link=whole), message(notify(), Link="https://x.example/c"))
        for _ in range(2):
            assert receiver.get(5).entities[0].context == "https://x.example/c"


def test_what_is_no_notification_harms_no_other(mosquitto: Any, notify: Any) -> None:
    """It is acknowledged, noted, and the next one is taken; the same without the secret."""
    with MqttReceiver(f"mqtt://127.0.0.1:{mosquitto.port}/a", secret="hush") as receiver:
        mosquitto.publish("a", b"\xff", message({"type": "Entity"}, **{SECRET_HEADER: "hush"}), message(notify()))
        mosquitto.publish("a", message(notify(), **{SECRET_HEADER: "hush"}))
        assert receiver.get(5).headers == {}
        wait_for_findings(receiver, ["notification", "notification", "secret"])


def test_a_full_receiver_holds_mosquitto_back(mosquitto: Any, notify: Any) -> None:
    """With quality of service 1 no more than ``capacity`` wait here; the others wait there, and none is lost."""
    with MqttReceiver(f"mqtt://127.0.0.1:{mosquitto.port}/a", capacity=3) as receiver:
        mosquitto.publish("a", *(message(notify(id=f"urn:n:{number}")) for number in range(20)))
        deadline = time.monotonic() + 5
        while len(receiver) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.1)  # long enough for a fourth, if there were one
        assert len(receiver) == 3
        assert [receiver.get(5).id for _ in range(20)] == [f"urn:n:{number}" for number in range(20)]
    assert list(receiver.findings) == []


def test_a_full_receiver_loses_what_is_not_acknowledged(mosquitto: Any, notify: Any) -> None:
    """With quality of service 0 it is a finding for each that is lost."""
    with MqttReceiver(f"mqtt://127.0.0.1:{mosquitto.port}/a", capacity=1, qos=0) as receiver:
        mosquitto.publish("a", message(notify()), message(notify()), message(notify()))
        wait_for_findings(receiver, ["full", "full"])
        assert len(receiver) == 1


def test_what_was_retained_is_not_received(mosquitto: Any, notify: Any) -> None:
    """A message that Mosquitto kept from earlier is not a notification of now."""
    mosquitto.publish("a", message(notify()), retain=True)
    with MqttReceiver(f"mqtt://127.0.0.1:{mosquitto.port}/a") as receiver, pytest.raises(BrokerTimeout):
        receiver.get(0.3)


def test_a_connection_that_comes_back(mosquitto: Any, notify: Any, caplog: Any) -> None:
    """When Mosquitto was gone the receiver connects again; what was taken before, but not read, is not lost either."""
    caplog.set_level(logging.WARNING, "citycontext.receiver")
    with MqttReceiver(f"mqtt://127.0.0.1:{mosquitto.port}/a") as receiver:
        mosquitto.publish("a", message(notify(id="urn:n:before")))
        while not len(receiver):
            time.sleep(0.01)
        mosquitto.stop()
        mosquitto.start()
        deadline = time.monotonic() + 20
        seen: set[str] = set()
        while seen != {"urn:n:before", "urn:n:after"}:
            assert time.monotonic() < deadline, seen
            mosquitto.publish("a", message(notify(id="urn:n:after")))
            try:
                seen.add(receiver.get(1).id)
            except BrokerTimeout:
                continue
    assert "was lost" in caplog.text


def test_signing_in(mosquitto: Any, notify: Any) -> None:
    """User and password of the address are used, and shown to nobody; a wrong one is refused at once."""
    program = shutil.which("mosquitto_passwd")
    if program is None:
        pytest.skip("the program mosquitto_passwd is not on the PATH")
    mosquitto.stop()
    passwords = mosquitto.folder / "passwords"
    subprocess.run([program, "-b", "-c", passwords, "gent", "s3/cret"], check=True, capture_output=True)
    passwords.chmod(0o600)
    mosquitto.settings = f"allow_anonymous false\npassword_file {passwords}"
    mosquitto.start()
    topic = f"127.0.0.1:{mosquitto.port}/a"
    with MqttReceiver(f"mqtt://gent:s3%2Fcret@{topic}") as receiver:
        assert receiver.url == f"mqtt://{topic}"
        assert "cret" not in f"{receiver!r}{receiver.endpoint()!r}"
    with pytest.raises(TransportError, match="refused") as raised:
        MqttReceiver(f"mqtt://gent:guessed@{topic}").start()
    assert "guessed" not in str(raised.value)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho forgets the refused socket
def test_an_encrypted_connection(mosquitto: Any, notify: Any, tmp_path: Path) -> None:
    """``mqtts`` with a certificate that is trusted works; with one that is not, nothing is sent."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the program openssl is not on the PATH")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    new = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    subprocess.run([openssl, *new, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    mosquitto.stop()
    mosquitto.settings = f"allow_anonymous true\ncertfile {certificate}\nkeyfile {key}"
    mosquitto.start()
    address = f"mqtts://127.0.0.1:{mosquitto.port}/a"
    with MqttReceiver(address, tls=ssl.create_default_context(cafile=certificate)) as receiver:
        assert receiver.url == address
    with pytest.raises(TransportError, match="certificate"):
        MqttReceiver(address).start()


def test_nobody_listens() -> None:
    """A broker that is not there is a transport error, at once."""
    with pytest.raises(TransportError, match="cannot connect"):
        MqttReceiver("mqtt://127.0.0.1:1/a").start()


def test_nobody_answers() -> None:
    """Something that listens but speaks no MQTT is a transport error after the time-out."""
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TransportError, match="no answer in time"):
        MqttReceiver(f"mqtt://127.0.0.1:{silent.getsockname()[1]}/a", timeout=0.2).start()


def test_late_messages_are_acknowledged(mosquitto: Any, notify: Any) -> None:
    """What comes for a subscription that ended is let go, and does not use up what may be unacknowledged."""
    with MqttReceiver(f"mqtt://127.0.0.1:{mosquitto.port}/a", capacity=1) as receiver:
        receiver.expect("urn:s:ended", Room).close()
        mosquitto.publish("a", *[message(notify(subscription="urn:s:ended"))] * 3, message(notify()))
        assert receiver.get(5).subscription_id == notify()["subscriptionId"]
        assert [one.rule for one in receiver.findings] == ["late"] * 3


def test_starting_twice_is_refused(mosquitto: Any) -> None:
    """A receiver is started once."""
    with MqttReceiver(f"mqtt://127.0.0.1:{mosquitto.port}/a") as receiver, pytest.raises(ConfigurationError):
        receiver.start()


def test_another_address_for_the_context_broker() -> None:
    """Where it reaches the MQTT broker otherwise, subscriptions name that; the quality of service goes along."""
    receiver = MqttReceiver("mqtt://localhost/a%20b/c", public_url="mqtt://mosquitto:1884/a%20b/c", qos=0)
    endpoint = receiver.endpoint()
    assert endpoint.uri == "mqtt://mosquitto:1884/a%20b/c"
    assert [(pair.key, pair.value) for pair in endpoint.notifier_info or []] == [("MQTT-QoS", "0")]
    assert receiver.topic == "a b/c"


@pytest.mark.parametrize(
    "address",
    ["http://localhost/a", "mqtt://localhost", "mqtt://localhost/", "mqtt:///a", "mqtt://h/+/a", "mqtt://h/%23"],
)
def test_an_address_that_is_none(address: str) -> None:
    """It needs a scheme, a host and one topic."""
    with pytest.raises(ConfigurationError, match="address"):
        MqttReceiver(address)


def test_quality_of_service_2_is_refused() -> None:
    """It promises nothing that helps, so it is not offered."""
    with pytest.raises(ConfigurationError, match="qos"):
        MqttReceiver("mqtt://localhost/a", qos=2)  # type: ignore[call-overload]


def test_without_paho(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says which extra brings it."""
    monkeypatch.setitem(sys.modules, "paho.mqtt.client", None)
    with pytest.raises(MissingExtra, match=r"citycontext\[receiver\]"):
        MqttReceiver("mqtt://localhost/a").start()
