"""The import of an IoT Agent's provisioning: what comes out is a configuration, and what does not is said."""

from __future__ import annotations

import tomllib
from typing import Any

import orjson
import pytest

from citycontext.bridge.commands.mapping import Command
from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.iot_agent_import import Imported, import_provisioning
from citycontext.bridge.rehearsal.rehearsal import Rehearsal
from citycontext.errors import ConfigurationError

PROVISIONING: dict[str, Any] = {
    "services": [
        {
            "apikey": "4jggokgpepnvsb2uv4s40d59ov",
            "service": "openiot",
            "entity_type": "Thing",
            "attributes": [
                {"object_id": "t", "name": "temperature", "type": "Number", "metadata": {"unitCode": {"value": "CEL"}}},
                {"object_id": "door-state", "name": "state", "type": "Text"},
                {"object_id": "p", "name": "position", "type": "geo:point"},
                {"object_id": "k", "name": "kelvin", "type": "Number", "expression": "t|add(273)"},
            ],
            "static_attributes": [{"name": "refRoom", "type": "Relationship", "value": "urn:ngsi-ld:Room:1"}],
            "commands": [{"name": "reset", "type": "command"}],
        }
    ],
    "devices": [
        {
            "device_id": "motion001",
            "apikey": "key",
            "entity_name": "urn:ngsi-ld:Motion:001",
            "entity_type": "Motion",
            "attributes": [{"object_id": "c", "name": "count", "type": "Integer"}],
            "static_attributes": [{"name": "floor", "type": "Number", "value": 3}],
        }
    ],
}


def configuration(imported: Imported) -> BridgeConfig:
    """Read what was made, as a user would."""
    text = imported.toml.replace("${MQTT_URL}", "mqtt://localhost").replace("${CONTEXT_BROKER_URL}", "http://localhost")
    return BridgeConfig.from_dict(tomllib.loads(text))


def test_devices_need_not_be_touched() -> None:
    """Their topics and payloads give the entities that the agent gave, with the tenant of the service."""
    imported = import_provisioning(orjson.dumps(PROVISIONING))
    config = configuration(imported)
    messages = [
        Message("/json/4jggokgpepnvsb2uv4s40d59ov/dev1/attrs", b'{"t":"21.5","door-state":"open"}', 1_714_557_600.0),
        Message("/key/motion001/attrs", b'{"c":7,"TimeInstant":"2024-05-01T09:59:00Z"}', 1_714_557_600.0),
    ]
    thing, motion = (result.entities[0] for result in Rehearsal(config).results(messages))
    assert thing["id"] == "urn:ngsi-ld:Thing:dev1"
    assert thing["temperature"]["value"] == 21.5
    assert thing["temperature"]["unitCode"] == "CEL"
    assert thing["state"]["value"] == "open"
    assert thing["refRoom"]["object"] == "urn:ngsi-ld:Room:1"
    assert config.route[0].tenant == "openiot"
    assert motion["id"] == "urn:ngsi-ld:Motion:001"
    assert motion["count"] == {"type": "Property", "value": 7, "observedAt": "2024-05-01T09:59:00Z"}
    assert motion["floor"]["value"] == 3


@pytest.mark.parametrize(
    ("codec", "payload", "answer", "result"),
    [
        ("iot-agent-json", b'{"reset":3}', b'{"reset":"done"}', "done"),
        ("ultralight", b"dev1@reset|3", b"dev1@reset|done", "dev1@reset|done"),
    ],
)
def test_commands_go_where_the_agent_sent_them(codec: str, payload: bytes, answer: bytes, result: str) -> None:
    """The same topic and payload, and the answers that devices give; what is not an answer is not one."""
    config = configuration(import_provisioning(orjson.dumps(PROVISIONING), codec=codec))
    (given,) = config.command
    assert (given.tenant, given.attribute) == ("openiot", "reset")
    command = Command(given, "here")
    captured = command.captures("urn:ngsi-ld:Thing:dev1")
    assert captured is not None
    topic = f"/{PROVISIONING['services'][0]['apikey']}/dev1"
    assert command.message(captured, {"value": 3}) == (f"{topic}/cmd", payload)
    assert command.result_topic is not None
    assert command.result_topic.match(f"{topic}/cmdexe") == {"device": "dev1"}
    assert command.outcome(answer) == (True, result)
    assert command.outcome(answer.replace(b"reset", b"other")) is None


def test_what_is_left_out_is_said() -> None:
    """Expressions, and the names under which the fate of commands is written."""
    left = import_provisioning(orjson.dumps(PROVISIONING)).left_out
    assert any("'t|add(273)'" in line for line in left)
    assert any("command 'reset'" in line and "resetStatus" in line for line in left)


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"services": []}'])
def test_what_is_no_provisioning_is_refused(content: bytes) -> None:
    """With what to save."""
    with pytest.raises(ConfigurationError, match=r"not JSON|GET /iot/services"):
        import_provisioning(content)


def test_group_and_device_of_one_entity_make_one() -> None:
    """A device has what its group says, under its own name; other devices of the group go by the group's route."""
    provisioning = {
        "services": [
            {
                "apikey": "key",
                "entity_type": "Room",
                "attributes": [{"object_id": "t", "name": "temperature", "type": "Number"}],
                "static_attributes": [{"name": "floor", "type": "Number", "value": 1}],
            }
        ],
        "devices": [
            {
                "device_id": "d1",
                "apikey": "key",
                "entity_name": "Meeting room 1",
                "attributes": [{"object_id": "h", "name": "humidity", "type": "Number"}],
                "static_attributes": [{"name": "floor", "type": "Number", "value": 3}],
            }
        ],
    }
    config = configuration(import_provisioning(orjson.dumps(provisioning)))
    arrived = 1_714_557_600.0
    made = [
        [
            entity
            for result in Rehearsal(config).results([Message(topic, payload, arrived)])
            for entity in result.entities
        ]
        for topic, payload in (("/key/d1/attrs", b'{"t": 21.5, "h": 40}'), ("/key/d2/attrs", b'{"t": 20}'))
    ]
    (own,), (other,) = made
    assert (own["id"], own["type"]) == ("urn:ngsi-ld:Room:Meeting%20room%201", "Room")
    assert (own["temperature"]["value"], own["humidity"]["value"], own["floor"]["value"]) == (21.5, 40, 3)
    assert (other["id"], other["floor"]["value"]) == ("urn:ngsi-ld:Room:d2", 1)


def test_one_bad_measure_does_not_lose_the_others() -> None:
    """As the agent writes what it can read."""
    config = configuration(import_provisioning(orjson.dumps(PROVISIONING)))
    message = Message("/4jggokgpepnvsb2uv4s40d59ov/dev1/attrs", b'{"t":"broken","door-state":"open"}', 1_714_557_600.0)
    (result,) = Rehearsal(config).results([message])
    assert result.entities[0]["state"]["value"] == "open"
    assert [one.attribute for one in result.left_out] == ["temperature"]


def test_a_geo_point_is_a_position() -> None:
    """Its text has the latitude first."""
    config = configuration(import_provisioning(orjson.dumps(PROVISIONING)))
    message = Message("/4jggokgpepnvsb2uv4s40d59ov/dev1/attrs", b'{"p":"51.05,3.72"}', 1_714_557_600.0)
    (result,) = Rehearsal(config).results([message])
    assert result.entities[0]["position"]["value"] == {"type": "Point", "coordinates": [3.72, 51.05]}


def test_names_that_ngsi_ld_keeps_are_written_otherwise() -> None:
    """An attribute called value or type gets a name that a context broker takes, and it is said."""
    service = {
        "apikey": "k",
        "entity_type": "Meter",
        "attributes": [{"object_id": "v", "name": "value", "type": "Number"}, {"object_id": "k", "name": "type"}],
    }
    imported = import_provisioning(orjson.dumps({"services": [service]}))
    message = Message("/json/k/d/attrs", b'{"v": 7, "k": "water"}', 1_714_557_600.0)
    (entity,) = next(iter(Rehearsal(configuration(imported)).results([message]))).entities
    assert (entity["measuredValue"]["value"], entity["measuredType"]["value"]) == (7, "water")
    assert sum("it is written as" in one for one in imported.left_out) == 2
