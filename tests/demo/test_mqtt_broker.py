"""The embedded MQTT broker, with a real client."""

from __future__ import annotations

import threading
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from citycontext.demo.mqtt_broker import MqttBroker


def test_messages_go_through_and_the_broker_stops() -> None:
    """A QoS 1 message reaches a subscriber over the free port that the broker took."""
    broker = MqttBroker()
    broker.start()
    got, there, subscribed = [], threading.Event(), threading.Event()

    def take(_: Any, __: Any, message: mqtt.MQTTMessage) -> None:
        got.append((message.topic, message.payload, message.qos))
        there.set()

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="test")
    client.on_message = take
    client.on_subscribe = lambda *_: subscribed.set()
    try:
        assert broker.url == f"mqtt://127.0.0.1:{broker.port}"
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        client.subscribe("a/#", qos=1)
        assert subscribed.wait(5)
        client.publish("a/b", b"1", qos=1)
        assert there.wait(5)
        assert got == [("a/b", b"1", 1)]
    finally:
        client.disconnect()
        client.loop_stop()
        broker.stop()
