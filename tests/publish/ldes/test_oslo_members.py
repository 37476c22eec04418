"""Members in OSLO's words: one that is cast in a mould is what the writer writes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.publish import Policy, Report
from citycontext.publish.config import StreamSettings
from citycontext.publish.ldes import oslo_members
from citycontext.publish.ldes.oslo_members import OsloMembers

TIMES = st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z", "2026-01-01T00:30:00.5Z"])
UNITS = st.sampled_from(["GQ", "CEL", "C62", "XYZ"])
WHOLE = st.integers(-5, 5) | st.integers(-(2**63), 2**64 - 1)  # what JSON text is read to: larger ones are floats
BROKEN = st.floats(-9, 9) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.sampled_from(["good", "moderate", "5", "2026-01-01T00:00:00Z", "50 %s", 'a "quarter"', "Coupure é", ""])
ID = "urn:ngsi-ld:Some:1"
ADDRESSES = st.sampled_from(
    [
        "urn:ngsi-ld:D:1",
        "urn:ngsi-ld:D:2",
        ID,
        f"{ID}/sample",
        "http://qudt.org/vocab/unit/DEG_C",
        "https://x.example/a",
    ]
)
NAMES = {
    "AirQualityObserved": ["pm10", "no2", "temperature", "airQualityLevel", "relativeHumidity"],
    "NoiseLevelObserved": ["LAeq", "LAmax", "sonometerClass"],
    "TrafficFlowObserved": ["intensity", "occupancy", "averageVehicleSpeed", "vehicleType", "laneId"],
    "WasteContainer": ["fillingLevel", "temperature", "status", "serialNumber"],
    "OffStreetParking": ["availableSpotNumber", "totalSpotNumber", "occupiedSpotNumber", "occupancy", "description"],
    "DeviceMeasurement": ["numValue", "textValue", "controlledProperty", "unit"],
}
SHARED = ["name", "address", "seeAlso", "dateObserved", "dateObservedFrom", "dateObservedTo", "location", "unmapped"]
LINKS = ["refDevice", "refPointOfInterest", "refWeatherObserved"]


@st.composite
def skeletons(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an entity with strategies in place of the values that its readings have each for itself."""
    entity_type = draw(st.sampled_from(sorted(NAMES)))
    names = draw(st.lists(st.sampled_from([*NAMES[entity_type], *SHARED, *LINKS]), min_size=1, unique=True))
    wire: dict[str, Any] = {"id": st.sampled_from([ID, "urn:ngsi-ld:Some:2"]), "type": entity_type}
    for name in names:
        wire[name] = instance = draw(_instances(name))
        if draw(st.integers(0, 9)) == 0:
            wire[name] = [instance, {**draw(_instances(name)), "datasetId": "urn:ngsi-ld:Dataset:1"}]
    return wire


@st.composite
def _instances(draw: st.DrawFn, name: str) -> dict[str, Any]:
    if name in LINKS:
        instance: dict[str, Any] = {"type": "Relationship", "object": draw(st.just(ADDRESSES) | st.just([ADDRESSES]))}
    elif name == "location":
        position = draw(st.sampled_from([[st.floats(2, 6), st.floats(49, 52)], [st.integers(2, 6), st.floats(49, 52)]]))
        instance = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": position}}
    elif name == "address":
        instance = {"type": "Property", "value": {"streetAddress": TEXTS, "postalCode": "9000", "odd": 1}}
    elif name == "name" and draw(st.booleans()):
        instance = {"type": "LanguageProperty", "languageMap": {"nl": TEXTS, "en": TEXTS}}
    elif name.startswith("date"):
        value = draw(st.sampled_from([TIMES, st.tuples(TIMES, TIMES).map("/".join)]))
        instance = {"type": "Property", "value": value}
    else:
        value = draw(st.sampled_from([WHOLE, BROKEN, TEXTS, TIMES, st.booleans(), ["x", "y"]]))
        instance = {"type": "Property", "value": value}
    link = {"type": "Relationship", "object": ADDRESSES}
    extras = {
        "unitCode": draw(UNITS),
        "observedAt": TIMES,
        "observedBy": link,
        "procedure": link,
        "resultTime": {"type": "Property", "value": TIMES},
        "accuracy": {"type": "Property", "value": BROKEN},
        "odd": {"type": "Property", "value": 1},
    }
    chosen = draw(st.lists(st.sampled_from(sorted(extras)), max_size=3, unique=True))
    return instance | {extra: extras[extra] for extra in chosen}


def filled(draw: Any, skeleton: Any) -> Any:
    """Draw the values of one reading."""
    if isinstance(skeleton, st.SearchStrategy):
        return draw(skeleton)
    if isinstance(skeleton, dict):
        return {name: filled(draw, one) for name, one in skeleton.items()}
    return [filled(draw, one) for one in skeleton] if isinstance(skeleton, list) else skeleton


@pytest.mark.parametrize("profile", ["observaties-en-metingen", "sosa", "energie"])
@given(data=st.data(), skeleton=skeletons())
def test_what_is_cast_is_what_is_written(profile: str, data: st.DataObject, skeleton: dict[str, Any]) -> None:
    """Of readings that share an outline each gives the bytes, and all give the findings, that they give alone."""
    settings = StreamSettings(url="https://data.stad.example/stream", members=profile)
    policy = Policy(
        {skeleton["type"]: [name for name in skeleton if name not in ("id", "type")] + sub_attributes(skeleton)}
    )
    alone, together = Report(), Report()
    members = OsloMembers(settings, together)
    for _ in range(4):
        cleared = policy.clear(filled(data.draw, skeleton), Report())
        at = data.draw(st.integers(0, 2_000_000_000_000_000))
        if cleared is None:
            continue
        expected = OsloMembers(settings, alone).version(deepcopy(cleared), at)
        assert members.version(cleared, at) == expected
    assert list(together) == list(alone)


def sub_attributes(skeleton: dict[str, Any]) -> list[str]:
    """List all sub-attributes that there may be, for the policy."""
    subs = ("observedBy", "procedure", "resultTime", "accuracy", "odd")
    return [f"{name}.{sub}" for name in skeleton if name not in ("id", "type") for sub in subs]


def reading(number: int) -> dict[str, Any]:
    """Make a reading of one of three stations."""
    when = f"2026-01-01T{number:02d}:00:00Z"
    return {
        "id": f"urn:ngsi-ld:AirQualityObserved:{number % 3}",
        "type": "AirQualityObserved",
        "dateObserved": {"type": "Property", "value": when},
        "pm10": {"type": "Property", "value": number + 0.5, "unitCode": "GQ", "observedAt": when},
    }


def test_the_writer_is_asked_for_the_first_readings_only(monkeypatch) -> None:
    """Two readings are written to know an outline, and marked twice to make its mould; twenty more need no writer."""
    calls = []
    write = oslo_members.to_oslo
    monkeypatch.setattr(oslo_members, "to_oslo", lambda *given, **named: calls.append(1) or write(*given, **named))
    report = Report()
    members = OsloMembers(StreamSettings(url="https://data.stad.example/air", members="sosa"), report)
    policy = Policy({"AirQualityObserved": ["dateObserved", "pm10"]})
    made = [members.version(policy.clear(reading(number), report), number) for number in range(22)]
    assert len(calls) == 4
    assert len({one.body for one in made if one is not None}) == 22


def test_moulds_are_not_kept_without_end(monkeypatch) -> None:
    """Outlines that never come again are forgotten in the end."""
    monkeypatch.setattr(oslo_members, "_MOST_MOULDS", 10)
    members = OsloMembers(StreamSettings(url="https://data.stad.example/air", members="sosa"), Report())
    policy = Policy({"AirQualityObserved": ["dateObserved", "pm10"]})
    for number in range(24):
        one = reading(number)
        one["pm10"]["unitCode"] = f"X{number}"
        members.version(policy.clear(one, Report()), number)
        assert len(members._moulds) <= 10
