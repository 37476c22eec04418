"""Following references without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from citycontext.errors import InvalidSchema
from citycontext.models.schema.references import SchemaLibrary, document_name, look_up, split_reference


@pytest.mark.parametrize(
    "address",
    [
        "https://smart-data-models.github.io/data-models/common-schema.json",
        "https://raw.githubusercontent.com/smart-data-models/data-models/master/common-schema.json",
        "https://raw.githubusercontent.com/smart-data-models/data-models/refs/heads/master/common-schema.json",
        "https://github.com/smart-data-models/data-models/raw/master/common-schema.json",
        "https://github.com/smart-data-models/data-models/blob/main/common-schema.json",
        "http://smart-data-models.github.io/data-models/common-schema.json",
    ],
)
def test_all_spellings_of_an_address_are_one_document(address: str) -> None:
    """However the common schema is addressed, it is found under one name."""
    assert document_name(address) == "data-models/common-schema.json"


@pytest.mark.parametrize(
    ("reference", "document", "pointer"),
    [
        ("#/definitions/tag", "dataModel.Parking/Spot/schema.json", "/definitions/tag"),
        ("../gtfs-schema.json#/definitions/Stop", "dataModel.Parking/gtfs-schema.json", "/definitions/Stop"),
        ("other.json", "dataModel.Parking/Spot/other.json", ""),
        ("https://geojson.org/schema/Point.json", "geojson.org/Point.json", ""),
        ("https://city.example/a.json#/x", "https://city.example/a.json", "/x"),
    ],
)
def test_a_reference_names_a_document_and_a_place_in_it(reference: str, document: str, pointer: str) -> None:
    """References into the same file, to a file beside it, and to an address."""
    assert split_reference(reference, "dataModel.Parking/Spot/schema.json") == (document, pointer)


def test_a_pointer_leads_through_objects_and_lists() -> None:
    """Escapes are undone, and a step into nothing gives nothing."""
    document = {"a/b": [{"~": 1}]}
    assert look_up(document, "/a~1b/0/~0") == 1
    assert look_up(document, "") is document
    assert look_up(document, "/a~1b/7") is None
    assert look_up(document, "/a~1b/0/~0/further") is None


def test_a_library_reads_files_once_and_knows_geometries(tmp_path: Path) -> None:
    """Documents come from the folder, geometries from the library itself, and what is unknown is nothing."""
    (tmp_path / "dataModel.City").mkdir()
    file = tmp_path / "dataModel.City" / "city-schema.json"
    file.write_text('{"definitions": {}}')
    library = SchemaLibrary(folders=(tmp_path,))
    assert library.document("dataModel.City/city-schema.json") == {"definitions": {}}
    file.unlink()
    assert library.document("dataModel.City/city-schema.json") == {"definitions": {}}
    assert library.document("geojson.org/Point.json")["properties"]["type"]["enum"] == ["Point"]
    assert library.document("geojson.org/Circle.json") is None


def test_a_document_that_is_no_json_is_named(tmp_path: Path) -> None:
    """The error names the file."""
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(InvalidSchema, match=r"broken\.json is not JSON"):
        SchemaLibrary(folders=(tmp_path,)).document("broken.json")
