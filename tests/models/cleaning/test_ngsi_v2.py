"""NGSIv2 payloads."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.models.cleaning.ngsi_v2 import from_ngsi_v2, is_ngsi_v2, ngsi_v2_attribute, ngsi_v2_types


@pytest.mark.parametrize(
    ("attribute", "written"),
    [
        ({"type": "Number", "value": 5}, {"type": "Property", "value": 5}),
        ({"type": "Text", "value": "a", "metadata": {}}, {"type": "Property", "value": "a"}),
        (
            {"type": "DateTime", "value": "2024-05-01T10:00:00Z"},
            {"type": "Property", "value": {"@type": "DateTime", "@value": "2024-05-01T10:00:00Z"}},
        ),
        (
            {"type": "geo:json", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
            {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
        ),
        (
            {"type": "geo:point", "value": "51.0, 3.7"},
            {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
        ),
        (
            {"type": "geo:line", "value": ["51.0,3.7", "51.1,3.8"]},
            {"type": "GeoProperty", "value": {"type": "LineString", "coordinates": [[3.7, 51.0], [3.8, 51.1]]}},
        ),
        ({"type": "geo:point", "value": "here"}, {"type": "Property", "value": "here"}),
        ({"type": "geo:point", "value": 5}, {"type": "Property", "value": 5}),
        ({"type": "geo:polygon", "value": ["51,3", "52,4"]}, {"type": "Property", "value": ["51,3", "52,4"]}),
        ({"type": "Relationship", "value": "urn:a:b"}, {"type": "Relationship", "object": "urn:a:b"}),
        ({"type": "Relationship", "value": "Road 1"}, {"type": "Property", "value": "Road 1"}),
        (
            {
                "type": "Number",
                "value": 5,
                "metadata": {
                    "unitCode": {"type": "Text", "value": "CEL"},
                    "timestamp": {"type": "DateTime", "value": "2024-05-01T10:00:00Z"},
                    "accuracy": {"type": "Number", "value": 0.1},
                    "type": {"type": "Text", "value": "x"},
                },
            },
            {
                "type": "Property",
                "value": 5,
                "unitCode": "CEL",
                "observedAt": "2024-05-01T10:00:00Z",
                "accuracy": {"type": "Property", "value": 0.1},
                "metadata": {"type": "Property", "value": {"type": {"type": "Text", "value": "x"}}},
            },
        ),
    ],
)
def test_an_attribute_becomes_one_of_ngsi_ld(attribute: dict[str, Any], written: dict[str, Any]) -> None:
    """By its type and value; geo:point and its kin put latitude first; no metadata is lost."""
    assert ngsi_v2_attribute(attribute) == written


def test_a_payload_is_told_from_ngsi_ld() -> None:
    """By its attributes: one of NGSI-LD is enough to be not an NGSIv2."""
    payload: dict[str, Any] = {"id": "a", "type": "T", "x": {"type": "Number", "value": 5}, "y": {"type": "Text"}}
    assert is_ngsi_v2(payload)
    assert ngsi_v2_types(payload) == ["Number"]
    assert from_ngsi_v2(payload) == {**payload, "x": {"type": "Property", "value": 5}}
    assert not is_ngsi_v2({**payload, "z": {"type": "Property", "value": 5}})
    assert not is_ngsi_v2({**payload, "z": [{"type": "Relationship", "object": "urn:a:b"}]})
    assert not is_ngsi_v2({"id": "a", "type": "T", "x": 5})
    assert not is_ngsi_v2({"id": "a", "type": "T", "x": {"value": 5}})
