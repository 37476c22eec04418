"""Checks before any message: attributes, kinds, types and units against entity models, and overlapping topics."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.rehearsal.checks import check
from citycontext.broker.documents.admission import check_document
from citycontext.errors import InvalidEntity
from citycontext.ngsild.attribute_base import RESERVED_NAMES, free_name
from citycontext.ngsild.context import Context
from citycontext.ngsild.findings import Finding, Severity


def findings(*attributes: dict[str, Any], **route: Any) -> list[Finding]:
    """Check a configuration of one route for each set of attributes."""
    routes = [
        {
            "name": f"r{number}",
            "topic": f"t{number}/{{x}}",
            "type": "OffStreetParking",
            "id": "urn:ngsi-ld:OffStreetParking:{x}",
            "observed_at": "at",
            "attributes": one,
        }
        | route
        for number, one in enumerate(attributes)
    ]
    given = {
        "ids": 2,
        "mqtt": {"url": "mqtt://localhost"},
        "context_broker": {"url": "http://localhost"},
        "route": routes,
    }
    return check(BridgeConfig.from_dict(given))


def test_a_good_route_has_no_findings() -> None:
    """Names, kinds and types as the model has them."""
    assert findings({"availableSpotNumber": {"from": "n", "datatype": "integer"}, "name": "name"}) == []


@pytest.mark.parametrize(
    ("attributes", "route", "severity", "path", "says"),
    [
        ({"availableSpotNumbr": "n"}, {}, "warning", "attributes.availableSpotNumbr", 'mean "availableSpotNumber"'),
        ({"location": "where"}, {}, "error", "attributes.location.kind", "the model has a GeoProperty here"),
        ({"name": {"object": "urn:x:{x}"}}, {}, "error", "attributes.name.kind", "a Property here, not a Relationship"),
        (
            {"availableSpotNumber": {"from": "n", "datatype": "text"}},
            {},
            "error",
            "attributes.availableSpotNumber.datatype",
            "the model has",
        ),
        ({"averageSpotWidth": {"from": "w", "unit": "CMT"}}, {}, "warning", "unit", 'from_unit = "CMT", unit = "MTR"'),
        ({"averageSpotWidth": {"from": "w", "unit": "KGM"}}, {}, "warning", "unit", "another quantity"),
        ({"averageSpotWidth": "w"}, {}, "note", "unit", 'say unit = "MTR"'),
        ({"averageSpotWidth": {"from": "w", "unit": "XYZ9"}}, {}, "error", "unit", "XYZ9"),
        ({"value": "n"}, {}, "warning", "attributes.value", 'such as "measuredValue"'),
        ({"value": "n"}, {"type": "Device"}, "warning", "attributes.value", "though Device has it"),
        ({"unitCode": "n"}, {}, "warning", "attributes.unitCode", "keeps the name for itself"),
        ({"previousValue": "n"}, {}, "warning", "attributes.previousValue", "CIM 009, 4.5.1"),
        ({"name": "n"}, {"type": "OfStreetParking"}, "warning", "type", "OffStreetParking"),
        ({"name": "n"}, {"model": "no.such.module:Thing"}, "error", "model", "cannot be imported"),
        ({"name": "n"}, {"model": "Parking.NoSuchThing"}, "error", "model", "NoSuchThing"),
        ({"name": "n"}, {"qos": 0}, "warning", "qos", "are lost"),
        ({"name": "n"}, {"observed_at": []}, "note", "observed_at", "time of arrival"),
    ],
)
def test_what_is_wrong_is_found(
    attributes: dict[str, Any], route: dict[str, Any], severity: str, path: str, says: str
) -> None:
    """One finding for each fault, with severity, place and cure."""
    found = findings(attributes, **route)
    assert len(found) == 1, found
    assert found[0].severity == severity
    assert found[0].path.startswith('route "r0".')
    assert found[0].path.endswith(path)
    assert says in found[0].message


def test_a_place_is_a_geo_property_without_a_model_too() -> None:
    """A context broker takes location, observationSpace and operationSpace as GeoProperties only."""
    found = findings({"location": "n", "observationSpace": {"longitude": "x", "latitude": "y"}}, type="Shed")
    errors = [one for one in found if one.severity is Severity.ERROR]
    assert [one.path for one in errors] == ['route "r0".attributes.location.kind']
    assert "refuses a Property" in errors[0].message


def test_a_command_of_a_reserved_name_is_warned_of() -> None:
    """Nobody could give it: the context broker refuses the attribute."""
    given = {
        "ids": 2,
        "mqtt": {"url": "mqtt://localhost"},
        "context_broker": {"url": "http://localhost"},
        "route": [{"topic": "s", "type": "T", "id": "urn:x:1", "attributes": {"v": "v"}}],
        "command": [{"type": "T", "id": "urn:x:{d}", "attribute": "value", "topic": "t/{d}"}],
    }
    (found,) = [one for one in check(BridgeConfig.from_dict(given)) if one.rule == "reserved"]
    assert found.path.endswith(".attribute")
    assert 'such as "measuredValue"' in found.message


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_each_name_that_is_warned_of_is_refused_by_a_broker(name: str) -> None:
    """What check warns of is what the local broker refuses, and the name that it offers is taken."""
    with pytest.raises(InvalidEntity):
        _admit(name)
    _admit(free_name(name))


def _admit(name: str) -> None:
    document = {"id": "urn:x:1", "type": ["T"], Context.core().expand(name): {"type": "Property", "value": 1}}
    check_document(document, "none")


def test_a_model_can_be_named_in_two_ways() -> None:
    """By class, and by subject and type."""
    for model in ("citycontext.models.parking:OffStreetParking", "Parking.OffStreetParking"):
        (found,) = findings({"nam": "n"}, model=model)
        assert 'has no attribute "nam"' in found.message


def test_overlapping_topics_are_noted() -> None:
    """A message that goes through two routes may be meant, or not."""
    found = findings({"name": "n"}, {"name": "n"}, topic="same/{x}")
    assert [one.rule for one in found] == ["overlap"]
    assert 'go through route "r0" too' in found[0].message


def memory(route: dict[str, Any], late: str | None = "pass", share: str | None = None) -> list[tuple[str, str, str]]:
    """Check a route; gives severity, rule and message of what concerns earlier messages."""
    given = {
        "mqtt": {"url": "mqtt://localhost", "share": share},
        "context_broker": {"url": "http://localhost"},
        "delivery": {} if late is None else {"late": late},
        "route": [
            {
                "topic": "t/{x}",
                "type": "OffStreetParking",
                "id": "urn:ngsi-ld:OffStreetParking:{x}",
                "observed_at": "at",
                "attributes": {"name": "name"},
            }
            | route
        ],
    }
    rules = ("late", "dedup", "overlay")
    return [(one.severity, one.rule, one.message) for one in check(BridgeConfig.from_dict(given)) if one.rule in rules]


@pytest.mark.parametrize(
    ("given", "severity", "says"),
    [
        ({"route": {"observed_at": []}, "late": "drop"}, "warning", "without observed_at nothing is ever late"),
        ({"route": {}, "late": "temporal", "share": "g"}, "warning", "knows only what it sent itself"),
        ({"route": {}, "late": None, "share": "g"}, "warning", "older may overwrite newer"),
        ({"route": {"dedup": ["f_cnt"]}}, "error", 'add what names the device, e.g. dedup = ["dev_eui", "f_cnt"]'),
        ({"route": {"dedup": "uplink.fCnt"}}, "error", "is a counter"),
        ({"route": {"dedup": "deduplicationId"}, "share": "g"}, "warning", "repetitions may pass"),
        ({"route": {"overlay": True}}, "note", "overlay changes nothing"),
        (
            {"route": {"overlay": True, "attributes": {"name": {"value": "{a} {b}"}}}, "share": "g"},
            "warning",
            "knows only the parts it saw",
        ),
    ],
)
def test_what_a_route_cannot_remember_is_found(given: dict[str, Any], severity: str, says: str) -> None:
    """Settings that look at earlier messages, where there is nothing to see or something is overlooked."""
    (found,) = memory(**given)
    assert found[0] == severity
    assert says in found[2]


@pytest.mark.parametrize(
    "route",
    [
        {"dedup": ["dev_eui", "f_cnt"]},
        {"dedup": "deduplicationId"},
        {"overlay": True, "attributes": {"location": {"longitude": "x", "latitude": "y"}}},
        {"overlay": True, "attributes": {"name": "[a, b] | join(' ', @)"}},
    ],
)
def test_good_settings_are_left_in_peace(route: dict[str, Any]) -> None:
    """No finding where all is as it should be."""
    assert memory(route, late="drop") == []


def test_announcements_that_are_not_let_in_are_found() -> None:
    """Home Assistant and Homie describe themselves in retained messages."""
    given = {
        "mqtt": {"url": "mqtt://localhost", "retained": "ignore"},
        "context_broker": {"url": "http://localhost"},
        "route": [
            {
                "topic": ["homeassistant/#", "z/#"],
                "codec": "home-assistant",
                "type": "OffStreetParking",
                "id": "urn:ngsi-ld:OffStreetParking:{device}",
                "attributes": {"name": "value"},
            }
        ],
    }
    assert [one.severity for one in check(BridgeConfig.from_dict(given)) if one.rule == "retained"] == ["error"]


def test_commands_of_several_bridges_are_noted() -> None:
    """Each would carry them out."""
    given = {
        "mqtt": {"url": "mqtt://localhost", "share": "g"},
        "context_broker": {"url": "http://localhost"},
        "route": [{"topic": "s", "type": "T", "id": "urn:x:1", "attributes": {"v": "v"}}],
        "command": [{"type": "T", "id": "urn:x:{d}", "attribute": "a", "topic": "t/{d}"}],
    }
    (found,) = [one for one in check(BridgeConfig.from_dict(given)) if one.rule == "command"]
    assert found.path == 'command "T.a"'
    assert "give commands to one bridge only" in found.message


@pytest.mark.parametrize(
    ("topic", "says"),
    [
        ("spBv1.0/{g}/DDATA/{e}/{x}", "no topic of the route takes births"),
        ("spBv1.0/{g}/+/{e}/{x}", None),
        (["spBv1.0/{g}/DBIRTH/{e}/{x}", "spBv1.0/{g}/DDATA/{e}/{x}"], None),
        ("spBv1.0/{x#}", None),
    ],
)
def test_a_route_of_sparkplug_needs_births(topic: Any, says: str | None) -> None:
    """Without them every message would be a dead letter."""
    found = [one for one in findings({"name": "n"}, topic=topic, codec={"name": "sparkplug-b"}) if one.rule == "births"]
    assert [says in one.message for one in found if says is not None] == ([True] if says else [])
    assert bool(found) == (says is not None)


@pytest.mark.parametrize(
    ("type_name", "severity"), [("AirQualityObsrved", Severity.WARNING), ("GateOfOurOwn", Severity.NOTE)]
)
def test_a_misspelt_type_is_warned_of(type_name: str, severity: Severity) -> None:
    """A type that is nearly that of a model is told with the one that is meant; a name of one's own is a note."""
    given = {
        "mqtt": {"url": "mqtt://localhost"},
        "context_broker": {"url": "http://localhost:1026"},
        "route": [{"topic": "a/{b}", "type": type_name, "id": "urn:ngsi-ld:X:{b}", "attributes": {"t": "t"}}],
    }
    found = [one for one in check(BridgeConfig.from_dict(given)) if one.path.endswith(".type")]
    assert [one.severity for one in found] == [severity]
    assert ("did you mean AirQualityObserved" in found[0].message) == (severity is Severity.WARNING)


@pytest.mark.parametrize(
    ("topic", "result", "said"),
    [
        ("gate/{device}/set", {"topic": "gate/{device}/result"}, None),
        ("gate/{device}/set", {"topic": "gate/result"}, "one topic for all entities"),
        ("gate/{device}/set", {"topic": "gate/+/result"}, "has wildcards"),
        ("gate/{device}/set", {"topic": "gate/{device}/set"}, "its own command for the answer"),
        ("gate/{device}/set", {"topic": "gate/{device}/set", "when": "done"}, None),
    ],
)
def test_results_that_cannot_match_are_warned_of(topic: str, result: dict[str, str], said: str | None) -> None:
    """A topic of results must say whose answer it is, and not be the command's own."""
    given = {
        "mqtt": {"url": "mqtt://localhost"},
        "context_broker": {"url": "http://localhost:1026"},
        "route": [{"topic": "a/{b}", "type": "Gate", "id": "urn:ngsi-ld:Gate:{b}", "attributes": {"t": "t"}}],
        "command": [
            {"type": "Gate", "id": "urn:ngsi-ld:Gate:{device}", "attribute": "open", "topic": topic, "result": result}
        ],
    }
    found = [one.message for one in check(BridgeConfig.from_dict(given)) if one.rule == "results"]
    assert (found == []) if said is None else (len(found) == 1 and said in found[0])
