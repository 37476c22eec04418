"""Whatever is in the data, no export holds what must not be published."""

from __future__ import annotations

import re
import string
import tempfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.publish import EventStream, Publication, export

LISTED = ["name", "availableSpotNumber", "location", "refParkingSite", "scope", "name.note"]
SECRET = "zqsecretqz"

upper = st.sampled_from(string.ascii_uppercase)
digit = st.sampled_from(string.digits)
plates = st.builds(
    lambda first, letters, digits, gap: f"{first}{gap}{letters}{gap}{digits}",
    st.sampled_from("123456789"),
    st.text(upper, min_size=3, max_size=3).filter(lambda text: text not in ("BUS", "BTE", "BOX")),
    st.text(digit, min_size=3, max_size=3),
    st.sampled_from(["-", "", " ", "."]),
)
mac_addresses = st.builds(
    lambda content, gap: gap.join(f"{one:02X}" for one in content),
    st.binary(min_size=6, max_size=6),
    st.sampled_from([":", "-", ""]),
).filter(lambda text: re.search("[A-F]", text) is not None and re.search("[0-9]", text) is not None)
identifiers = st.one_of(plates, mac_addresses).flatmap(lambda text: st.sampled_from([text, text.lower()]))
harmless = st.one_of(st.integers(0, 500), st.sampled_from(["P+R Loop", "open", "Gent", ""]), st.booleans())


def nests(poison: str) -> st.SearchStrategy[Any]:
    leaf = st.one_of(harmless, st.just(poison), st.just(f"seen {poison}."))
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["a", "b", poison]), inner, max_size=3),
        ),
        max_leaves=6,
    )


@st.composite
def attributes(draw: st.DrawFn, poison: str) -> Any:
    kind, member = draw(
        st.sampled_from(
            [
                ("Property", "value"),
                ("JsonProperty", "json"),
                ("LanguageProperty", "languageMap"),
                ("VocabProperty", "vocab"),
                ("ListProperty", "valueList"),
                ("Relationship", "object"),
            ]
        )
    )
    attribute = {"type": kind, member: draw(nests(poison)), "observedAt": "2026-05-01T10:00:00Z"}
    for name in ("unitCode", "datasetId", "note", "observedBy", "lang"):
        if draw(st.booleans()):
            attribute[name] = draw(nests(poison))
    return draw(st.sampled_from([attribute, [attribute, {"type": "Property", "value": 1}], attribute.get(member)]))


@st.composite
def entities(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    poison = draw(identifiers)
    made = []
    for number in range(draw(st.integers(1, 3))):
        entity: dict[str, Any] = {
            "id": draw(st.sampled_from([f"urn:ngsi-ld:OffStreetParking:{number}", f"urn:x:{poison.replace(' ', '')}"])),
            "type": draw(st.sampled_from(["OffStreetParking", "Vehicle", ["OffStreetParking", poison]])),
            "availableSpotNumber": {"type": "Property", "value": 7, "observedAt": "2026-05-01T10:00:00Z"},
            "secret": {"type": "Property", "value": SECRET},
            "owner": {"type": "Property", "value": SECRET},
        }
        for name in draw(st.sets(st.sampled_from([*LISTED, "unlisted", poison]))):
            entity[name] = draw(attributes(poison))
        if draw(st.booleans()):
            entity["@context"] = draw(st.sampled_from([{"x": f"https://x.example/{poison}"}, [], {}]))
        made.append(entity)
    return poison, made


def plain(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.lower())


@given(entities(), st.sampled_from(["ngsi-ld", "observaties-en-metingen", "sosa", "energie"]))
def test_no_export_holds_what_must_not_be_published(given_: tuple[str, list[dict[str, Any]]], members: str) -> None:
    """In no format and no file, not even with other separators: an unlisted attribute, a plate, a MAC address."""
    poison, made = given_
    publication = Publication.parse(
        {
            "dataset": {"licence": "https://creativecommons.org/publicdomain/zero/1.0/"},
            "allow": {"OffStreetParking": [*LISTED, "owner"]},
            "stream": {"url": "https://data.stad.example/parking", "page_size": 1, "members": members},
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        for path, content in published(made, publication, Path(folder)).items():
            assert SECRET not in content, path
            assert plain(poison) not in {plain(word) for word in re.findall(r"[\w:.\- ]+", content)}, path
            assert poison.lower() not in content.lower(), path


PLACES: dict[str, dict[str, Any]] = {
    "value": {"name": {"type": "Property", "value": "#"}},
    "concise": {"name": "#"},
    "nested value": {"name": {"type": "Property", "value": {"seen": [{"at": 1, "car": "car #, twice"}]}}},
    "key of a value": {"name": {"type": "Property", "value": {"#": 1}}},
    "unit": {"availableSpotNumber": {"type": "Property", "value": 1, "unitCode": "#"}},
    "dataset": {"availableSpotNumber": {"type": "Property", "value": 1, "datasetId": "urn:car:#"}},
    "second instance": {"name": [{"type": "Property", "value": "a"}, {"value": "#", "datasetId": "urn:d:2"}]},
    "language map": {"name": {"type": "LanguageProperty", "languageMap": {"nl": "x", "fr": "#"}}},
    "languages": {"name": {"type": "LanguageProperty", "languageMap": {"nl": ["x", "#"]}}},
    "JSON": {"name": {"type": "JsonProperty", "json": {"a": {"b": ["#"]}}}},
    "vocabulary": {"name": {"type": "VocabProperty", "vocab": ["x", "#"]}},
    "list": {"name": {"type": "ListProperty", "valueList": [1, ["#"]]}},
    "relationship": {"refParkingSite": {"type": "Relationship", "object": "urn:car:#"}},
    "relationships": {"refParkingSite": {"type": "Relationship", "object": ["urn:x:1", "urn:car:#"]}},
    "type of object": {"refParkingSite": {"type": "Relationship", "object": "urn:x:1", "objectType": "#"}},
    "list of relationships": {"refParkingSite": {"type": "ListRelationship", "objectList": [{"object": "urn:car:#"}]}},
    "inlined entity": {"refParkingSite": {"type": "Relationship", "object": "urn:x:1", "entity": {"id": "urn:car:#"}}},
    "geometry": {"location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3, 51], "car": "#"}}},
    "sub-attribute": {"name": {"type": "Property", "value": "a", "note": {"type": "Property", "value": "#"}}},
    "below a sub-attribute": {"name": {"value": "a", "note": {"value": "b", "by": {"value": "#"}}}},
    "unlisted sub-attribute": {"name": {"type": "Property", "value": "a", "by": {"type": "Property", "value": "#"}}},
    "previous value": {"name": {"type": "Property", "value": "a", "previousValue": "#"}},
    "scope": {"scope": ["/gent", "/gent/#"]},
    "name of an attribute": {"#": {"type": "Property", "value": 1}},
    "unlisted attribute": {"plate": {"type": "Property", "value": "#"}},
    "id": {"id": "urn:ngsi-ld:OffStreetParking:#"},
    "type": {"type": ["OffStreetParking", "#"]},
    "context": {"@context": [{"x": "https://x.example/#"}]},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("poison", ["1-ABC-234", "2xyz987", "00:1A:2b:3C:4d:5E"])
def test_no_place_is_overlooked(tmp_path, place: str, poison: str) -> None:
    """Wherever in an entity it stands, no file of any format has it, and each has the entity beside it."""
    poisoned = orjson.loads(orjson.dumps(PLACES[place]).decode().replace("#", poison))
    number = {"type": "Property", "value": 4711, "observedAt": "2026-05-01T10:00:00Z"}
    entity = {"id": "urn:ngsi-ld:OffStreetParking:1", "type": "OffStreetParking", "availableSpotNumber": number}
    publication = Publication.parse(
        {"allow": {"OffStreetParking": LISTED}, "stream": {"url": "https://data.stad.example/parking"}}
    )
    beside = {**entity, "id": "urn:ngsi-ld:OffStreetParking:beside"}
    files = published([entity | poisoned, beside], publication, tmp_path)
    assert sum(":beside" in content for content in files.values()) == 5  # root and state of the stream, three exports
    for path, content in files.items():
        assert plain(poison) not in plain(content), path


def published(made: list[dict[str, Any]], publication: Publication, folder: Path) -> dict[Path, str]:
    """Publish in every form; give all the files, the state of the stream among them."""
    with EventStream(folder / "site", publication) as stream:
        stream.write(made)
    for form in ("csv", "geojson", "jsonld"):
        export(made, folder / f"parking.{form}", publication, form=form)
    files = {
        path: path.read_bytes().decode("utf-8", "replace")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".reserve"
    }
    assert len(files) >= 6
    return files
