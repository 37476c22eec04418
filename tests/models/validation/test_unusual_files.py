"""Files that are not what ``validate`` reads, and those that nearly are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from citycontext.models import clean
from citycontext.models.validation.files import Checker

PARKING = {"id": "urn:ngsi-ld:MyThing:1", "type": "MyThing", "name": {"type": "Property", "value": "x"}}


@pytest.mark.parametrize("name", ["a.json", "a.ndjson"])
def test_a_byte_order_mark_is_passed_over(tmp_path: Path, name: str) -> None:
    """What a program on Windows wrote is read."""
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + json.dumps(PARKING).encode() + b"\n")
    report = Checker().check(str(tmp_path / name))
    assert (report.problem, report.checked, report.passed) == ("", 1, True)


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"id;name\n1;x\n2;y\n", "table"), (b"id,name\n1,x\n", "table"), (b"PK\x03\x04\x14\x00", "spreadsheet")],
)
def test_tables_are_named(tmp_path: Path, content: bytes, told: str) -> None:
    """CSV and xlsx are called what they are."""
    (tmp_path / "a.csv").write_bytes(content)
    assert told in Checker().check(str(tmp_path / "a.csv")).problem


def test_a_time_without_seconds_is_cleaned() -> None:
    """``2016-08-22T19:20Z`` is written as the standard has it."""
    entity = clean({**PARKING, "name": {"type": "Property", "value": 1, "observedAt": "2016-08-22T19:20Z"}}).entity
    assert entity.wire["name"]["observedAt"] == "2016-08-22T19:20:00Z"
