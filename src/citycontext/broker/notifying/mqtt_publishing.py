"""One notification over MQTT: a session of its own, for as long as the message takes (clause 7)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from citycontext.broker.notifying.receivers import DeliveryFailed
from citycontext.foreign_text import printable

if TYPE_CHECKING:
    from paho.mqtt.client import Client

__all__ = ["publish"]


def publish(uri: str, payload: bytes, notifier: Mapping[str, str], timeout: float) -> None:
    """Publish a notification, and wait until it is on its way (QoS 0) or acknowledged.

    Args:
        uri: An mqtt or mqtts address; its path is the topic.
        payload: The message.
        notifier: ``MQTT-Version`` and ``MQTT-QoS``.
        timeout: Seconds that it may take.

    Raises:
        DeliveryFailed: It was not taken.
    """
    import paho.mqtt.client as mqtt
    from paho.mqtt import MQTTException
    from paho.mqtt.enums import CallbackAPIVersion

    parts = urlsplit(uri)
    secured = parts.scheme == "mqtts"
    version = mqtt.MQTTv311 if notifier.get("MQTT-Version", "mqtt5.0") == "mqtt3.1.1" else mqtt.MQTTv5
    # Without a logger: paho calls the end of a session that we ask for an error.
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=version)
    if parts.username is not None:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or "") or None)
    if secured:
        client.tls_set()
    try:
        client.connect_timeout = timeout
        outcome = _Outcome(client, unquote(parts.path.lstrip("/")), payload, int(notifier.get("MQTT-QoS", "0")))
        client.connect(parts.hostname or "localhost", parts.port or (8883 if secured else 1883), max(1, int(timeout)))
        client.loop_start()
        try:
            outcome.wait(timeout)
        finally:
            client.disconnect()
            client.loop_stop()
    except (OSError, ValueError, MQTTException) as error:
        raise DeliveryFailed(printable(str(error)) or type(error).__name__, retryable=True) from error


class _Outcome:
    """What becomes of one message: published once the session is there, then acknowledged, or refused."""

    def __init__(self, client: Client, topic: str, payload: bytes, qos: int) -> None:
        self._ended = threading.Event()
        self._failure = ""

        def connected(client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
            if reason.is_failure:
                self._end(f"the MQTT broker refused the connection: {reason}")
            elif client.publish(topic, payload, qos=qos).rc != 0:
                self._end("the message could not be sent")

        def published(_client: Client, _data: Any, _id: int, reason: Any, _properties: Any) -> None:
            self._end(f"the MQTT broker refused the message: {reason}" if reason.is_failure else "")

        def disconnected(_client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
            self._end(f"the MQTT broker closed the connection: {reason}")

        client.on_connect = connected
        client.on_publish = published
        client.on_disconnect = disconnected

    def _end(self, failure: str) -> None:
        if not self._ended.is_set():
            self._failure = failure
            self._ended.set()

    def wait(self, timeout: float) -> None:
        if not self._ended.wait(timeout):
            raise DeliveryFailed(f"the MQTT broker did not take it within {timeout:g} s", retryable=True)
        if self._failure:
            raise DeliveryFailed(printable(self._failure), retryable=True)
