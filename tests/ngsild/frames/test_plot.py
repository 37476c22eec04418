"""A history as a plot, in one line."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.errors import DataError
from citycontext.ngsild.temporal import TemporalEntity

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


def history(*units: str, **more: Any) -> TemporalEntity:
    instances = [
        {"type": "Property", "value": 20 + hour, "unitCode": unit, "observedAt": f"2026-05-01T{10 + hour}:00:00Z"}
        for hour, unit in enumerate(units)
    ]
    return TemporalEntity.from_dict({"id": "urn:ngsi-ld:Meter:1", "type": "Meter", "temperature": instances, **more})


def test_unit_and_zone_stand_on_the_axes() -> None:
    """And the line has every value at its time."""
    ax = history("CEL", "CEL").plot("temperature", zone="Europe/Brussels")
    assert ax.get_ylabel() == "temperature [°C]"
    assert ax.get_xlabel() == "time [Europe/Brussels]"
    assert list(ax.lines[0].get_ydata()) == [20, 21]
    assert [time.isoformat() for time in ax.lines[0].get_xdata()] == [
        "2026-05-01T10:00:00+00:00",
        "2026-05-01T11:00:00+00:00",
    ]
    ax.figure.canvas.draw()
    shown = "".join(label.get_text() for label in ax.get_xticklabels())
    assert "12:00" in shown
    assert "10:00" not in shown


@pytest.mark.parametrize(
    ("made", "name", "zone", "message"),
    [
        (history("CEL"), "humidity", None, "no numbers"),
        (history("CEL", "FAH"), "temperature", None, "several units"),
        (history("CEL"), "temperature", "Brussel", "not a time zone"),
    ],
)
def test_what_cannot_be_drawn_is_said(made: TemporalEntity, name: str, zone: str | None, message: str) -> None:
    """No empty plot, no axis with two units, no zone that is not known."""
    with pytest.raises(DataError, match=message):
        made.plot(name, zone=zone)


def test_aggregates_have_a_line_for_each_method() -> None:
    """With a legend that names it."""
    rows = [[20.5, "2026-05-01T10:00:00Z", "2026-05-01T12:00:00Z"]]
    made = TemporalEntity.from_dict({"id": "urn:x:1", "type": "Meter", "level": {"type": "Property", "avg": rows}})
    wire = {**made.wire, "level": {"type": "Property", "avg": rows, "max": rows}}
    ax = TemporalEntity.from_dict(wire).plot("level")
    assert [line.get_label() for line in ax.lines] == ["urn:x:1 avg", "urn:x:1 max"]
