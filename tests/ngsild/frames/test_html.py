"""What a notebook shows of entities and histories: escaped, short, with units."""

from __future__ import annotations

from citycontext.ngsild import Entity, Property, point
from citycontext.ngsild.batch import BatchResult
from citycontext.ngsild.frames.html import entities_html
from citycontext.ngsild.temporal import TemporalEntity


def test_an_entity_is_a_table() -> None:
    """A line for each value, with its unit; what a payload has in place of text is escaped."""
    entity = Entity(
        id="urn:x:1",
        type="Station",
        temperature=Property(21.5, unit_code="CEL", observed_at="2026-05-01T10:00:00Z"),
        location=point(3.7, 51),
        name="<script>alert(1)</script>",
    )
    html = entity._repr_html_()
    assert "<td>temperature</td><td>21.5</td><td>CEL</td><td>2026-05-01T10:00:00Z</td>" in html
    assert "<td>location.longitude</td><td>3.7</td>" in html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_page_is_a_table_of_some_of_its_entities() -> None:
    """Twenty lines, and how many more there are."""
    html = entities_html([Entity(id=f"urn:x:{n}", type="Station", level=n).wire for n in range(1000)], "found")
    assert html.count("<tr>") == 21
    assert "and 980 more" in html


def test_a_history_tells_its_period() -> None:
    """How many values, the last one, and from when to when; one that cannot be read says so."""
    wire = {
        "id": "urn:x:1",
        "type": "Meter",
        "level": {"type": "Property", "values": [[2, "2026-05-01T11:00:00Z"], [1, "2026-05-01T10:00:00Z"]]},
    }
    html = TemporalEntity.from_dict(wire)._repr_html_()
    assert "<td>level</td><td>2</td><td>2</td>" in html
    assert "2026-05-01T10:00:00Z" in html
    wire["level"] = {"type": "Property", "value": 1, "observedAt": "yesterday"}
    assert "cannot be shown" in TemporalEntity.from_dict(wire)._repr_html_()


def test_a_result_of_a_thousand_is_short() -> None:
    """Counts, a few ids, the first reasons."""
    result = BatchResult(succeeded=[f"urn:x:{n}" for n in range(1000)], created=["urn:x:1"])
    assert repr(result) == (
        "<BatchResult: 1,000 succeeded, 1 of them created, 0 failed; 'urn:x:0', 'urn:x:1', 'urn:x:2', and 997 more>"
    )
