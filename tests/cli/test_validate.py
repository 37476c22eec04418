"""``citycontext validate``."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from citycontext.broker import LocalBroker, Server
from citycontext.client import Client

GOOD = {
    "id": "urn:ngsi-ld:OffStreetParking:1",
    "type": "OffStreetParking",
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Write a good file and a bad one."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "good.json").write_text(json.dumps(GOOD))
    bad = {**GOOD, "availableSpotNumber": {"type": "Property", "value": "five"}}
    (folder / "bad.json").write_text(json.dumps([bad] * 3))
    return folder


def test_good_files_pass(command, files: Path) -> None:
    """Nothing but the count is said, and the exit code is 0."""
    ended = command("validate", "files/good.json")
    assert ended.returncode == 0
    assert ended.stdout == "passed: 1 entity in 1 file; 0 files with errors\n0 errors, 0 warnings, 0 notes\n"


def test_names_of_a_file_cannot_rule_the_terminal(command, files: Path) -> None:
    """Ids, names and values with escapes of a terminal are shown as text."""
    hostile = "\x1b]0;owned\x07\x1b[2J\x9b\u202e\n" * 100
    entity = {**GOOD, "id": f"urn:ngsi-ld:A:{hostile}", hostile: 1, "availableSpotNumber": hostile}
    (files / "hostile.json").write_text(json.dumps(entity))
    ended = command("validate", "files/hostile.json")
    assert ended.returncode == 1
    assert "owned" in ended.stdout
    assert all(line.isprintable() for line in ended.stdout.split("\n"))


def test_errors_fail(command, files: Path) -> None:
    """Each finding has its place, its path, both sides and its rule; the exit code is 1."""
    ended = command("validate", "files")
    assert ended.returncode == 1
    assert (
        "  error [0] urn:ngsi-ld:OffStreetParking:1: availableSpotNumber.value: is of another type; "
        "expected integer; found 'five' schema/type"
    ) in ended.stdout
    assert "failed: 4 entities in 2 files; 1 file with errors" in ended.stdout
    assert "and 4 more" in command("validate", "--limit", "1", "files").stdout


def test_strict_calls_every_breach_an_error(command, files: Path) -> None:
    """What tolerant checking only notes fails."""
    (files / "bad.json").unlink()
    odd = {**GOOD, "category": {"type": "Property", "value": ["odd"]}}
    (files / "odd.json").write_text(json.dumps(odd))
    assert command("validate", "files").returncode == 0
    assert "1 note (--notes shows them)" in command("validate", "files").stdout
    assert command("validate", "--notes", "files").stdout.endswith("1 note\n")
    assert command("validate", "--strict", "files").returncode == 1


def test_the_result_is_written_for_machines(command, files: Path) -> None:
    """As JSON, and as JUnit XML."""
    result = json.loads(command("validate", "-o", "json", "files").stdout)
    assert (result["summary"]["errors"], len(result["files"])) == (3, 2)
    suite = ElementTree.fromstring(command("validate", "-o", "junit", "files").stdout)
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_places_are_held_against_an_area(command, refusal, files: Path) -> None:
    """A position outside is a warning; an area that is not one is refused."""
    assert "lies outside the area" in command("validate", "--area", "4,50,5,51.5", "files/good.json").stdout
    assert "west,south,east,north" in refusal(command("validate", "--area", "here", "files/good.json"))


def test_what_cannot_be_read_is_one_line_each(command, files: Path) -> None:
    """A missing file, an empty one, a binary one, a folder without files, and a file of 100 MB."""
    (files / "empty.json").touch()
    (files / "binary.json").write_bytes(bytes(range(256)))
    (files / "none").mkdir()
    with (files / "large.json").open("wb") as file:
        file.truncate(100_000_000)
    names = ("missing.json", "empty.json", "binary.json", "none", "large.json")
    ended = command("validate", *(f"files/{name}" for name in names))
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    assert ended.stdout.count("  error ") == len(names)
    assert "0 entities in 5 files; 5 files with errors" in ended.stdout


@pytest.mark.shared
def test_all_published_models_are_checked_in_time(citycontext, shared_dir: Path) -> None:
    """The whole tree of Smart Data Models, well over a thousand files, with a summary and without a traceback."""
    ended = citycontext("validate", str(shared_dir / "smart-data-models"), "--limit", "1", timeout=120)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "skipped (schemas and @contexts)" in ended.stdout


def test_a_broker_is_asked(command, refusal) -> None:
    """Entities of a type are read page by page from a broker; without a type, those of all types that it has."""
    spots = [
        {
            "id": f"urn:ngsi-ld:OffStreetParking:{number}",
            "type": "OffStreetParking",
            "availableSpotNumber": {"type": "Property", "value": number if number != 7 else "vol"},
        }
        for number in range(120)
    ]
    with Server(LocalBroker(), port=0) as server, Client(server.url) as client:
        url = server.url
        client.batch.create(spots)
        client.entities.create({"id": "urn:ngsi-ld:Own:1", "type": "Own"})
        ended = command("validate", server.url, "--type", "OffStreetParking", "--strict")
        assert ended.returncode == 1, ended
        assert "urn:ngsi-ld:OffStreetParking:7: availableSpotNumber" in ended.stdout
        assert "120 entities in 1 file" in ended.stdout
        assert "121 entities" in command("validate", f"{server.url}/ngsi-ld/v1/", "--strict").stdout
        missing = command("validate", server.url, "--type", "Parking")
        assert missing.returncode == 1
        assert "no entity of the type Parking" in missing.stdout
    assert "no connection" in command("validate", url, "--type", "Own").stdout
    assert "--type" in refusal(command("validate", "file.json", "--type", "Own"))


def test_the_form_is_chosen_as_everywhere(command, tmp_path: Path) -> None:
    """``-o junit`` and ``-o json`` are the forms of the result; ``--format`` still works."""
    (tmp_path / "a.json").write_text('{"id": "urn:ngsi-ld:Bin:1", "type": "Bin"}')
    assert command("validate", "a.json", "-o", "junit").stdout.startswith("<?xml")
    assert (
        command("validate", "a.json", "-o", "json").stdout == command("validate", "a.json", "--format", "json").stdout
    )
