"""The modules that are written from the index."""

from __future__ import annotations

import runpy
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import citycontext.models
from citycontext.models.catalogue.classes import build_class
from citycontext.models.catalogue.generation import STATIC_SUBJECTS, class_source, commons_source, module_source
from citycontext.models.catalogue.index import smart_data_models
from citycontext.models.catalogue.python_names import class_name, module_name
from citycontext.models.own_schema import describe_schema
from citycontext.ngsild import Entity

FOLDER = Path(citycontext.models.__file__).parent


@pytest.mark.parametrize("subject", STATIC_SUBJECTS)
def test_a_module_is_what_the_index_says(subject: str) -> None:
    """No module was changed by hand, and none lags behind the index."""
    written = (FOLDER / f"{module_name(subject)}.py").read_text(encoding="utf-8")
    assert written == module_source(smart_data_models(), subject)


def test_the_commons_are_what_the_index_says() -> None:
    """What most models share comes from the index too."""
    assert (FOLDER / "commons.py").read_text(encoding="utf-8") == commons_source(smart_data_models())


def _declaration(cls: type[Entity]) -> list[tuple[object, ...]]:
    return [
        (field.name, field.wire_name, field.kind, field.required, field.value_type.annotation)
        for field in sorted(cls.fields.values(), key=lambda field: field.name)
    ]


@pytest.mark.parametrize("subject", STATIC_SUBJECTS)
def test_written_and_made_classes_declare_the_same(subject: str) -> None:
    """A class of a module and the class made at run time have the same fields, base and entity type."""
    module = import_module(f"citycontext.models.{module_name(subject)}")
    for model in smart_data_models().of_subject(subject):
        written, made = getattr(module, class_name(model.type)), build_class(model)
        assert _declaration(written) == _declaration(made)
        assert written.entity_type == made.entity_type == model.type
        assert written.__mro__[1] is made.__mro__[1]


def test_the_module_of_an_own_schema_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Source written for a user's schema declares what the class made from it declares; odd texts stay texts."""
    schema = {
        "properties": {
            "type": {"const": "Kiosk"},
            "status": {"enum": ["open", 'clo"sed', "it's", "a\\b", "x" * 130]},
            "as": {"type": "number", "description": "Property. Units:'meters'"},
            "NO2": {"type": "number"},
            "openedAt": {"type": "string", "format": "date-time"},
            "place": {"type": "object", "description": "GeoProperty. Where"},
        },
        "required": ["NO2", "place"],
    }
    model = describe_schema(schema)
    module = ModuleType("kiosk")
    monkeypatch.setitem(sys.modules, "kiosk", module)
    exec(class_source(model, smart_data_models().definitions), module.__dict__)
    kiosk = module.Kiosk
    assert _declaration(kiosk) == _declaration(build_class(model))
    assert "as_ MTR" in kiosk.__doc__


@pytest.mark.parametrize(
    "odd", ['a"b', "x\ny", '"""', "3D x", "class", "None", "Any", "OptAttr", "\u00b2", '"]; import os #']
)
def test_no_name_breaks_out_of_the_source(monkeypatch: pytest.MonkeyPatch, odd: str) -> None:
    """Types and attributes of any name, enumerations and units of any text give a module that declares them."""
    schema = {
        "properties": {
            odd: {"enum": [odd], "description": f"Property. Units:'{odd}'"},
            f"ref{odd}": {"type": "string", "description": "Relationship. Last"},
        },
        "required": [f"ref{odd}"],
        "$schemaVersion": odd,
    }
    model = describe_schema(schema, type_name=odd)
    module = ModuleType("odd")
    monkeypatch.setitem(sys.modules, "odd", module)
    exec(class_source(model, smart_data_models().definitions), module.__dict__)
    assert len(module.__all__) == 1
    written = getattr(module, module.__all__[0])
    assert written.entity_type == odd
    assert _declaration(written) == _declaration(build_class(model))


def test_the_table_of_models_is_what_the_index_says() -> None:
    """The documentation lists every class that can be imported."""
    root = Path(__file__).resolve().parents[3]
    compiler = runpy.run_path(str(root / "scripts" / "compile_models.py"))
    document = (root / "docs" / "choose-a-model.md").read_text(encoding="utf-8")
    assert document == compiler["with_table"](document, smart_data_models())
    assert "citycontext.models.parking" in document
