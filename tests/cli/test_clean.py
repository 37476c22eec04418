"""``citycontext models clean``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SPOT: dict[str, Any] = {
    "id": "spot-1",
    "type": "ParkingSpot",
    "status": {"type": "Text", "value": "free", "metadata": {}},
    "refParkingSite": {"type": "Relationship", "value": "urn:ngsi-ld:OffStreetParking:1"},
}
CLEAN: dict[str, Any] = {
    "id": "urn:ngsi-ld:ParkingSpot:spot-1",
    "type": "ParkingSpot",
    "status": {"type": "Property", "value": "free"},
    "refParkingSite": {"type": "Relationship", "object": "urn:ngsi-ld:OffStreetParking:1"},
}


@pytest.fixture
def spot(tmp_path: Path) -> Path:
    """Write a file of one entity in NGSIv2."""
    path = tmp_path / "spot.json"
    path.write_text(json.dumps(SPOT))
    return path


def test_an_entity_is_shown_clean_and_the_changes_beside_it(command, spot: Path) -> None:
    """The entity goes to stdout, so that it can be piped; what was done and what is left to stderr."""
    ended = command("models", "clean", "spot.json")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["status"] == {"type": "Property", "value": "free"}
    assert "warning spot-1: (entity): was NGSIv2" in ended.stderr
    assert "offered urn:ngsi-ld:ParkingSpot:spot-1 clean/id" in ended.stderr
    assert ended.stderr.splitlines()[-1] == "1 entity; 1 note (--notes shows them), 1 warning, 1 error left"
    assert "clean/context" not in ended.stderr
    assert "clean/context" in command("models", "clean", "spot.json", "--notes").stderr


def test_a_file_is_written_that_passes(command, spot: Path, tmp_path: Path) -> None:
    """With --rename nothing is left; the file holds one entity as the source does, and cleaning it changes nothing."""
    ended = command("models", "clean", "spot.json", "--rename", "--to", "clean.json")
    assert (ended.returncode, ended.stdout) == (0, "")
    written = (tmp_path / "clean.json").read_bytes()
    assert {name: one for name, one in json.loads(written).items() if name != "@context"} == CLEAN
    assert command("models", "clean", "clean.json", "--to", "again.json").returncode == 0
    assert (tmp_path / "again.json").read_bytes() == written


def test_lists_stay_lists_and_lines_lines(command, tmp_path: Path) -> None:
    """What is not an entity is told and left out; the others are cleaned."""
    (tmp_path / "many.json").write_text(json.dumps([SPOT, 5]))
    ended = command("models", "clean", "many.json", "--rename")
    assert [one["id"] for one in json.loads(ended.stdout)] == [CLEAN["id"]]
    assert "error [1]: (entity): is not a JSON object; left out" in ended.stderr
    assert ended.returncode == 1
    (tmp_path / "many.ndjson").write_text(f"{json.dumps(SPOT)}\n{{\n{json.dumps(SPOT)}\n")
    ended = command("models", "clean", "many.ndjson", "--rename")
    assert [json.loads(line)["id"] for line in ended.stdout.splitlines()] == [CLEAN["id"]] * 2
    assert "error line 2" in ended.stderr


def test_links_and_zone_are_chosen(command, tmp_path: Path) -> None:
    """As the broker wants links, and as the sensors meant their times."""
    entity = {
        "id": "urn:a:b",
        "type": "T",
        "near": {"type": "Relationship", "object": ["urn:a:1", "urn:a:2"], "observedAt": "2024-05-01T12:00:00"},
    }
    (tmp_path / "t.json").write_text(json.dumps(entity))
    ended = command("models", "clean", "t.json", "--links", "list-relationship", "--zone", "Europe/Brussels")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["near"] == {
        "type": "ListRelationship",
        "objectList": [{"object": "urn:a:1"}, {"object": "urn:a:2"}],
        "observedAt": "2024-05-01T10:00:00Z",
    }


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        (None, (), "cannot be read"),
        ("", (), "is empty"),
        ("{", (), "is not JSON"),
        ('{"@context": []}', (), "is an @context, and holds no entities"),
        (json.dumps(SPOT), ("--zone", "Gent"), "is not a time zone"),
        (json.dumps(SPOT), ("--model", "Nothing"), "no model 'Nothing'"),
        (json.dumps(SPOT), ("--to", "none/x.json"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    command, tmp_path: Path, content: str | None, arguments: Any, message: str
) -> None:
    """With exit code 2, and nothing on stdout."""
    if content is not None:
        (tmp_path / "a.json").write_text(content)
    ended = command("models", "clean", "a.json", *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert message in ended.stderr.splitlines()[-1]
