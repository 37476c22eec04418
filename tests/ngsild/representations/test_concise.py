"""The concise form: nothing that can be told from the rest, nothing that cannot be told back."""

from __future__ import annotations

import pytest

from citycontext.errors import InvalidEntity
from citycontext.ngsild.representations import concise


@pytest.mark.parametrize(
    ("attribute", "rendered"),
    [
        ({"type": "Property", "value": 5}, 5),
        ({"type": "Property", "value": {"street": "x"}}, {"street": "x"}),
        ({"type": "Property", "value": {"type": "PostalAddress"}}, {"value": {"type": "PostalAddress"}}),
        ({"type": "Property", "value": {"value": 5}}, {"value": {"value": 5}}),
        ({"type": "Property", "value": 5, "unitCode": "CEL"}, {"value": 5, "unitCode": "CEL"}),
        (
            {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3, 51]}},
            {"type": "Point", "coordinates": [3, 51]},
        ),
        (
            {"type": "Property", "value": {"type": "Point", "coordinates": [3, 51]}},
            {"type": "Property", "value": {"type": "Point", "coordinates": [3, 51]}},
        ),
        ({"type": "Relationship", "object": "urn:a:b"}, {"object": "urn:a:b"}),
        ({"type": "VocabProperty", "vocab": "x"}, {"vocab": "x"}),
        (
            [{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:a:b"}],
            [{"value": 1}, {"value": 2, "datasetId": "urn:a:b"}],
        ),
        (
            {"type": "Property", "value": 5, "by": {"type": "Property", "value": "x"}},
            {"value": 5, "by": "x"},
        ),
    ],
)
def test_attributes_are_rendered_and_read_back(attribute, rendered):
    """The concise form drops the type, keeps it only where it could not be told, and reads back."""
    wire = {"id": "urn:a:b", "type": "T", "a": attribute}
    assert concise.render(wire)["a"] == rendered
    assert concise.normalize(concise.render(wire)) == wire


def test_normalize_refuses_what_breaks_the_model():
    """The wire-level reading is strict: a broker refuses with path and clause."""
    with pytest.raises(InvalidEntity, match=r"a: 'Circle' is not an attribute type.*4\.5\.2\.3"):
        concise.normalize({"id": "urn:a:b", "type": "T", "a": {"type": "Circle"}})


def test_a_lone_instance_keeps_its_list():
    """A list of one instance stays normalized: without its type it would read as a Property's value."""
    wire = {"a": [{"type": "Relationship", "object": "urn:a:b"}]}
    assert concise.render(wire) == wire
    assert concise.normalize(concise.render(wire), fragment=True) == wire
