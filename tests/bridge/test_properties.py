"""What MQTT 5 adds to a message reaches the attributes that ask for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from citycontext.bridge import Bridge, BridgeConfig


@pytest.mark.mosquitto
def test_user_properties_and_the_content_type_are_values(
    tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any
) -> None:
    """From the publisher, over the journal, to the entity."""
    config = BridgeConfig.from_dict(
        {
            "mqtt": {"url": mosquitto.url, "client_id": "bridge", "version": "5"},
            "context_broker": {"url": context_broker.url},
            "journal": {"path": str(tmp_path / "journal.db")},
            "route": [
                {
                    "topic": "s/{x}",
                    "type": "Thing",
                    "id": "urn:ngsi-ld:Thing:{x}",
                    "attributes": {"form": 'mqtt.properties."content-type"', "from": "mqtt.properties.sender"},
                }
            ],
        }
    )
    bridge = Bridge(config)
    bridge.start()
    try:
        assert bridge.wait_connected(), bridge.troubles
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        client.connect("127.0.0.1", mosquitto.port)
        client.loop_start()
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.UserProperty = [("sender", "attic")]
        properties.ContentType = "application/json"
        client.publish("s/1", b'{"v": 1}', 1, properties=properties).wait_for_publish(10)
        client.disconnect()
        client.loop_stop()
        wait(lambda: context_broker.values("form") == {"urn:ngsi-ld:Thing:1": ["application/json"]}, what="the update")
        assert context_broker.values("from") == {"urn:ngsi-ld:Thing:1": ["attic"]}
    finally:
        bridge.stop()
