"""Texts that say who somebody is, and harmless ones that look like them, through every export."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from citycontext.publish import EventStream, Publication, export
from citycontext.publish.disclosing.identifiers import identifier_in
from citycontext.publish.exports import Form
from citycontext.publish.features.sources import StreamFolder

DATA = Path(__file__).parent / "data"
PERSONAL: list[dict[str, str]] = json.loads((DATA / "personal.json").read_text())
HARMLESS: list[str] = json.loads((DATA / "harmless.json").read_text())
LISTED = ["name", "category", "refParkingSite", "name.note"]
AT = "2026-05-01T10:00:00Z"


def entity(marker: str, **members: Any) -> dict[str, Any]:
    """An entity that has nothing but what is tried; its id has the marker."""
    return {"id": f"urn:ngsi-ld:OffStreetParking:case.{marker}.", "type": "OffStreetParking", **members}


def value(text: Any, **members: Any) -> dict[str, Any]:
    return {"type": "Property", "value": text, "observedAt": AT, **members}


def published(entities: list[dict[str, Any]], folder: Path, **settings: Any) -> dict[str, str]:
    """Publish in every form; give the content of each."""
    publication = Publication.parse(
        {"allow": {"OffStreetParking": LISTED}, "stream": {"url": "https://data.stad.example/p"}, **settings}
    )
    found = {}
    with EventStream(folder / "site", publication) as stream:
        stream.write(entities)
    found["ldes"] = "".join(one.read_text() for one in (folder / "site").rglob("*.jsonld"))
    for form in Form:
        path = folder / f"all.{form}"
        export(entities, path, publication, form=form)
        found[form] = READERS.get(form, Path.read_text)(path)
    features = list(StreamFolder(folder / "site", publication).features())
    found["features"] = json.dumps(features, ensure_ascii=False)
    return found


def of_parquet(path: Path) -> str:
    """Return all that stands in a file of Parquet, its metadata included."""
    table = parquet.read_table(path)
    return f"{table.schema.metadata} {table.to_pylist()}"


def of_geopackage(path: Path) -> str:
    """Return all that stands in a GeoPackage, be it in tables of its own making."""
    with closing(sqlite3.connect(path)) as db:
        return "\n".join(db.iterdump())


def of_workbook(path: Path) -> str:
    """Return all texts of the parts of a workbook."""
    with zipfile.ZipFile(path) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


READERS: dict[str, Callable[[Path], str]] = {
    Form.PARQUET: of_parquet,
    Form.GEOPARQUET: of_parquet,
    Form.GEOPACKAGE: of_geopackage,
    Form.XLSX: of_workbook,
}


def test_there_is_enough_to_try() -> None:
    """There are at least 200 of each, none twice."""
    assert len({one["text"] for one in PERSONAL}) == len(PERSONAL) >= 200
    assert len(set(HARMLESS)) == len(HARMLESS) >= 200


def test_nothing_personal_passes(tmp_path) -> None:
    """None of them is in any file: as a value, in a text, in a structure, a language, a vocabulary."""
    entities = []
    for number, one in enumerate(PERSONAL):
        text = one["text"]
        entities += [
            entity(f"{number}a", name=value(text)),
            entity(f"{number}c", name=value({"at": [1, {"seen": text}]})),
            entity(f"{number}d", name={"type": "LanguageProperty", "languageMap": {"nl": text}, "observedAt": AT}),
            entity(f"{number}e", category={"type": "VocabProperty", "vocab": [text], "observedAt": AT}),
        ]
    for form, content in published(entities, tmp_path).items():
        passed = {int(one): PERSONAL[int(one)]["text"] for one in re.findall(r"case\.([0-9]+)[acde]\.", content)}
        assert not passed, form


def test_nothing_personal_passes_in_ids_and_targets(tmp_path) -> None:
    """None of them is in any file as part of an entity's id or of the target of a relationship."""
    entities = []
    for number, one in enumerate(PERSONAL):
        target = {
            "type": "Relationship",
            "object": f"urn:ngsi-ld:Thing:{one['text']}",
            "observedAt": AT,
        }
        named = {**entity("", name=value(f"marker.{number}.")), "id": f"urn:ngsi-ld:OffStreetParking:{one['text']}"}
        entities += [entity(f"{number}", refParkingSite=target), named]
    for form, content in published(entities, tmp_path).items():
        found = re.findall(r"case\.([0-9]+)\.", content) + re.findall(r"marker\.([0-9]+)\.", content)
        assert not {PERSONAL[int(one)]["text"] for one in found}, form


def test_what_is_harmless_passes(tmp_path) -> None:
    """At most one in fifty of the harmless look-alikes is refused; they are in every file."""
    entities = [entity(str(number), name=value(text)) for number, text in enumerate(HARMLESS)]
    for form, content in published(entities, tmp_path).items():
        there = {int(one) for one in re.findall(r"case\.([0-9]+)\.", content)}
        refused = [text for number, text in enumerate(HARMLESS) if number not in there]
        assert len(refused) <= len(HARMLESS) // 50, (form, refused)


@pytest.mark.parametrize("one", PERSONAL[::7], ids=lambda one: one["text"].encode("unicode_escape").decode())
def test_each_is_told_as_what_it_is(one: dict[str, str]) -> None:
    """The report says of what kind it is, so that a publisher knows what to mend."""
    assert identifier_in(one["text"]) == one["kind"]


@pytest.mark.parametrize("number", [32470123456, 85073003328, 4703003309012])
def test_numbers_of_somebody_written_as_numbers(tmp_path, number: int) -> None:
    """A telephone number or a national number is one without quotes, too; other whole numbers pass."""
    is_somebodys = number != 4703003309012
    files = published([entity("1", name=value(number)), entity("2", name=value([number]))], tmp_path)
    for content in files.values():
        assert ("case.1." in content) is not is_somebodys
        assert ("case.2." in content) is not is_somebodys


PERSONAL_BY_CONTEXT: list[tuple[Any, str]] = [
    ({"a": "https://x.example/ownerEmail"}, "a"),
    ([{"a": {"@id": "https://x.example/terms#ownerEmail"}}], "a"),
    ({"x": "https://x.example/", "a": "x:driverEmail"}, "a"),
    ({"x": "https://x.example/"}, "x:ownerEmail"),
    ({"x": "https://x.example/owner"}, "x:Email"),
    ({}, "https://x.example/ownerEmail"),
]


@pytest.mark.parametrize(("context", "name"), PERSONAL_BY_CONTEXT)
def test_names_that_are_personal_only_when_expanded(tmp_path, context: Any, name: str) -> None:
    """An attribute is personal by what its name means, be it on the list; so is what has such a member in it."""
    members = {name: value("zqsecretqz"), "@context": context}
    within = {"b": value({"deep": [{name: "zqsecretqz"}]}), "@context": context}
    sub = {"b": value(1, **{name: value("zqsecretqz")}), "@context": context}
    allow = {"OffStreetParking": [name, "b", f"b.{name}"]}
    for content in published(
        [entity("1", **members), entity("2", **within), entity("3", **sub)], tmp_path, allow=allow
    ).values():
        assert "zqsecretqz" not in content


def test_a_context_that_names_a_person_is_no_person(tmp_path) -> None:
    """A term of the @context that nothing uses keeps no entity inside."""
    one = entity("1", name=value("P1"), **{"@context": {"owner": "https://x.example/owner"}})
    assert all("case.1." in content for content in published([one], tmp_path).values())
