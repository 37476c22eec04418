"""Checking files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from citycontext.errors import UnknownModel
from citycontext.models.validation.files import Checker, FileReport
from citycontext.models.validation.sources import find_sources
from citycontext.ngsild.findings import Severity

GOOD = {
    "id": "urn:ngsi-ld:OffStreetParking:1",
    "type": "OffStreetParking",
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
}
OTHER = {**GOOD, "id": "urn:ngsi-ld:OffStreetParking:2"}
BAD = {**GOOD, "availableSpotNumber": {"type": "Property", "value": "five"}}


def check(path: Path, content: Any, **options: Any) -> FileReport:
    """Write a file and check it."""
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return Checker(**options).check(str(path))


def test_one_entity_and_many_are_checked(tmp_path: Path) -> None:
    """An object, a list, and one object a line; the place in the file is told."""
    assert check(tmp_path / "one.json", GOOD) == FileReport(str(tmp_path / "one.json"), checked=1)
    many = check(tmp_path / "many.json", [GOOD, BAD])
    assert (many.checked, many.passed, [entity.place for entity in many.entities]) == (2, False, ["[1]"])
    lines = check(tmp_path / "many.ndjson", b"\n".join(json.dumps(one).encode() for one in (GOOD, OTHER, BAD)))
    assert (lines.checked, [entity.place for entity in lines.entities]) == (3, ["line 3"])
    assert lines.entities[0].id == GOOD["id"]


@pytest.mark.parametrize("form", ["list", "lines", "features", "graph"])
def test_one_id_for_two_entities_is_found(tmp_path: Path, form: str) -> None:
    """The second entity of an id is told with the place of the first: a warning, and strictly an error."""
    feature = {"id": GOOD["id"], "type": "Feature", "geometry": None, "properties": {"type": "OffStreetParking"}}
    content: Any = {
        "list": [GOOD, OTHER, GOOD],
        "lines": b"\n".join(json.dumps(one).encode() for one in (GOOD, OTHER, GOOD)),
        "features": {"type": "FeatureCollection", "features": [feature, feature]},
        "graph": {"@graph": [GOOD, OTHER, GOOD]},
    }[form]
    report = check(tmp_path / ("many.ndjson" if form == "lines" else "many.json"), content)
    (found,) = [one for entity in report.entities for one in entity.findings if one.rule == "practice/id-twice"]
    first = {"list": "[0]", "lines": "line 1", "features": "features[0]", "graph": "@graph[0]"}[form]
    assert first in found.message
    assert found.severity is Severity.WARNING
    strict = check(tmp_path / "strict.json", [GOOD, GOOD], strictness="strict")
    assert [one.severity for one in strict.entities[-1].findings if one.rule == "practice/id-twice"] == [Severity.ERROR]


def test_notifications_name_an_entity_again(tmp_path: Path) -> None:
    """Entities of several notifications, and parts of one history, come again by design."""
    notification = {"id": "urn:ngsi-ld:Notification:1", "type": "Notification", "data": [GOOD]}
    second = {**notification, "id": "urn:ngsi-ld:Notification:2"}
    report = check(tmp_path / "told.json", [notification, second])
    assert not [one for entity in report.entities for one in entity.findings if one.rule == "practice/id-twice"]


def test_geojson_features_are_entities(tmp_path: Path) -> None:
    """A Feature's properties are the entity's attributes; a collection holds many."""
    feature = {
        "id": BAD["id"],
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [3.7, 51.0]},
        "properties": {name: member for name, member in BAD.items() if name != "id"},
    }
    report = check(tmp_path / "a.geojson", {"type": "FeatureCollection", "features": [feature]})
    assert [one.rule for one in report.entities[0].findings] == ["schema/type"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (json.dumps(GOOD).encode()[:-9], "is not JSON"),
        (bytes(range(256)) * 8, "is not text"),
        (b"[]", "the list is empty"),
        (b"[1, 2, 3]", "no entities"),
        (b'{"a": 1}', "neither id nor type"),
        (b"[" * 100_000, "is not JSON"),
        ("caf\u00e9".encode("latin-1"), "is no"),
    ],
)
def test_what_holds_no_entities_is_one_clear_problem(tmp_path: Path, content: bytes, problem: str) -> None:
    """Truncated, binary, empty, nested without end, or something else altogether."""
    report = check(tmp_path / "broken.json", content)
    assert problem in report.problem
    assert (report.entities, report.passed, report.count(Severity.ERROR)) == ([], False, 1)


def test_a_broken_line_spoils_no_other(tmp_path: Path) -> None:
    """The line is told, and what comes before and after it is checked."""
    good = json.dumps(GOOD).encode()
    report = check(tmp_path / "a.ndjson", good + b"\n{\n" + good + b"\n")
    assert report.checked == 3
    assert report.problem == ""
    assert [one.place for one in report.entities if any(f.severity == "error" for f in one.findings)] == ["line 2"]


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    """The limit is told, and the way to do without it."""
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    report = Checker().check(str(path))
    assert "100,000,000 bytes are over the limit" in report.problem
    assert ".ndjson" in report.problem
    assert check(tmp_path / "small.json", GOOD, max_bytes=10).problem


def test_findings_without_end_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of nothing but mistakes does not fill the memory, and it is told that it was left."""
    monkeypatch.setattr("citycontext.models.validation.files._MAX_FINDINGS", 10)
    report = check(tmp_path / "a.json", [{**BAD, "id": f"{BAD['id']}{number}"} for number in range(50)])
    assert report.checked == 11
    assert "over 10 findings" in report.problem


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    """The system's reason is given."""
    path = tmp_path / "secret.json"
    path.write_text("{}")
    path.chmod(0)
    assert "cannot be read" in Checker().check(str(path)).problem


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {}}, "a JSON Schema"),
        ({"@context": {"a": "https://city.example/a"}}, "an @context"),
    ],
)
def test_what_lies_beside_entities_is_skipped(tmp_path: Path, content: Any, reason: str) -> None:
    """Schemas and @contexts are not mistakes."""
    report = check(tmp_path / "a.json", content)
    assert (report.skipped, report.passed, report.checked) == (reason, True, 0)


def test_a_repository_tells_the_subject(tmp_path: Path) -> None:
    """In a folder of Smart Data Models, an ambiguous type is that of the folder."""
    folder = tmp_path / "dataModel.ZEB" / "Sensor"
    folder.mkdir(parents=True)
    sensor = {"id": "urn:ngsi-ld:Sensor:1", "type": "Sensor"}
    report = check(folder / "example.json", sensor)
    assert not any(one.rule == "schema/ambiguous" for entity in report.entities for one in entity.findings)


def test_a_model_may_be_named_for_all(tmp_path: Path) -> None:
    """Every entity is held against it; an unknown one is told before any file is read."""
    report = check(
        tmp_path / "a.json", {"id": "urn:a:b", "type": "Other"}, model="OffStreetParking", strictness="strict"
    )
    assert {one.rule for one in report.entities[0].findings} >= {"schema/enum", "schema/required"}
    with pytest.raises(UnknownModel):
        Checker(model="NoSuchModel")


def test_sources_are_found(tmp_path: Path) -> None:
    """Folders are searched by suffix; what is named and missing, and a folder without files, is told."""
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    for name in ("b.json", "a.jsonld", "c.txt"):
        (tmp_path / "deep" / "er" / name).write_text("{}")
    found = list(find_sources([tmp_path / "deep", tmp_path / "none.json", tmp_path / "empty", "http://city.example/a"]))
    assert [(Path(source).name, bool(problem)) for source, problem in found] == [
        ("a.jsonld", False),
        ("b.json", False),
        ("none.json", True),
        ("empty", True),
        ("a", False),
    ]
    assert "holds no file" in found[3][1]


@respx.mock
def test_an_address_is_fetched() -> None:
    """A URL is checked as a file is; what cannot be fetched, or is too large, is a problem."""
    respx.get("https://city.example/good").mock(return_value=httpx.Response(200, json=GOOD))
    respx.get("https://city.example/gone").mock(return_value=httpx.Response(404))
    respx.get("https://city.example/down").mock(side_effect=httpx.ConnectError("refused"))
    checker = Checker(max_bytes=400)
    assert checker.check("https://city.example/good").passed
    assert "404" in checker.check("https://city.example/gone").problem
    assert "refused" in checker.check("https://city.example/down").problem
    respx.get("https://city.example/large").mock(return_value=httpx.Response(200, content=b"[" * 500))
    assert "over the limit" in checker.check("https://city.example/large").problem


def test_devices_pipes_and_links_out_of_the_folder_are_one_finding_each(tmp_path: Path) -> None:
    """None of them is read: a device never ends, a pipe may never begin, and a link may lead anywhere."""
    (tmp_path / "out.json").write_text(json.dumps(GOOD))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "good.json").write_text(json.dumps(GOOD))
    (folder / "inside.json").symlink_to(folder / "good.json")
    (folder / "out.json").symlink_to(tmp_path / "out.json")
    (folder / "zero.json").symlink_to("/dev/zero")
    (folder / "gone.json").symlink_to(tmp_path / "gone.json")
    os.mkfifo(folder / "pipe.json")
    assert {Path(name).name: bool(problem) for name, problem in find_sources([folder])} == {
        "good.json": False,
        "inside.json": False,
        "out.json": True,
        "zero.json": True,
        "gone.json": True,
    }
    for path in (Path("/dev/zero"), folder / "pipe.json", folder):
        assert Checker().check(str(path)).problem
    assert [bool(problem) for _, problem in find_sources(["/dev/zero", folder / "pipe.json"])] == [True, True]
    os.mkfifo(folder / "pipe.ndjson")
    assert "not a regular file" in Checker().check(str(folder / "pipe.ndjson")).problem
