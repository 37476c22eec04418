"""Entities from files."""

from __future__ import annotations

import orjson
import pytest

from citycontext.errors import ConfigurationError
from citycontext.publish import Report
from citycontext.publish.entity_files import read_entities


def test_every_shape_of_file(tmp_path, parkings) -> None:
    """Lines, a list, one entity and a FeatureCollection give the same entities."""
    entities = list(parkings(3))
    (tmp_path / "a.ndjson").write_bytes(b"\n\n".join(map(orjson.dumps, entities)))
    (tmp_path / "b.json").write_bytes(orjson.dumps(entities))
    features = [
        {"type": "Feature", "id": one["id"], "properties": {k: v for k, v in one.items() if k != "id"}}
        for one in entities
    ]
    (tmp_path / "c.geojson").write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    (tmp_path / "d.json").write_bytes(orjson.dumps(entities[0]))
    report = Report()
    for name in ("a.ndjson", "b.json", "c.geojson"):
        assert list(read_entities(tmp_path / name, report)) == entities
    assert list(read_entities(tmp_path / "d.json", report)) == entities[:1]
    assert len(report) == 0


def test_an_evolution_is_taken_apart(tmp_path) -> None:
    """A temporal entity in a file is as many states as it has times."""
    evolution = {
        "id": "urn:x:1",
        "type": "T",
        "a": [{"type": "Property", "value": n, "observedAt": f"2026-05-01T00:0{n}:00Z"} for n in range(3)],
    }
    (tmp_path / "a.json").write_bytes(orjson.dumps(evolution))
    assert [one["a"]["value"] for one in read_entities(tmp_path / "a.json", Report())] == [0, 1, 2]


def test_bad_lines_do_not_stop_the_good(tmp_path, parkings) -> None:
    """A line that is not JSON or no object is told by its number; the others are read."""
    (one,) = parkings(1)
    (tmp_path / "a.ndjson").write_bytes(b"{\n[1]\n" + orjson.dumps(one) + b"\n")
    report = Report()
    assert list(read_entities(tmp_path / "a.ndjson", report)) == [one]
    assert [found.finding.path for found in report] == ["line 1", "line 2"]


@pytest.mark.parametrize("content", [None, b"{", b"\xff"])
def test_a_file_that_cannot_be_read(tmp_path, content) -> None:
    """A missing or broken file is one error that names it."""
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"a\.json"):
        list(read_entities(path, Report()))
