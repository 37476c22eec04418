"""The index that ships with the package."""

from __future__ import annotations

import gzip
import runpy
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import pytest

from citycontext.models.catalogue.index import smart_data_models

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = files("citycontext.models.catalogue").joinpath("smart_data_models.jsonl")


@pytest.mark.shared
def test_the_index_is_made_from_the_published_schemas(published_models: Path) -> None:
    """Compiling the schemas again gives the very bytes that ship."""
    compiler = runpy.run_path(str(ROOT / "scripts" / "compile_models.py"))
    assert compiler["compile_index"](published_models) == SHIPPED.read_bytes()


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def test_the_index_holds_no_prose() -> None:
    """No description is left: beside enumerations and patterns, no text has more than eight words."""
    _, *rows = map(orjson.loads, SHIPPED.read_bytes().splitlines())

    def drop(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: drop(one) for name, one in value.items() if name not in ("enum", "const", "pattern")}
        return [drop(one) for one in value] if isinstance(value, list) else value

    assert [text for text in _texts(drop(rows)) if len(text.split()) > 8] == []
    keywords = {name for row in rows[1:] for name in row["schema"]}
    assert not keywords & {"description", "title", "$comment", "examples"}


def test_the_index_is_small() -> None:
    """It stays near a tenth of a megabyte in a wheel, which is compressed."""
    assert len(gzip.compress(SHIPPED.read_bytes())) < 110_000


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
