"""Expressions of an IoT Agent: what they become, and that the bridge then writes what the agent wrote."""

from __future__ import annotations

import tomllib
from typing import Any

import orjson
import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.iot_agent_expressions import id_of_expression, keys_of_expression
from citycontext.bridge.rehearsal.iot_agent_import import Imported, import_provisioning
from citycontext.bridge.rehearsal.rehearsal import Rehearsal
from citycontext.ngsild.names import is_uri

MEASURE = {"t": "21.5", "h": 40, "lat": 51.05, "lon": 3.72, "s": " ab ", "a": 7, "b": 2}


def imported_entity(service: dict[str, Any], topic: str = "/json/k/d/attrs", measure: Any = None) -> dict[str, Any]:
    """Return the entity that a measure becomes by what is made of a service."""
    made = import_provisioning(orjson.dumps({"services": [{"apikey": "k", "entity_type": "Meter"} | service]}))
    payload = orjson.dumps(MEASURE if measure is None else measure)
    (entity,) = next(iter(Rehearsal(config_of(made)).results([Message(topic, payload, 1_714_557_600.0)]))).entities
    return dict(entity)


def config_of(made: Imported) -> BridgeConfig:
    """Read what was made, as a user would."""
    text = made.toml.replace("${MQTT_URL}", "mqtt://localhost").replace("${CONTEXT_BROKER_URL}", "http://localhost")
    return BridgeConfig.from_dict(tomllib.loads(text))


@pytest.mark.parametrize(
    ("kind", "expression", "expected"),
    [
        ("Number", "h/100", 0.4),
        ("Number", "h * 0.5 - 1", 19),
        ("Number", "(a + b) * 10", 90),
        ("Number", "a - b - 1", 4),
        ("Number", "a % 4", 3),
        ("Number", "-a", -7),
        ("Number", "t*1.8+32", pytest.approx(70.7)),
        ("Number", "${@t * 2}", 43.0),
        ("Number", "t|toFloat", 21.5),
        ("Number", "t|round", 22),
        ("Text", "s|trim|uppercase", "AB"),
        ("Text", "'room ' + a", "room 7"),
        ("Text", "${@a}-${@b}", "7-2"),
        ("Text", "'fixed'", "fixed"),
        ("Text", "lat + ',' + lon", "51.05,3.72"),
        ("geo:point", "lat + ',' + lon", {"type": "Point", "coordinates": [3.72, 51.05]}),
        ("geo:point", "${@lat}, ${@lon}", {"type": "Point", "coordinates": [3.72, 51.05]}),
        ("geo:json", "{coordinates: [lon, lat], type: 'Point'}", {"type": "Point", "coordinates": [3.72, 51.05]}),
        ("geo:json", '{"type": "Point", "coordinates": [lon,lat]}', {"type": "Point", "coordinates": [3.72, 51.05]}),
    ],
)
def test_an_expression_is_carried_over(kind: str, expression: str, expected: Any) -> None:
    """The bridge writes what the agent wrote."""
    attribute = {"object_id": "o", "name": "given", "type": kind, "expression": expression}
    assert imported_entity({"attributes": [attribute]})["given"]["value"] == expected


@pytest.mark.parametrize(
    "expression",
    [
        "t|add(273)",
        "a > 3 ? 1 : 0",
        "a[0]",
        "'x' * 2",
        "(a + ',') * 2",
        "a +",
        "s|substr(1,2)",
        "{a: 1}",
        "a b",
        "((a)",
        "",
    ],
)
def test_what_has_no_counterpart_is_not_written_at_all(expression: str) -> None:
    """The bare value would be a wrong one; it stands in a comment, and is told."""
    assert keys_of_expression(expression, {}) is None
    if not expression:
        return
    attributes = [{"object_id": "t", "name": "given", "expression": expression}, {"object_id": "a", "name": "other"}]
    service = {"apikey": "k", "entity_type": "Meter", "attributes": attributes}
    made = import_provisioning(orjson.dumps({"services": [service]}))
    assert set(config_of(made).route[0].entity[0].attributes) == {"other"}
    assert "# given = " in made.toml
    assert any("'given'" in one for one in made.left_out)


def test_an_expression_names_attributes_by_either_name() -> None:
    """The name of an attribute stands for its measure."""
    attributes = [
        {"object_id": "h", "name": "humidity", "type": "Number"},
        {"name": "share", "type": "Number", "expression": "humidity / 100"},
    ]
    assert imported_entity({"attributes": attributes})["share"]["value"] == 0.4


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'urn:ngsi-ld:Meter:' + id", "urn:ngsi-ld:Meter:d"),
        ("type + ':' + id", "Meter:d"),
        ("'x-' + id", "urn:ngsi-ld:Meter:x-d"),
        ("urn:ngsi-ld:Meter:{{id}}", "urn:ngsi-ld:Meter:d"),
        ("'urn:ngsi-ld:Meter:' + a", "urn:ngsi-ld:Meter:7"),
    ],
)
def test_the_expression_of_a_name_makes_the_id(expression: str, expected: str) -> None:
    """What the agent called its entities, the bridge calls them."""
    attributes = [{"object_id": "a", "name": "given", "type": "Number"}]
    entity = imported_entity({"attributes": attributes, "entityNameExp": expression})
    assert entity["id"] == expected
    assert is_uri(entity["id"])
    assert id_of_expression("id|unknown", {}) is None


@pytest.mark.parametrize("explicit", ["['given', 'fixed']", ["given", "fixed"], "[given,fixed]"])
def test_explicit_attributes_hold_the_others_back(explicit: Any) -> None:
    """A list names what is written; true and false change nothing of what is provisioned."""
    attributes = [{"object_id": "a", "name": "given"}, {"object_id": "b", "name": "other"}]
    fixed = [{"name": "fixed", "value": ["x", 1]}, {"name": "tag", "value": "y"}]
    service = {"attributes": attributes, "static_attributes": fixed}
    entity = imported_entity(service | {"explicitAttrs": explicit})
    assert entity.keys() == {"id", "type", "given", "fixed"}
    assert entity["fixed"]["value"] == ["x", 1]
    assert imported_entity(service | {"explicitAttrs": True}).keys() >= {"given", "other", "fixed", "tag"}


def test_the_zone_of_a_service_is_that_of_its_times() -> None:
    """A time without a zone is read in it; a zone that is not one is told."""
    service = {"attributes": [{"object_id": "a", "name": "given"}], "timezone": "Europe/Brussels"}
    entity = imported_entity(service, measure={"a": 1, "TimeInstant": "2024-05-01T12:00:00"})
    assert entity["given"]["observedAt"] == "2024-05-01T10:00:00Z"
    made = import_provisioning(orjson.dumps({"services": [{"apikey": "k"} | service | {"timezone": "Gent"}]}))
    assert any("'Gent'" in one for one in made.left_out)


def test_a_device_speaks_as_its_provisioning_says() -> None:
    """Ultralight beside JSON in one file, each on the topics of its agent; one value by the name in its topic."""
    devices = [
        {"device_id": "u", "apikey": "k", "entity_name": "urn:ngsi-ld:Bin:u", "entity_type": "Bin", "transport": "HTTP"}
        | {"protocol": "PDI-IoTA-UltraLight", "attributes": [{"object_id": "f", "name": "fill", "type": "Number"}]},
        {"device_id": "j", "apikey": "k", "entity_name": "urn:ngsi-ld:Bin:j", "entity_type": "Bin"}
        | {"attributes": [{"object_id": "f", "name": "fill", "type": "Number"}]},
    ]
    made = import_provisioning(orjson.dumps({"devices": devices}))
    messages = [
        Message("/ul/k/u/attrs", b"f|0.5", 1_714_557_600.0),
        Message("/json/k/j/attrs/f", b"0.25", 1_714_557_600.0),
    ]
    results = list(Rehearsal(config_of(made)).results(messages))
    assert [one.entities[0]["fill"]["value"] for one in results] == [0.5, 0.25]
    assert any("HTTP" in one for one in made.left_out)
