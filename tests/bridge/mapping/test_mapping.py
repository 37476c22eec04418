"""The mapping: what a route makes of a message, and what it says where it can make nothing of it."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.mapping.mapping import RouteMapping
from citycontext.errors import ConfigurationError, MappingError

ARRIVED = 1_714_557_600.0  # 2024-05-01T10:00:00Z


def compiled(attributes: dict[str, Any], **more: Any) -> RouteMapping:
    """Compile a route; ``clock`` goes to the configuration, all else into the route."""
    clock = more.pop("clock", {})
    route = {
        "name": "route",
        "topic": "sensors/{device}",
        "type": "Device",
        "id": "urn:ngsi-ld:Device:{device}",
        "attributes": attributes,
    } | more
    if "entity" in route:
        for key in ("type", "id", "attributes"):
            del route[key]
    config = BridgeConfig.from_dict(
        {
            "mqtt": {"url": "mqtt://localhost"},
            "context_broker": {"url": "http://localhost"},
            "clock": clock,
            "route": [route],
        }
    )
    return RouteMapping(config.route[0], config.clock)


def mapped(attributes: dict[str, Any], document: Any, **more: Any) -> list[dict[str, Any]]:
    """Map a document."""
    return compiled(attributes, **more).map(document, {"device": "7"}, ARRIVED)


def attribute(given: Any, document: Any, **more: Any) -> dict[str, Any]:
    """Map a document to one attribute."""
    (entity,) = mapped({"it": given}, document, **more)
    found: dict[str, Any] = entity["it"]
    return found


def test_a_whole_entity() -> None:
    """Id from the topic, unit, time of observation, and the order of the route."""
    (entity,) = mapped(
        {"temperature": {"from": "t", "unit": "CEL"}, "name": "n", "floor": 3},
        {"t": 21.5, "n": "Kouter", "at": "2024-05-01T09:59:58Z"},
        observed_at="at",
        scope="/Gent/{device}",
    )
    assert entity == {
        "id": "urn:ngsi-ld:Device:7",
        "type": "Device",
        "scope": "/Gent/7",
        "temperature": {"type": "Property", "value": 21.5, "unitCode": "CEL", "observedAt": "2024-05-01T09:59:58Z"},
        "name": {"type": "Property", "value": "Kouter", "observedAt": "2024-05-01T09:59:58Z"},
        "floor": {"type": "Property", "value": 3},
    }


@pytest.mark.parametrize(
    ("given", "said", "value"),
    [
        ({"from": "v", "scale": 0.1}, 215, 21.5),
        ({"from": "v", "scale": 0.1, "offset": -40}, 615, 21.5),
        ({"from": "v", "scale": -0.0005, "offset": 1}, 500, 0.75),
        ({"from": "v", "scale": 10, "datatype": "integer"}, 4, 40),
        ({"from": "v", "datatype": "integer"}, 4.0, 4),
        ({"from": "v", "datatype": "number", "from_text": True}, " 21.50 ", 21.5),
        ({"from": "v", "datatype": "integer", "from_text": True}, "42", 42),
        ({"from": "v", "datatype": "boolean", "from_text": True}, "TRUE", True),
        ({"from": "v", "datatype": "boolean", "from_text": True}, 0, False),
        ({"from": "v", "lookup": {"0": "ok", "1": "low"}}, 1, "low"),
        ({"from": "v", "lookup": {"true": "open"}, "lookup_default": "closed"}, False, "closed"),
        ({"from": "v", "minimum": 0, "maximum": 1}, 1, 1),
        ({"from": "v", "default": 0, "unit": "C62"}, None, 0),
        ({"from": ["x", "v"]}, 5, 5),
        ({"from": "v"}, False, False),
        ({"from": "v"}, 0, 0),
        ({"from": "v"}, [1, 2], [1, 2]),
        (
            {"from": "v", "datatype": "datetime", "format": "%d/%m/%Y %H:%M", "zone": "Europe/Brussels"},
            "01/05/2024 12:00",
            {"@type": "DateTime", "@value": "2024-05-01T10:00:00Z"},
        ),
    ],
)
def test_values(given: dict[str, Any], said: Any, value: Any) -> None:
    """Scale, offset, type, text, tables, bounds, defaults and candidates."""
    found = attribute(given, {"v": said})["value"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("given", "said", "reason"),
    [
        ({"from": "v", "unit": "CEL"}, "warm", "a number belongs here, but the message says the text 'warm'"),
        ({"from": "v", "unit": "CEL"}, "21.5", "set from_text = true"),
        ({"from": "v", "unit": "CEL"}, True, "a number belongs here, but the message says True"),
        ({"from": "v", "unit": "CEL", "from_text": True}, "1e999", "the text '1e999'|says inf"),
        ({"from": "v", "datatype": "integer"}, 4.5, "a whole number belongs here"),
        ({"from": "v", "scale": 1000}, 1e308, "larger than any number can be"),
        ({"from": "v", "datatype": "text"}, 4.5, "text belongs here"),
        ({"from": "v", "datatype": "boolean"}, "yes", "true or false belongs here"),
        ({"from": "v", "lookup": {"0": "ok"}}, 7, "7 is not in the lookup table"),
        ({"from": "v", "minimum": 0}, -1, "-1 is below the minimum of 0"),
        ({"from": "v", "maximum": 1}, 1.5, "1.5 is above the maximum of 1"),
        ({"from": "v", "required": True}, None, "the message has no value at v"),
        ({"from": "v", "kind": "Relationship"}, "not a uri", "the id of an entity"),
        ({"from": "v", "kind": "GeoProperty"}, [91, 91], "91 is not a latitude"),
        ({"from": "v", "kind": "GeoProperty"}, [1], "GeoJSON geometry belongs here"),
        ({"from": "v", "kind": "GeoProperty"}, {"type": "Point", "coordinates": ["a", 1]}, "belongs into longitude"),
        ({"from": "v", "kind": "LanguageProperty"}, "hallo", "an object of languages"),
        ({"from": "v", "kind": "ListProperty"}, 3, "an array belongs here"),
        ({"from": "v", "datatype": "datetime"}, "noon", "'noon' is not a time"),
    ],
)
def test_a_wrong_value_names_attribute_and_value(given: dict[str, Any], said: Any, reason: str) -> None:
    """The error is for a person who knows the sensor, not the code."""
    with pytest.raises(MappingError, match=reason) as caught:
        attribute(given, {"v": said, "other": 1})
    assert caught.value.attribute == "it"
    assert caught.value.route == "route"


def test_a_value_that_means_nothing_is_left_out() -> None:
    """``ignore`` makes -1 and "n/a" the same as no value; the rest of the entity is written."""
    (entity,) = mapped({"a": {"from": "a", "ignore": [-1, "n/a"]}, "b": "b"}, {"a": -1, "b": 2})
    assert "a" not in entity
    assert entity["b"]["value"] == 2


def test_kinds_of_attributes() -> None:
    """GeoProperty, Relationship, LanguageProperty, JsonProperty and several instances by datasetId."""
    (entity,) = mapped(
        {
            "location": {"longitude": "lon", "latitude": "lat", "altitude": "alt"},
            "area": {"value": {"type": "Point", "coordinates": [3.7, 51.0]}},
            "device": {"object": "urn:ngsi-ld:Sensor:{serial}"},
            "label": {"from": "label", "kind": "LanguageProperty", "language": "nl"},
            "raw": {"from": "raw", "kind": "JsonProperty"},
            "level": {"from": "level", "dataset_id": "urn:ngsi-ld:dataset:{device}"},
            "note": {"value": "device {device}"},
        },
        {"lon": 3.72, "lat": 51.05, "alt": 8, "serial": "A 1", "label": "brug", "raw": {"x": 1}, "level": 3},
    )
    assert entity["location"]["value"] == {"type": "Point", "coordinates": [3.72, 51.05, 8]}
    assert entity["area"] == {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}}
    assert entity["device"]["object"] == "urn:ngsi-ld:Sensor:A%201"
    assert entity["label"]["languageMap"] == {"nl": "brug"}
    assert entity["raw"]["json"] == {"x": 1}
    assert entity["level"]["datasetId"] == "urn:ngsi-ld:dataset:7"
    assert entity["note"] == {"type": "Property", "value": "device 7"}


def test_latitude_and_longitude_given_the_wrong_way_round_are_noticed() -> None:
    """Where the numbers tell it: a latitude over 90 does not exist."""
    with pytest.raises(MappingError, match="the order is longitude, latitude"):
        attribute({"longitude": "lat", "latitude": "lon"}, {"lon": 139.7, "lat": 35.7})


def test_an_array_becomes_several_entities() -> None:
    """``each`` takes the members of an array, ``when`` those that are meant."""
    entities = mapped(
        {},
        {"spots": [{"id": 1, "free": True}, {"id": 2, "free": False}, {"id": 3, "out": True}]},
        entity=[
            {
                "type": "ParkingSpot",
                "id": "urn:ngsi-ld:ParkingSpot:{device}:{id}",
                "each": "spots",
                "when": "!out",
                "attributes": {"occupied": {"from": "free", "lookup": {"true": "no", "false": "yes"}}},
            }
        ],
    )
    assert [(entity["id"], entity["occupied"]["value"]) for entity in entities] == [
        ("urn:ngsi-ld:ParkingSpot:7:1", "no"),
        ("urn:ngsi-ld:ParkingSpot:7:2", "yes"),
    ]


def test_several_entities_and_conditions() -> None:
    """One message, two entities; a route's condition leaves whole messages alone."""
    entity = [
        {"type": "Device", "id": "urn:ngsi-ld:Device:{device}", "attributes": {"battery": "bat"}},
        {"type": "Room", "id": "urn:ngsi-ld:Room:{room}", "attributes": {"temperature": "t"}},
    ]
    document = {"bat": 0.5, "room": "kitchen", "t": 20, "test": False}
    assert [one["type"] for one in mapped({}, document, entity=entity)] == ["Device", "Room"]
    assert mapped({}, document | {"test": True}, entity=entity, when="!test") == []


@pytest.mark.parametrize(
    ("times", "document", "expected"),
    [
        ("at", {"at": "2024-05-01T12:00:00+02:00"}, "2024-05-01T10:00:00Z"),
        ("at", {"at": "2024-05-01T10:00:00.123456789Z"}, "2024-05-01T10:00:00.123456Z"),
        ("at", {"at": "2024-05-01T10:00:00.5Z"}, "2024-05-01T10:00:00.5Z"),
        ("at", {"at": 1714557600}, "2024-05-01T10:00:00Z"),
        ("at", {"at": 1714557600500}, "2024-05-01T10:00:00.500000Z"),
        (["missing", "at"], {"at": 1714557600}, "2024-05-01T10:00:00Z"),
        ({"from": "at", "zone": "Europe/Brussels"}, {"at": "2024-05-01T12:00:00"}, "2024-05-01T10:00:00Z"),
        ({"from": "at", "format": "%H:%M %d.%m.%y", "zone": "UTC"}, {"at": "10:00 01.05.24"}, "2024-05-01T10:00:00Z"),
        ({"from": "at", "format": "epoch-ms"}, {"at": "1714557600000"}, "2024-05-01T10:00:00Z"),
        ("at", {"at": "2024-W18-3T10:00:00Z"}, "2024-05-01T10:00:00Z"),
        ("missing", {}, "2024-05-01T10:00:00Z"),
    ],
)
def test_times(times: Any, document: dict[str, Any], expected: str) -> None:
    """Offsets, epochs, zones, patterns, candidates, and the arrival if absent."""
    assert attribute("v", document | {"v": 1}, observed_at=times)["observedAt"] == expected


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("1970-01-01T00:00:12Z", "the device's clock says 1970-01-01T00:00:12Z, before 2010-01-01: it was never set"),
        (12, "it was never set"),
        ("2024-05-01T13:00:00Z", "which is 3.0 hours in the future"),
        ("2031-01-01T00:00:00Z", "days in the future"),
        ("2024-05-01T10:00:00", "names no zone"),
        ("yesterday", "'yesterday' is not a time such as"),
        ({"a": 1}, "is not a time"),
        (1e300, "not a number of seconds"),
    ],
)
def test_a_wrong_clock_is_explained(said: Any, reason: str) -> None:
    """A clock that was never set, runs ahead, or says nothing readable."""
    with pytest.raises(MappingError, match=reason):
        attribute("v", {"v": 1, "at": said}, observed_at="at")


def test_a_wrong_clock_can_be_replaced_by_the_arrival() -> None:
    """``wrong = "arrival"`` trusts our clock instead."""
    found = attribute("v", {"v": 1, "at": 12}, observed_at="at", clock={"wrong": "arrival"})
    assert found["observedAt"] == "2024-05-01T10:00:00Z"


def test_a_message_with_nothing_of_the_route_says_what_it_holds() -> None:
    """Renamed members are found quickly when the error lists both sides."""
    with pytest.raises(MappingError, match=r"looked for temp; it holds battery, temperature"):
        mapped({"temperature": "temp"}, {"temperature": 21.5, "battery": 90})


def test_an_id_that_cannot_be_built_is_refused() -> None:
    """No value, no entity."""
    with pytest.raises(MappingError, match=r"\{serial\} in 'urn:ngsi-ld:Device:\{serial\}' has no value"):
        mapped({"v": "v"}, {"v": 1}, id="urn:ngsi-ld:Device:{serial}")


@pytest.mark.parametrize("document", [None, 3, "text", [], {"v": None}])
def test_documents_of_any_shape_are_refused_in_words(document: Any) -> None:
    """Nothing but ``MappingError`` comes out."""
    with pytest.raises(MappingError, match="no value for any attribute"):
        mapped({"v": "v"}, document)


def test_units_are_converted() -> None:
    """The device speaks Fahrenheit, the model Celsius."""
    pytest.importorskip("citycontext.ngsild.units")
    assert attribute({"from": "v", "from_unit": "FAH", "unit": "CEL"}, {"v": 212})["value"] == pytest.approx(100)
    with pytest.raises(ConfigurationError, match=r'route "route".attributes.it'):
        compiled({"it": {"from": "v", "from_unit": "FAH", "unit": "KGM"}})


def test_a_list_of_names_and_values_fans_out_to_attributes() -> None:
    """Sensor.Community and its like, by plain configuration."""
    (entity,) = mapped(
        {"pm10": {"from": ["values.SDS_P1", "values.P1"], "unit": "GQ", "from_text": True}, "signal": "values.signal"},
        {"sensordatavalues": [{"value_type": "SDS_P1", "value": "14.5"}, {"value_type": "signal", "value": "-69"}]},
        pivot={"from": "sensordatavalues", "name": "value_type", "value": "value"},
    )
    assert entity["pm10"]["value"] == 14.5
    assert entity["signal"]["value"] == "-69"


def test_a_list_in_each_member_and_what_stands_around_it() -> None:
    """Stations in an array, readings in a list, one time for all of them."""
    entities = mapped(
        {"temperature": "readings.t"},
        {
            "at": "2024-05-01T09:00:00Z",
            "town": "gent",
            "stations": [
                {"id": 1, "list": [{"n": "t", "v": 20}]},
                {"id": 2, "list": [{"n": "t", "v": 21}]},
            ],
        },
        id="urn:ngsi-ld:Device:{outer.town}:{id}",
        each="stations",
        pivot={"from": "list", "name": "n", "value": "v", "into": "readings"},
        observed_at="outer.at",
    )
    assert [(one["id"], one["temperature"]["value"]) for one in entities] == [
        ("urn:ngsi-ld:Device:gent:1", 20),
        ("urn:ngsi-ld:Device:gent:2", 21),
    ]
    assert {one["temperature"]["observedAt"] for one in entities} == {"2024-05-01T09:00:00Z"}


def test_a_pivot_that_cannot_be_is_a_mapping_error() -> None:
    """With the route's name."""
    with pytest.raises(MappingError, match="pivot: list gives 3, no list") as caught:
        mapped({"v": "values.v"}, {"list": 3}, pivot={"from": "list", "name": "n", "value": "v"})
    assert caught.value.route == "route"


@pytest.mark.parametrize(
    ("given", "said", "value"),
    [
        ({"datatype": "number"}, {"object": {}}, 0),
        ({"unit": "CEL", "scale": 0.1, "offset": -40}, {"object": {}}, -40),
        ({"datatype": "boolean"}, {"object": {"other": 1}}, False),
        ({"datatype": "text"}, {"object": {}}, ""),
        ({"lookup": {"0": "ok", "1": "low"}}, {"object": {}}, "ok"),
        ({"lookup": {"false": "shut", "true": "open"}}, {"object": {}}, "shut"),
        ({"datatype": "number"}, {"object": {"v": 5}}, 5),
        ({"datatype": "number"}, {}, None),
        ({"datatype": "number"}, {"object": None}, None),
    ],
)
def test_zeros_that_a_device_leaves_out(given: dict[str, Any], said: dict[str, Any], value: Any) -> None:
    """Read as zero where the object around is there; then scaled, converted, looked up as a zero that was said."""
    entity = mapped({"it": {"from": "object.v", "omits_zero": True} | given, "x": "x"}, said | {"x": 1})[0]
    assert (entity["it"]["value"] if "it" in entity else None) == value


def overlaid(attributes: dict[str, Any], *messages: dict[str, Any], **more: Any) -> list[Any]:
    """Map messages one after the other; gives for each the attributes written, or None."""
    mapping = compiled(attributes, overlay=True, **more)
    found: list[Any] = []
    for number, message in enumerate(messages):
        entities = mapping.map(message, {"device": "7"}, ARRIVED + number)
        found.append({name: one for name, one in entities[0].items() if type(one) is dict} if entities else None)
    return found


def test_parts_of_a_point_come_together() -> None:
    """Longitude in one message, latitude in another; nothing is written before both are known."""
    point = {"location": {"longitude": "gps.lon", "latitude": "gps.lat"}}
    found = overlaid(point, {"gps": {"lon": 3.7}}, {"gps": {"lat": 51.0}}, {"battery": 3}, {"gps": {"lon": 3.8}})
    assert [one and one["location"]["value"]["coordinates"] for one in found] == [None, [3.7, 51.0], None, [3.8, 51.0]]


def test_what_the_message_does_not_speak_of_is_not_written_as_if_it_were_new() -> None:
    """Only what was said, at the time it was said; an old time is not taken from an earlier message."""
    attributes = {"a": "a", "b": {"from": "b.v", "observed_at": "b.at"}, "c": {"value": 5}}
    first, second = overlaid(
        attributes,
        {"at": "2024-05-01T09:00:00Z", "a": 1, "b": {"v": 2, "at": "2024-05-01T08:00:00Z"}},
        {"b": {"v": 3}},
        observed_at="at",
    )
    assert {name: one["value"] for name, one in first.items()} == {"a": 1, "b": 2, "c": 5}
    assert first["b"]["observedAt"] == "2024-05-01T08:00:00Z"
    assert {name: one["value"] for name, one in second.items()} == {"b": 3, "c": 5}
    assert second["b"]["observedAt"] == "2024-05-01T10:00:01Z"


def test_conditions_and_links_see_the_whole_state() -> None:
    """A condition on what was said once, a template on what was said before."""
    entity = {
        "type": "Device",
        "id": "urn:ngsi-ld:Device:{device}",
        "when": "mode == 'auto'",
        "attributes": {
            "v": "v",
            "room": {"object": "urn:ngsi-ld:Room:{room}"},
            "need": {"from": "n", "required": True},
        },
    }
    found = overlaid(
        {}, {"mode": "auto", "n": 1, "room": 4, "v": 0}, {"v": 1}, {"mode": "off"}, {"v": 2}, entity=[entity]
    )
    assert [one and sorted(one) for one in found] == [["need", "room", "v"], ["v"], None, None]
    found = overlaid({"v": "v"}, {"mode": "auto", "v": 0}, {"v": 1}, {"mode": "off"}, {"v": 2}, when="mode == 'auto'")
    assert [one and sorted(one) for one in found] == [["v"], ["v"], None, None], "a condition of the route too"


def test_a_message_that_fails_leaves_no_trace() -> None:
    """A wrong part is not kept, so the next message is as good as without it."""
    mapping = compiled({"location": {"longitude": "lon", "latitude": "lat"}}, overlay=True)
    mapping.map({"lon": 3.7, "lat": 51.0}, {"device": "7"}, ARRIVED)
    with pytest.raises(MappingError, match="1000 is not a longitude"):
        mapping.map({"lon": 1000}, {"device": "7"}, ARRIVED + 1)
    (entity,) = mapping.map({"lat": 51.1}, {"device": "7"}, ARRIVED + 2)
    assert entity["location"]["value"]["coordinates"] == [3.7, 51.1]


def test_members_of_an_array_may_have_times_of_a_zone() -> None:
    """A route with ``each`` reads times that name no zone, in the zone that it names itself."""
    (bin_,) = mapped(
        {"it": "v"},
        {"bins": [{"id": "1", "v": 1, "at": "01/05/2024 12:00"}]},
        each="bins",
        id="urn:ngsi-ld:Device:{id}",
        observed_at={"from": "at", "format": "%d/%m/%Y %H:%M", "zone": "Europe/Brussels"},
    )
    assert bin_["it"]["observedAt"] == "2024-05-01T10:00:00Z"


@pytest.mark.parametrize("wrong", ["leave-out", "dead-letter"])
def test_a_member_of_nothing_does_not_lose_the_others(wrong: str) -> None:
    """Of an array's members one without a value is passed over; where none has one, the message is put aside."""
    each = {"each": "samples", "wrong": wrong}
    found = mapped({"it": "v"}, {"samples": [{"v": None}, {"v": 21.6}, {}]}, **each)
    assert [one["it"]["value"] for one in found] == [21.6]
    with pytest.raises(MappingError, match="no value for any attribute"):
        mapped({"it": "v"}, {"samples": [{"v": None}, {}]}, **each)


def test_a_wrong_value_in_one_member_is_left_out_alone() -> None:
    """With leave-out the other members are written; a route that wants whole messages still puts this one aside."""
    given = {"it": {"from": "v", "maximum": 100}}
    samples = {"samples": [{"v": 1000}, {"v": 21.6}]}
    found = mapped(given, samples, each="samples", wrong="leave-out")
    assert [one["it"]["value"] for one in found] == [21.6]
    with pytest.raises(MappingError, match="above the maximum"):
        mapped(given, samples, each="samples", wrong="dead-letter")
