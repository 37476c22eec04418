"""Where names come from beside the payload: levels of the topic, tenants and types by message, properties of MQTT."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.mapping.processing import Failure
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.checks import check
from citycontext.bridge.rehearsal.rehearsal import Rehearsal, Result
from citycontext.errors import ConfigurationError


def configured(ids: int | None = None, **route: Any) -> BridgeConfig:
    """Return a configuration of one route."""
    given = {
        "topic": "e/{d}",
        "name": "r",
        "type": "Device",
        "id": "urn:ngsi-ld:Device:{d}",
        "attributes": {"value": "t"},
    } | route
    document: dict[str, Any] = {
        "mqtt": {"url": "mqtt://localhost"},
        "context_broker": {"url": "http://localhost"},
        "route": [given],
    }
    return BridgeConfig.from_dict(document | ({} if ids is None else {"ids": ids}))


def result(config: BridgeConfig, topic: str, payload: Any, **message: Any) -> Result:
    """Map one message."""
    content = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    (made,) = Rehearsal(config).results([Message(topic, content, 1_714_557_600.0, **message)])
    return made


def test_a_tenant_by_the_topic() -> None:
    """Each organisation's data go to its own tenant; a name that can be not a tenant is a dead letter."""
    config = configured(topic="{org}/e/{d}", tenant="{org}")
    assert result(config, "gent/e/a", {"t": 1}).tenants == ["gent"]
    failure = result(config, "g nt/e/a", {"t": 1}).failure
    assert failure is not None
    assert "'g nt' is not a name of a tenant" in failure.reason
    assert result(configured(tenant="{org}"), "e/a", {"t": 1, "org": "gent"}).tenants == ["gent"]


def test_a_type_from_a_list_of_types() -> None:
    """The topic says which, the file which there may be."""
    config = configured(topic="{kind}/e/{d}", type="{kind}", types=["Room", "Building"], id="urn:ngsi-ld:{kind}:{d}")
    (entity,) = result(config, "Room/e/a", {"t": 1}).entities
    assert (entity["id"], entity["type"]) == ("urn:ngsi-ld:Room:a", "Room")
    failure = result(config, "Attic/e/a", {"t": 1}).failure
    assert failure is not None
    assert "'Attic' is not among those of the route" in failure.reason


@pytest.mark.parametrize(
    ("route", "says"),
    [
        ({"type": "{kind}"}, "list what it may come to"),
        ({"types": ["Room"]}, "has none"),
        ({"type": "{d}", "types": ["no type"]}, "is not an entity type"),
        ({"attributes": {"value": {"from": "t", "unit": "{u}"}}}, "takes no {place}"),
        ({"model": "{d}"}, "takes no {place}"),
        ({"tenant": "{"}, "brace without its partner"),
    ],
)
def test_places_where_they_can_be_none(route: dict[str, Any], says: str) -> None:
    """A place in a key that takes none is an error, not a name with braces."""
    with pytest.raises(ConfigurationError) as raised:
        configured(**route)
    assert says in str(raised.value)


def test_one_entity_of_a_topic_for_each_value() -> None:
    """The name of the value stands in the topic: a pivot on what was captured makes attributes of it."""
    config = configured(
        topic="inverter/{site}/status/{quantity}/value",
        codec="text",
        id="urn:ngsi-ld:Device:{site}",
        pivot={"from": "[@]", "name": "captured.quantity", "value": "value"},
        attributes={"gridVoltage": "values.grid_voltage", "workMode": "values.work_mode"},
    )
    (voltage,) = result(config, "inverter/north/status/grid_voltage/value", b"233.3").entities
    (mode,) = result(config, "inverter/north/status/work_mode/value", b"Battery Mode").entities
    assert voltage["id"] == mode["id"] == "urn:ngsi-ld:Device:north"
    assert voltage["gridVoltage"]["value"] == 233.3
    assert mode["workMode"]["value"] == "Battery Mode"


def test_what_was_captured_is_a_value_too() -> None:
    """In the members of an array as well; what the message itself says under that name comes first."""
    config = configured(attributes={"value": "captured.d"})
    assert result(config, "e/a", {"t": 1}).entities[0]["value"]["value"] == "a"
    assert result(config, "e/a", {"captured": {"d": "own"}}).entities[0]["value"]["value"] == "own"
    config = configured(each="l", attributes={"value": "captured.d"})
    assert result(config, "e/a", {"l": [{"t": 1}]}).entities[0]["value"]["value"] == "a"


def test_user_properties_and_the_rest_of_mqtt() -> None:
    """What stands beside the payload can be taken as a value or a condition."""
    config = configured(attributes={"value": "mqtt.properties.unit", "retained": "mqtt.retained"})
    (entity,) = result(config, "e/a", {"t": 1}, properties=(("unit", "Cel"),), retained=True).entities
    assert entity["value"]["value"] == "Cel"
    assert entity["retained"]["value"] is True


@pytest.mark.parametrize(
    "name", ["50%", "a b", "a%20b", "z\u00e4hler", "a#b", "a?b", "{x}", "[1]", 'q"', "a\\b", "a/b"]
)
def test_names_have_ids_that_lead_back(name: str) -> None:
    """With ``ids = 2`` two names never share an entity, and a command finds its device by the id."""
    from citycontext.bridge.commands.mapping import Command
    from citycontext.bridge.config.commands import CommandConfig

    config = configured(ids=2, topic="e/{d#}")
    (entity,) = result(config, f"e/{name}", {"t": 1}).entities
    command = CommandConfig.model_validate(
        {"type": "Device", "id": "urn:ngsi-ld:Device:{d}", "attribute": "a", "topic": "e/{d}/set"}
    )
    assert Command(command, "x").captures(entity["id"]) == {"d": name}


def test_an_eui_is_one_in_id_and_captures() -> None:
    """With ``ids = 2``; without, as in version 0.1, ids stay what they were."""
    route = {"attributes": {"value": "captured.d"}, "id": "urn:ngsi-ld:Device:{e}"}
    message = {"e": "0A-0B-0C-0D-0E-0F-00-01"}
    (entity,) = result(configured(ids=2, **route), "e/00-80-00-00-00-00-00-01", message).entities
    assert (entity["id"], entity["value"]["value"]) == ("urn:ngsi-ld:Device:0a0b0c0d0e0f0001", "0080000000000001")
    (entity,) = result(configured(**route), "e/00-80-00-00-00-00-00-01", message).entities
    assert entity["id"] == "urn:ngsi-ld:Device:0A-0B-0C-0D-0E-0F-00-01"


def test_a_shelly_with_a_prefix_is_one_device() -> None:
    """With ``ids = 2`` notification and state are of the topic's prefix; a file of version 0.1 keeps its two."""
    notification = {
        "src": "shellyplusplugs-a1b2c3d4e5f6",
        "method": "NotifyStatus",
        "params": {"ts": 1714557590.5, "switch:0": {"apower": 12.5}},
    }
    shelly = {
        "topic": "{p#}",
        "codec": "shelly",
        "id": "urn:ngsi-ld:Device:{device}",
        "attributes": {"value": '"switch:0".apower'},
    }
    for ids, device in ((2, "house/plug"), (None, "shellyplusplugs-a1b2c3d4e5f6")):
        config = configured(ids=ids, **shelly)
        (said,) = result(config, "house/plug/events/rpc", notification).entities
        (state,) = result(config, "house/plug/status/switch:0", {"apower": 12.5}).entities
        assert said["id"] == f"urn:ngsi-ld:Device:{device}"
        assert state["id"] == "urn:ngsi-ld:Device:house/plug"


def test_check_names_what_ids_2_would_change() -> None:
    """A note with route and place; none where the file has decided."""
    shelly = {"topic": "{p#}", "codec": "shelly", "id": "urn:ngsi-ld:Device:{device}", "attributes": {"value": "o"}}
    (note,) = [one for one in check(configured(**shelly)) if one.rule == "ids"]
    assert "its topic prefix in place of its own name" in note.message
    (note,) = [one for one in check(configured(id="urn:ngsi-ld:Device:{dev_eui}")) if one.rule == "ids"]
    assert "0A-0B-0C-0D-0E-0F-00-01 becomes 0a0b0c0d0e0f0001" in note.message
    (note,) = [one for one in check(configured(ids=1)) if one.rule == "ids"]
    assert '{d}: "%", "#" and "?" in names become' in note.message
    assert not [one for one in check(configured(ids=2)) if one.rule == "ids"]
    assert not [one for one in check(configured()) if one.rule == "ids"]


def test_a_state_of_the_device_is_not_for_a_route_of_values() -> None:
    """Homie's $state is not a dead letter where no attribute takes it, and an attribute where one does."""
    homie = {"topic": "homie/{rest#}", "codec": "homie", "id": "urn:ngsi-ld:Device:{device}"}
    made = result(configured(**homie, attributes={"value": "value"}), "homie/5/dev1/$state", b"ready")
    assert (made.entities, made.failure) == ([], None)
    by_node = homie | {"id": "urn:ngsi-ld:Device:{node}"}
    made = result(configured(**by_node, attributes={"value": "value"}), "homie/5/dev1/$state", b"ready")
    assert (made.entities, made.failure) == ([], None)
    (entity,) = result(configured(**homie, attributes={"state": "state"}), "homie/5/dev1/$state", b"ready").entities
    assert entity["state"]["value"] == "ready"


def test_a_document_of_values_without_any_is_a_dead_letter_still() -> None:
    """Only what stands beside the values is left alone."""
    assert isinstance(result(configured(), "e/a", {"other": 1}).failure, Failure)


@pytest.mark.parametrize(
    "place",
    [
        {"lon": 3.7, "lat": 51.05},
        {"type": "Point", "coordinates": [3.7, 51.05]},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [3.7, 51.05]}, "properties": {}},
    ],
)
def test_a_place_as_open_data_portals_write_it(place: Any) -> None:
    """As an object of two numbers, as a geometry, or as a Feature around one."""
    config = configured(attributes={"location": {"from": "p", "kind": "GeoProperty"}})
    (entity,) = result(config, "e/a", {"p": place}).entities
    assert entity["location"]["value"] == {"type": "Point", "coordinates": [3.7, 51.05]}


def test_a_feature_without_a_geometry_is_told() -> None:
    """It is a dead letter that says so."""
    config = configured(attributes={"location": {"from": "p", "kind": "GeoProperty"}})
    failure = result(config, "e/a", {"p": {"type": "Feature", "geometry": None, "properties": {}}}).failure
    assert failure is not None
    assert "GeoJSON geometry belongs here" in failure.reason
