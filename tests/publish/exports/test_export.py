"""Files of entities: CSV, GeoJSON, JSON-LD."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import Any

import orjson
import pyld.jsonld
import pytest
import rdflib
from rdflib import DCTERMS, PROV, Literal, URIRef

from citycontext.errors import PublicationError
from citycontext.publish import Publication, Report, export

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own

AT = datetime(2026, 5, 2, tzinfo=UTC)
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
NGSI_LD = rdflib.Namespace("https://uri.etsi.org/ngsi-ld/")


def test_csv_with_its_description(tmp_path, make_publication, parkings) -> None:
    """Columns stand in the order of the list, with unit and time; the description has licence and origin."""
    done = export(parkings(2), tmp_path / "parking.csv", make_publication(), form="csv", at=AT)
    assert (done.read, done.published) == (2, 2)
    assert [path.name for path in done.files] == ["parking.csv", "parking.csv-metadata.json"]
    with (tmp_path / "parking.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "id",
        "type",
        "name",
        "location.longitude",
        "location.latitude",
        "availableSpotNumber",
        "availableSpotNumber.unitCode",
        "availableSpotNumber.observedAt",
    ]
    assert list(rows[1].values()) == [
        "urn:ngsi-ld:OffStreetParking:gent:p1",
        "OffStreetParking",
        "P1",
        "3.72",
        "51.05",
        "1",
        "C62",
        "2026-05-01T00:00:00Z",
    ]
    description = orjson.loads((tmp_path / "parking.csv-metadata.json").read_bytes())
    assert description["url"] == "parking.csv"
    assert description["dc:license"] == {"@id": LICENCE}
    assert description["dc:provenance"] == [{"rdfs:label": {"@value": "Telling aan de slagboom.", "@language": "nl"}}]
    assert [one["titles"] for one in description["tableSchema"]["columns"]] == list(rows[0])


def test_csv_of_unlike_entities(tmp_path) -> None:
    """Entities of two types, with datasets, shapes and structures share one table; what one lacks is empty."""
    publication = Publication.parse({"allow": {"A": ["x", "shape"], "B": ["y", "x"]}})
    line = {"type": "LineString", "coordinates": [[3.7, 51.0], [3.8, 51.1]]}
    entities: list[dict[str, Any]] = [
        {
            "id": "urn:a",
            "type": "A",
            "x": [{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:d"}],
            "shape": {"type": "GeoProperty", "value": line},
        },
        {
            "id": "urn:b",
            "type": "B",
            "y": {"type": "Property", "value": {"k": True}},
            "x": {"type": "Property", "value": True},
        },
    ]
    export(entities, tmp_path / "a.csv", publication, form="csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        first, second = csv.DictReader(file)
    assert first == {
        "id": "urn:a",
        "type": "A",
        "x": "1",
        "x[urn:d]": "2",
        "shape": orjson.dumps(line).decode(),
        "y": "",
    }
    assert second == {"id": "urn:b", "type": "B", "x": "true", "x[urn:d]": "", "shape": "", "y": '{"k":true}'}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_csv_texts_are_no_formulas(tmp_path, make_publication, parkings, text) -> None:
    """A text that a spreadsheet would compute gets an apostrophe in front; numbers stay as they are."""
    (parking,) = parkings(1)
    parking["name"]["value"] = text
    parking["availableSpotNumber"]["value"] = -1
    export([parking], tmp_path / "a.csv", make_publication(), form="csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["name"], row["availableSpotNumber"]) == (f"'{text}", "-1")


def test_geojson(tmp_path, make_publication, parkings) -> None:
    """A Feature has the place as its geometry, and plain properties; the collection has licence and origin."""
    export(parkings(1), tmp_path / "a.geojson", make_publication(), form="geojson", at=AT)
    collection = orjson.loads((tmp_path / "a.geojson").read_bytes())
    assert collection.pop("features") == [
        {
            "id": "urn:ngsi-ld:OffStreetParking:gent:p0",
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [3.72, 51.05]},
            "properties": {
                "type": "OffStreetParking",
                "name": "P0",
                "availableSpotNumber": 0,
                "availableSpotNumber.unitCode": "C62",
                "availableSpotNumber.observedAt": "2026-05-01T00:00:00Z",
            },
        }
    ]
    assert collection == {
        "type": "FeatureCollection",
        "title": {"nl": "Parkeren", "en": "Parking"},
        "license": LICENCE,
        "publisher": "https://data.vlaanderen.be/id/organisatie/OVO000000",
        "attribution": {"nl": "Stad Voorbeeld"},
        "dataset": "https://data.stad.example/parking/dataset",
        "provenance": {"nl": "Telling aan de slagboom."},
        "generatedAt": "2026-05-02T00:00:00Z",
    }


def test_geojson_by_another_geometry_or_none(tmp_path) -> None:
    """Where there is no location, the first geometry counts; without any it is null."""
    publication = Publication.parse({"allow": {"A": ["border", "x"]}})
    border = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}}
    entities = [
        {"id": "urn:a", "type": "A", "border": border},
        {"id": "urn:b", "type": "A", "x": {"type": "Property", "value": 1}},
    ]
    export(entities, tmp_path / "a.geojson", publication, form="geojson")
    features = orjson.loads((tmp_path / "a.geojson").read_bytes())["features"]
    assert [one["geometry"] for one in features] == [border["value"], None]


def test_json_ld_without_a_network(tmp_path, make_publication, parkings) -> None:
    """The file expands offline, agrees between PyLD and rdflib, and says licence, origin and time of itself."""
    export(parkings(3), tmp_path / "a.jsonld", make_publication(), form="jsonld", at=AT)
    content = (tmp_path / "a.jsonld").read_bytes()

    def no_network(url: str, options: dict[str, Any]) -> Any:
        raise AssertionError(f"{url} was asked for")

    quads = pyld.jsonld.to_rdf(orjson.loads(content), {"documentLoader": no_network, "format": "application/n-quads"})
    graph = rdflib.Graph().parse(data=quads, format="nt")
    assert len(rdflib.Graph().parse(data=content, format="json-ld")) == len(graph)
    (file,) = graph.subjects(DCTERMS.license, URIRef(LICENCE))
    assert graph.value(file, PROV.generatedAtTime).toPython() == AT
    available = graph.value(
        URIRef("urn:ngsi-ld:OffStreetParking:gent:p2"), URIRef(f"{NGSI_LD}default-context/availableSpotNumber")
    )
    assert graph.value(available, NGSI_LD.hasValue) == Literal(2)


@pytest.mark.parametrize("form", ["csv", "geojson", "jsonld"])
def test_a_file_changes_as_a_whole(tmp_path, make_publication, parkings, form) -> None:
    """A source that fails leaves the file of the last time, not half of a new one."""
    target = tmp_path / f"a.{form}"
    export(parkings(2), target, make_publication(), form=form)
    before = target.read_bytes()

    def failing():
        yield from parkings(1)
        raise RuntimeError("gone")

    with pytest.raises(RuntimeError, match="gone"):
        export(failing(), target, make_publication(), form=form)
    assert target.read_bytes() == before
    assert not list(tmp_path.glob("*.new"))


def test_no_entities_and_no_licence(tmp_path) -> None:
    """Files without entities are files still; a missing licence is a warning."""
    publication = Publication.parse({"allow": {"A": ["x"]}})
    report = Report()
    for form in ("csv", "geojson", "jsonld"):
        assert export([], tmp_path / f"a.{form}", publication, form=form, report=report).published == 0
    assert orjson.loads((tmp_path / "a.geojson").read_bytes())["features"] == []
    assert report.count("no-licence") == 3
    assert report.count("nothing-published") == 3


def test_a_folder_that_cannot_be_written(tmp_path, make_publication, parkings) -> None:
    """A target that is a folder, or in a file, is an error that names the place."""
    (tmp_path / "file").write_text("")
    with pytest.raises(PublicationError, match="cannot be written"):
        export(parkings(1), tmp_path / "file" / "a.csv", make_publication(), form="csv")
    with pytest.raises(PublicationError, match=r"is a folder; name the file to write, e\.g\. .*data\.csv"):
        export(parkings(1), tmp_path, make_publication(), form="csv")


@pytest.mark.parametrize("text", ["P;=cmd|' /C calc'!A0", "P; +1", 'P;"=1+1"', "P\n=1+1", "P;@SUM(A1)", ["P;=1+1"]])
def test_csv_texts_are_no_formulas_behind_a_semicolon(tmp_path, make_publication, parkings, text) -> None:
    """No cell begins a formula where a spreadsheet separates by semicolons; a list stays the same JSON."""
    (one,) = parkings(1)
    one["name"] = {"type": "Property", "value": text}
    export([one], tmp_path / "p.csv", make_publication(), form="csv", at=AT)
    written = (tmp_path / "p.csv").read_text(encoding="utf-8")
    cells = [cell.lstrip(' "') for line in written.splitlines() for cell in line.split(";")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    if isinstance(text, list):
        (row,) = csv.DictReader(written.splitlines())
        assert orjson.loads(row["name"]) == text


@pytest.mark.parametrize("form", ["csv", "geojson", "jsonld"])
def test_a_file_does_not_shrink_by_itself(tmp_path, make_publication, parkings, form: str) -> None:
    """A file keeps what it has rather than become empty, or less than half; half, more, and what is allowed pass."""
    path = tmp_path / f"parking.{form}"
    publication = make_publication()
    export(parkings(10, of=10), path, publication, form=form)
    before = path.read_bytes()
    for few in (0, 4):
        with pytest.raises(PublicationError, match=f"has 10 entities and would have {few}"):
            export(parkings(few, of=10), path, publication, form=form)
        assert path.read_bytes() == before
        assert not path.with_name(f"{path.name}.new").exists()
    assert export(parkings(5, of=10), path, publication, form=form).published == 5
    assert export(parkings(1), path, publication, form=form, allow_shrink=True).published == 1
    assert export(parkings(0), path, publication, form=form, allow_shrink=True).published == 0
    assert export(parkings(3, of=10), path, publication, form=form).published == 3


def test_what_nothing_matches_is_an_error(tmp_path, parkings) -> None:
    """A type, an attribute and a sub-attribute that no entity has are named, with what is spelt nearly alike."""
    allow = {
        "OffstreetParking": ["name"],
        "OffStreetParking": ["naam", "Name", "availableSpotNumber", "availableSpotNumber.acuracy", "colour"],
        "Vehicle": ["speed"],
    }
    report = Report()
    entities = list(parkings(3))
    entities[0]["nam"] = {"type": "Property", "value": "x"}
    export(entities, tmp_path / "a.csv", Publication.parse({"allow": allow}), form="csv", report=report)
    found = {one.finding.path: one.finding.message for one in report if one.finding.rule == "unmatched"}
    assert list(found) == [
        "OffstreetParking",
        "OffStreetParking.naam",
        "OffStreetParking.Name",
        "OffStreetParking.availableSpotNumber.acuracy",
        "OffStreetParking.colour",
        "Vehicle",
    ]
    assert "did you mean 'nam'?" in found["OffStreetParking.naam"]
    assert "did you mean 'name'?" in found["OffStreetParking.Name"]
    assert "did you mean" not in found["Vehicle"]


LANGUAGES = {"type": "LanguageProperty", "languageMap": {"nl": "Zuid", "en": "South", "fr": ["Sud", "Midi"]}}


def test_no_wrappers_of_the_standard_in_cells(tmp_path) -> None:
    """A text in languages has a column a language; JSON, words and targets are plain, in CSV and in GeoJSON."""
    publication = Publication.parse({"allow": {"A": ["name", "json", "word", "to", "list", "day", "m", "m.accuracy"]}})
    entity = {
        "id": "urn:a",
        "type": "A",
        "name": LANGUAGES,
        "json": {"type": "JsonProperty", "json": {"k": [1]}},
        "word": {"type": "VocabProperty", "vocab": ["open", "free"]},
        "to": {"type": "Relationship", "object": ["urn:x:a", "urn:x:b"]},
        "list": {"type": "ListRelationship", "objectList": [{"object": "urn:x:a"}, {"object": "urn:x:b"}]},
        "day": {"type": "Property", "value": {"@type": "Date", "@value": "2026-05-01"}},
        "m": {"type": "Property", "value": 1.5, "accuracy": {"type": "Property", "value": 0.1, "unitCode": "P1"}},
    }
    export([entity], tmp_path / "a.csv", publication, form="csv")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row == {
        "id": "urn:a",
        "type": "A",
        "name.en": "South",
        "name.fr": "Sud; Midi",
        "name.nl": "Zuid",
        "json": '{"k":[1]}',
        "word": "open free",
        "to": "urn:x:a urn:x:b",
        "list": "urn:x:a urn:x:b",
        "day": "2026-05-01",
        "m": "1.5",
        "m.accuracy": "0.1",
        "m.accuracy.unitCode": "P1",
    }
    export([entity], tmp_path / "a.geojson", publication, form="geojson")
    (feature,) = orjson.loads((tmp_path / "a.geojson").read_bytes())["features"]
    assert feature["properties"]["name.nl"] == "Zuid"
    assert feature["properties"]["json"] == {"k": [1]}
    assert "languageMap" not in orjson.dumps(feature).decode()


def test_columns_do_not_depend_on_who_came_first(tmp_path, make_publication) -> None:
    """The same entities in another order have the same columns."""
    publication = Publication.parse({"allow": {"A": ["x", "name"], "B": ["name", "x"]}})
    entities: list[dict[str, Any]] = [
        {"id": "urn:a", "type": "A", "name": {"type": "Property", "value": "n"}, "x": {"value": 1, "unitCode": "P1"}},
        {"id": "urn:b", "type": "B", "x": [{"value": 2, "datasetId": "urn:d"}, {"value": 1}], "name": LANGUAGES},
        {"id": "urn:c", "type": "B", "x": {"value": 2, "observedAt": "2026-05-01T10:00:00Z", "datasetId": "urn:c"}},
    ]
    headers = set()
    for number, some in enumerate((entities, entities[::-1], entities[1:] + entities[:1])):
        export(some, tmp_path / f"{number}.csv", publication, form="csv")
        headers.add((tmp_path / f"{number}.csv").read_text().splitlines()[0])
    assert headers == {
        "id,type,x,x.unitCode,x[urn:c],x[urn:c].observedAt,x[urn:d],name,name.en,name.fr,name.nl",
    }


@pytest.mark.parametrize("form", ["csv", "geojson", "jsonld"])
def test_several_versions_are_the_present(tmp_path, make_publication, parkings, form: str) -> None:
    """Of several versions of an entity the file has the one that was observed last, whenever it came."""
    versions = list(parkings(20, of=2))
    mixed = versions[::-1] + versions[:5]
    done = export(mixed, tmp_path / f"a.{form}", make_publication(), form=form)
    assert (done.read, done.published) == (25, 2)
    content = (tmp_path / f"a.{form}").read_text()
    assert content.count("2026-05-01T00:09:00Z") == 2
    assert "2026-05-01T00:08:00Z" not in content


@pytest.mark.filterwarnings("ignore")
def test_the_table_is_sound_to_frictionless(tmp_path, make_publication, parkings) -> None:
    """A validator of tables that others wrote finds no fault, and the types that the description has."""
    frictionless = pytest.importorskip("frictionless")
    export(parkings(20, of=20), tmp_path / "parkings.csv", make_publication(), form="csv", at=AT)
    with frictionless.system.use_context(trusted=True):
        resource = frictionless.Resource(path=str(tmp_path / "parkings.csv"))
        report = resource.validate()
        assert report.valid, report.flatten(["type", "message"])
        types = {field.name: field.type for field in resource.schema.fields}
    assert types["availableSpotNumber"] == "integer"
    assert types["location.longitude"] == "number"
    assert types["availableSpotNumber.observedAt"] == "datetime"


def test_the_description_is_csv_on_the_web(tmp_path, make_publication, parkings) -> None:
    """The table is valid by its description, as another implementation reads it, with types, key and subject."""
    csvw = pytest.importorskip("csvw")
    entities = list(parkings(3))
    entities[0]["name"] = LANGUAGES
    entities[1]["totalSpotNumber"] = {"type": "Property", "value": 12.5}
    export(entities, tmp_path / "parkings.csv", make_publication(), form="csv", at=AT)
    description = orjson.loads((tmp_path / "parkings.csv-metadata.json").read_bytes())
    assert description["@context"] == "http://www.w3.org/ns/csvw"
    assert description["tableSchema"]["aboutUrl"] == "{+id}"
    types = {one["titles"]: one["datatype"] for one in description["tableSchema"]["columns"]}
    assert types["availableSpotNumber"] == "integer"
    assert types["totalSpotNumber"] == "double"
    assert types["availableSpotNumber.observedAt"] == "dateTime"
    table = csvw.CSVW(str(tmp_path / "parkings.csv-metadata.json"), validate=True)
    assert table.is_valid
    rows = list(table.tables[0].iterdicts())
    assert [row["id"].unsplit() if hasattr(row["id"], "unsplit") else row["id"] for row in rows] == [
        one["id"] for one in entities
    ]
    assert rows[1]["totalSpotNumber"] == 12.5


@pytest.mark.parametrize("form", ["csv", "geojson", "jsonld"])
def test_links_to_registers(tmp_path, form) -> None:
    """With `same_as` a file links an organisation to its register; a number of another kind gets no link."""
    publication = Publication.model_validate(
        {
            "dataset": {"licence": LICENCE},
            "allow": {"Organization": ["ovoCode", "name"], "Building": ["identifier", "location"]},
            "output": {"same_as": True},
        }
    )
    entities = [
        {
            "id": "urn:ngsi-ld:Organization:agiv",
            "type": "Organization",
            "ovoCode": {"type": "Property", "value": "OVO002949"},
            "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
        },
        {
            "id": "urn:ngsi-ld:Building:12001",
            "type": "Building",
            "identifier": {"type": "Property", "value": "12001"},
            "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
        },
    ]
    target = tmp_path / f"data.{form}"
    export(entities, target, publication, form=form, at=AT)
    iri = "https://data.vlaanderen.be/id/organisatie/OVO002949"
    if form == "csv":
        rows = list(csv.DictReader(target.read_text(encoding="utf-8-sig").splitlines()))
        assert [one["sameAs"] for one in rows] == [iri, ""]
    elif form == "geojson":
        assert target.read_text().count(iri) == 1
    else:
        assert (
            f'"http://www.w3.org/2002/07/owl#sameAs":{{"type":"Relationship","object":"{iri}"}}' in target.read_text()
        )
    assert target.read_text().count("owl#sameAs") <= 1
