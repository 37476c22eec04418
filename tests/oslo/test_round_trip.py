"""Nothing is lost between NGSI-LD and OSLO that the loss report does not name."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.models import describe
from citycontext.ngsild import Entity
from citycontext.ngsild.time import format_datetime
from citycontext.oslo import ISO, SOSA, LossKind, from_oslo, read_text, to_oslo
from strategies import datetimes, geometries, language_maps, uris

TYPES = [
    "AirQualityObserved",
    "NoiseLevelObserved",
    "OffStreetParking",
    "ParkingSpot",
    "TrafficFlowObserved",
    "WeatherObserved",
    "WasteContainer",
    "Streetlight",
    "EVChargingStation",
    "DeviceMeasurement",
    "WaterQualityObserved",
]
UNITS = st.sampled_from(["GQ", "CEL", "C62", "P1", "2N", "XYZ", "°C", "MTR", "HPA", "NA"])
TEXTS = st.text(min_size=1, max_size=8).filter(str.isprintable)
TIMES = datetimes.map(format_datetime)


@st.composite
def member_values(draw: st.DrawFn, attribute: Any) -> Any:
    """Draw a value that the model allows, and now and then one that it does not."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.sampled_from([1, "x", True, [], {"a": 1}, ["x", "x"], -0.5, 1e30, "2024-05-01"]))
    options = list(attribute.enumeration)
    kinds = attribute.json_types
    if options:
        one = st.sampled_from(options)
        if "array" in kinds:
            return draw(st.lists(one, min_size=1, max_size=3))
        return draw(one)
    if attribute.format == "date-time":
        return draw(TIMES)
    kind = draw(st.sampled_from(kinds))
    return draw(
        {
            "number": st.floats(0, 1) | st.integers(0, 500) | st.floats(allow_nan=False, allow_infinity=False),
            "integer": st.integers(0, 2000),
            "boolean": st.booleans(),
            "array": st.lists(TEXTS, max_size=3),
            "object": st.dictionaries(
                st.sampled_from(["streetAddress", "postalCode", "name", "addressLocality", "type"]), TEXTS, max_size=3
            ),
        }.get(kind, TEXTS)
    )


@st.composite
def instances(draw: st.DrawFn, attribute: Any, dataset: bool) -> dict[str, Any]:
    """Draw an instance of an attribute, perhaps with unit, time, sensor and sub-attributes."""
    if attribute.kind == "GeoProperty":
        wire: dict[str, Any] = {"type": "GeoProperty", "value": draw(geometries)}
    elif attribute.kind == "Relationship":
        wire = {"type": "Relationship", "object": draw(uris | st.lists(uris, min_size=1, max_size=3))}
    elif draw(st.integers(0, 9)) == 0:
        wire = {"type": "LanguageProperty", "languageMap": draw(language_maps)}
    else:
        wire = {"type": "Property", "value": draw(member_values(attribute))}
    extras = {
        "unitCode": UNITS,
        "observedAt": TIMES,
        "observedBy": uris.map(lambda uri: {"type": "Relationship", "object": uri}),
        "procedure": uris.map(lambda uri: {"type": "Relationship", "object": uri}),
        "resultTime": TIMES.map(lambda text: {"type": "Property", "value": text}),
        "accuracy": st.floats(0, 1).map(lambda number: {"type": "Property", "value": number}),
        "reliability": st.just({"type": "Property", "value": 0.5, "unitCode": "P1"}),
        "note": TEXTS.map(lambda text: {"type": "Property", "value": text}),
    }
    if dataset:
        wire["datasetId"] = draw(uris)
    for name in draw(st.lists(st.sampled_from(sorted(extras)), max_size=3, unique=True)):
        wire[name] = draw(extras[name])
    return wire


@st.composite
def city_entities(draw: st.DrawFn, entity_type: str) -> Entity:
    """Draw an entity of a model: the attributes that tables know, and others."""
    model = describe(entity_type)
    wire: dict[str, Any] = {"id": f"urn:ngsi-ld:{entity_type}:{draw(st.integers(0, 99))}", "type": entity_type}
    names = draw(st.lists(st.sampled_from(sorted(model.attributes)), min_size=1, max_size=8, unique=True))
    for name in dict.fromkeys([*model.required, *names]):
        if draw(st.integers(0, 9)) == 0 and name in model.required:
            continue
        attribute = model.attributes[name]
        first = draw(instances(attribute, dataset=False))
        if draw(st.integers(0, 9)) == 0:
            wire[name] = [first, draw(instances(attribute, dataset=True))]
        else:
            wire[name] = first
    if draw(st.integers(0, 3)) == 0:
        wire["occupancyModified"] = {"type": "Property", "value": draw(TIMES)}
        for name in ("occupancy", "availableSpotNumber"):
            if name in wire and isinstance(wire[name], dict) and draw(st.booleans()):
                wire[name]["observedAt"] = wire["occupancyModified"]["value"]
    if draw(st.integers(0, 9)) == 0:
        wire["scope"] = "/Gent"
    return Entity.from_dict(wire)


@pytest.mark.parametrize("profile", [ISO.name, SOSA.name])
@pytest.mark.parametrize("entity_type", TYPES)
@given(data=st.data())
def test_what_is_not_reported_lost_comes_back(without, entity_type, profile, data):
    """An entity written as triples and read again is itself, but for what the report of writing names."""
    entity = data.draw(city_entities(entity_type))
    before = deepcopy(entity.wire)
    written = to_oslo(entity, profile=profile)
    assert entity.wire == before
    losses = [loss for loss in written.report if loss.subject == entity.id]
    assert all(loss.reason for loss in losses)
    reading = from_oslo(read_text(written.to_n_triples(), "application/n-triples"))
    found = [one for one in reading.entities if one.type == entity_type]
    assert len(found) == 1
    assert found[0].id == entity.id
    assert without(found[0].wire, losses) == without(entity.wire, losses)
    assert not reading.report.of(LossKind.LOST, LossKind.REFUSED, LossKind.CHANGED), str(reading.report)


@pytest.mark.parametrize("profile", [ISO.name, SOSA.name])
def test_a_measurement_of_a_number_and_a_text_stays_one(profile):
    """Without a controlledProperty, number and text of a measurement are still of one property and one entity."""
    wire = {
        "id": "urn:ngsi-ld:DeviceMeasurement:0",
        "type": "DeviceMeasurement",
        "textValue": {"type": "Property", "value": "0"},
        "numValue": {"type": "Property", "value": 1},
    }
    written = to_oslo(Entity.from_dict(wire), profile=profile)
    (found,) = from_oslo(read_text(written.to_n_triples(), "application/n-triples")).entities
    assert (found.id, found["numValue"].value, found["textValue"].value) == (wire["id"], 1, "0")


def test_an_occupancy_that_has_no_percent():
    """A number that is finite, but not a hundred times it, stays what was observed; nothing breaks."""
    wire = {
        "id": "urn:ngsi-ld:OffStreetParking:1",
        "type": "OffStreetParking",
        "occupancy": {"type": "Property", "value": 1.797693134862316e306},
    }
    written = to_oslo(Entity.from_dict(wire))
    (found,) = from_oslo(read_text(written.to_n_triples(), "application/n-triples")).entities
    assert found["occupancy"].value == 1.797693134862316e306
