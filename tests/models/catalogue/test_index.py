"""The index that ships with the package."""

from __future__ import annotations

import runpy
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import pytest

from citycontext.models.catalogue.index import ModelIndex, plain_name, smart_data_models
from citycontext.models.catalogue.short_names import ShortNames
from citycontext.ngsild.packed import Packed

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = files("citycontext.models.catalogue").joinpath("smart_data_models.bin")


@pytest.mark.shared
def test_the_index_is_made_from_the_published_schemas(published_models: Path) -> None:
    """Compiling the schemas again gives what ships, block by block: how well a library compresses is its own affair."""
    compiler = runpy.run_path(str(ROOT / "scripts" / "compile_models.py"))
    made = Packed(compiler["compile_index"](published_models, published_models.with_name("smart-data-models-rest")))
    shipped = Packed(SHIPPED.read_bytes())
    assert made.head == shipped.head
    assert list(made) == list(shipped)
    assert [name for name in made if made.block(name) != shipped.block(name)] == []


def test_the_index_holds_the_whole_list() -> None:
    """It has the 1,070 models that can be had, of 79 subjects, those outside a city's life included."""
    index = smart_data_models()
    assert str(index) == "1070 models in 79 subjects"
    assert {("EnergyCIM", "ACLineSegment"), ("DCAT-AP", "Dataset"), ("Parking", "OffStreetParking")} <= set(index)


def test_a_subject_is_read_when_it_is_asked_for() -> None:
    """Describing one model reads the block of its subject alone."""
    index = ModelIndex.from_bytes(SHIPPED.read_bytes())
    assert index["Parking", "OffStreetParking"].type == "OffStreetParking"
    assert list(index._lines) == ["Parking"]


def test_every_licence_lets_its_model_be_shipped() -> None:
    """Each model's licence is one of those that allow it; none that forbids it, such as ODbL's subject, is there."""
    index = smart_data_models()
    assert {index[key].licence for key in index} == {
        "Apache-2.0",
        "BSD-3-Clause",
        "CC-BY-4.0",
        "EUPL-1.2",
        "LicenseRef-HL7-FHIR",
        "LicenseRef-OCF",
        "LicenseRef-OIC-2016",
        "MIT",
        "PDDL-1.0",
        "Unlicense",
    }
    assert "OpenStreetMap" not in index.subjects
    assert index["S4BLDG", "Valve"].licence == "BSD-3-Clause"


@pytest.mark.shared
def test_a_model_whose_licence_forbids_it_is_left_out(tmp_path: Path, published_models: Path, capsys: Any) -> None:
    """The compiler names it, and the index lacks it."""
    folder = tmp_path / "dataModel.Maps" / "Road"
    folder.mkdir(parents=True)
    (folder / "schema.json").write_text('{"properties": {"lanes": {"type": "integer"}}}')
    (tmp_path / "index.json").write_text('[{"subject": "dataModel.Maps", "type": "Road", "license": "ODbL-1.0"}]')
    (tmp_path / "common").symlink_to(published_models / "common")
    compiler = runpy.run_path(str(ROOT / "scripts" / "compile_models.py"))
    assert len(ModelIndex.from_bytes(compiler["compile_index"](tmp_path))) == 0
    assert "Maps.Road: not shipped: its licence is ODbL-1.0" in capsys.readouterr().err


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def test_the_index_holds_no_prose() -> None:
    """No description is left: beside enumerations and patterns, no text has more than eight words."""
    packed = Packed(SHIPPED.read_bytes())
    subjects = packed.head["subjects"]
    texts = {subject: ShortNames(subject).lengthen(packed.block(subject).decode()) for subject in subjects}
    models = [orjson.loads(line) for text in texts.values() for line in text.splitlines()]
    rows = [orjson.loads(packed.block(" definitions")), *models]

    def drop(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: drop(one) for name, one in value.items() if name not in ("enum", "const", "pattern")}
        return [drop(one) for one in value] if isinstance(value, list) else value

    assert [text for text in _texts(drop(rows)) if len(text.split()) > 8] == []
    keywords = {name for row in models for name in row["schema"]}
    assert not keywords & {"description", "title", "$comment", "examples"}


def test_the_index_is_small() -> None:
    """It stays below 150 kB, in a wheel and on disk."""
    assert len(SHIPPED.read_bytes()) < 150_000


def test_every_model_names_where_it_comes_from() -> None:
    """Subject, version, commit, licence, page and @context of each."""
    index = smart_data_models()
    for key in index:
        model = index[key]
        assert len(model.commit) == 40
        assert model.version
        assert model.licence
        assert f"dataModel.{model.subject}/" in model.page
        assert f"dataModel.{model.subject}/" in model.context


def test_the_words_that_are_searched_are_the_names_of_attributes() -> None:
    """The words of each model, kept as places in its subject's @context, are its attributes' names and no others."""
    index = smart_data_models()
    read = {key: sorted(line.split()) for key, line in index.attribute_words.items()}
    assert read == {key: sorted({plain_name(name) for name in index[key].attributes}) for key in index}


def test_every_model_is_described() -> None:
    """Each attribute of each model has a name of its own, a kind and an annotation."""
    index = smart_data_models()
    for key in index:
        attributes = index[key].attributes.values()
        assert attributes
        assert len({one.name for one in attributes}) == len(attributes)
        for one in attributes:
            assert one.name.isidentifier()
            assert one.kind
            assert one.annotation is not None
