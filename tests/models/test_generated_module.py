"""A user's own schema, from the file to the class: generated, described, validated, cleaned."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from citycontext import AnyValue, Attr, Entity
from citycontext.cli.commands import app
from citycontext.errors import UnknownModel
from citycontext.models import SmartDataModel, clean, describe, validate
from citycontext.models.parking import OffStreetParking
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.findings import Severity

SCHEMA = {
    "$schema": "http://json-schema.org/schema#",
    "title": "MyBin",
    "description": 'A bin that we empty; "daily".',
    "type": "object",
    "required": ["id", "type", "level"],
    "properties": {
        "id": {"type": "string"},
        "type": {"enum": ["MyBin"]},
        "level": {"type": "number", "minimum": 0, "maximum": 1, "description": "How full it is."},
        "kind": {"type": "string", "enum": ["glass", "paper"], "description": "What goes into it. " * 9},
        "refStreet": {"type": "string", "format": "uri", "description": "Relationship. The street."},
    },
}
BIN = {"id": "urn:ngsi-ld:MyBin:1", "type": "MyBin", "level": {"type": "Property", "value": -1}}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Write the schema to a file."""
    path = tmp_path / "own.json"
    path.write_text(json.dumps(SCHEMA))
    return path


def generated(own: Path) -> Any:
    target = own.parent / "my_bin.py"
    result = CliRunner().invoke(app, ["models", "generate", str(own), "--output", str(target)])
    assert result.exit_code == 0, result.output
    spec = importlib.util.spec_from_file_location("my_bin", target)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["my_bin"] = module
    spec.loader.exec_module(module)
    return module


def test_a_generated_class_is_known_end_to_end(own: Path) -> None:
    """Describe, validate and clean know it as they know one that ships; it has no address of a @context."""
    bin_class = generated(own).MyBin
    assert describe(bin_class).attributes["level"].maximum == 1
    assert bin_class.context_url == ""
    findings = validate(bin_class(id="urn:ngsi-ld:MyBin:1", level=AnyValue(-1)))
    assert [(one.path, one.rule) for one in findings if one.severity is not Severity.NOTE] == [
        ("level.value", "schema/minimum")
    ]
    assert validate(BIN, bin_class, strictness="strict")[0].severity is Severity.ERROR
    assert clean({**BIN, "level": 0.5}, bin_class).entity["level"].value == 0.5


def test_the_file_says_who_wrote_it_and_keeps_the_descriptions(own: Path) -> None:
    """Descriptions become docstrings, whatever they hold; the file names the command, and passes the linter."""
    module = generated(own)
    text = Path(module.__file__).read_text()
    assert "Written by `citycontext models generate`" in text
    assert "compile_models" not in text
    assert "A bin that we empty; daily." in module.MyBin.__doc__
    assert '"""How full it is. Property, from 0 to 1."""' in text
    assert (
        subprocess.run([sys.executable, "-m", "ruff", "check", "--isolated", module.__file__], check=False).returncode
        == 0
    )


def test_validate_and_clean_take_a_schema_as_the_model(own: Path, tmp_path: Path) -> None:
    """``--model own.json`` judges by the user's own schema."""
    (tmp_path / "a.json").write_text(json.dumps(BIN))
    result = CliRunner().invoke(app, ["validate", str(tmp_path / "a.json"), "--model", str(own), "--strict"])
    assert result.exit_code == 1
    assert "schema/minimum" in result.output
    assert CliRunner().invoke(app, ["models", "clean", str(tmp_path / "a.json"), "--model", str(own)]).exit_code == 0


def test_classes_without_a_model_are_checked_by_the_standard() -> None:
    """A plain class, and one that an older version generated without its schema, crash nothing."""

    class MyLamp(Entity):
        level: Attr[int]

    class OldBin(SmartDataModel, type="MyBin"):
        _origin = Origin("", "MyBin")
        level: Attr[float]

    for one in (MyLamp(id="urn:ngsi-ld:MyLamp:1", level=4), OldBin(id="urn:ngsi-ld:MyBin:1", level=0.5)):
        assert not any(finding.severity is Severity.ERROR for finding in validate(one))
        assert clean(one).entity == one
    with pytest.raises(UnknownModel, match="generate again"):
        describe(OldBin)


def test_hovers_of_shipped_classes_give_unit_and_range() -> None:
    """Where the model says a unit or a range, a docstring stands below the attribute, for editors to show."""
    source = Path(str(inspect.getsourcefile(OffStreetParking))).read_text()
    shipped = next(one for one in ast.parse(source).body if getattr(one, "name", "") == "OffStreetParking")
    assert isinstance(shipped, ast.ClassDef)
    shown = {}
    for before, after in pairwise(shipped.body):
        if isinstance(before, ast.AnnAssign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            shown[ast.unparse(before.target)] = after.value.value
    assert shown["average_spot_length"] == "Property in MTR, from 0."
    assert shown["occupancy"] == "Property, from 0 to 1."
    assert "opening_hours" not in shown
