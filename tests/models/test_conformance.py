"""All published models and all their examples: what they must survive, and the verdicts they must get."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from citycontext.models import model_for
from citycontext.models.catalogue.classes import build_class
from citycontext.models.catalogue.index import smart_data_models
from citycontext.models.own_schema import model_from_schema
from citycontext.models.validation import schema_findings, validate

pytestmark = pytest.mark.shared

CLEARER = {"ngsi-ld/geometry", "ngsi-ld/relationship", "ngsi-ld/time", "ngsi-ld/typed-value", "practice/time-zone"}
KNOWN_ECHO_MISSES = {
    ("Risk", "example-normalized.jsonld"): "an attribute whose type is spelt @type gets a type beside it",
    ("TouristTrip", "example-normalized.jsonld"): "some attributes are bare values, which become Properties",
    ("TouristTrip", "example-normalized.json"): "some attributes have no type, and become Properties",
}


def _examples(folder: Path) -> Iterator[tuple[str, str, Path]]:
    for path in sorted(folder.glob("dataModel.*/*/examples/example*.json*")):
        if path.stem in ("example", "example-normalized"):
            yield path.parts[-4].removeprefix("dataModel."), path.parts[-3], path


def test_every_published_model_builds(published_models: Path) -> None:
    """Each type of the folder is in the index, and each schema makes the class that the index makes."""
    index = smart_data_models()
    schemas = sorted(published_models.glob("dataModel.*/*/schema.json"))
    assert len(schemas) == 394
    rest = published_models.with_name("smart-data-models-rest").glob("dataModel.*/*/schema.json")
    keys = {(path.parts[-3].removeprefix("dataModel."), path.parts[-2]) for path in (*schemas, *rest)}
    assert keys == set(index)
    for path in schemas:
        key = (path.parts[-3].removeprefix("dataModel."), path.parts[-2])
        own = model_from_schema(path, type_name=key[1], folders=path.parents[1:3])
        shipped = build_class(index[key])
        assert own.fields.keys() == shipped.fields.keys()
        assert [field.kind for field in own.fields.values()] == [field.kind for field in shipped.fields.values()]


@pytest.mark.parametrize(
    "name", ["example.json", "example.jsonld", "example-normalized.json", "example-normalized.jsonld"]
)
def test_examples_come_back_as_they_were(published_models: Path, name: str) -> None:
    """At least 99 in 100 examples of each form are read and written without any change; the others are known."""
    form = "normalized" if "normalized" in name else "simplified"
    missed = set()
    total = 0
    for subject, type_name, path in _examples(published_models):
        if path.name != name:
            continue
        total += 1
        text = path.read_bytes()
        payload, before = orjson.loads(text), orjson.loads(text)
        entity = model_for(type_name, subject).from_dict(payload, representation=form, findings=[])
        if list(entity.to_dict(form).items()) != list(before.items()):
            missed.add((type_name, name))
    assert missed == {miss for miss in KNOWN_ECHO_MISSES if miss[1] == name}
    assert total >= 358
    assert len(missed) <= total * 0.01


def _judged(published_models: Path) -> Iterator[tuple[dict[str, Any], str, str, Any]]:
    for row in orjson.loads((published_models / "conformance.json").read_bytes()):
        if "schemaValid" in row:
            path = published_models / row["subject"] / row["type"] / row["file"]
            yield row, row["subject"].removeprefix("dataModel."), row["type"], orjson.loads(path.read_bytes())


def test_verdicts_on_key_values_are_those_of_json_schema(published_models: Path) -> None:
    """Every file gets the verdict that a JSON Schema validator gave it, with and without formats."""
    index = smart_data_models()
    wrong = []
    judged = 0
    for row, subject, type_name, payload in _judged(published_models):
        if "normalized" in row["file"]:
            continue
        judged += 1
        model = index[subject, type_name]
        without = not schema_findings(payload, model, formats=False)
        with_formats = not schema_findings(payload, model)
        strict = validate(payload, model, strictness="strict", representation="simplified")
        passed = not any(finding.severity == "error" for finding in strict)
        if (without, with_formats, passed) != (
            row["schemaValid"],
            row["schemaValidWithFormats"],
            row["schemaValidWithFormats"],
        ):
            wrong.append((subject, type_name, row["file"]))
    assert judged > 700
    assert wrong == []


def test_verdicts_on_normalized_entities_follow_their_key_values(published_models: Path) -> None:
    """The schema's verdict on a normalized entity is that on its values, for 99 in 100 files.

    What is missed has a value under the member of another attribute type; the standard's rules refuse it.
    """
    index = smart_data_models()
    missed = judged = 0
    for row, subject, type_name, payload in _judged(published_models):
        if "normalized" not in row["file"]:
            continue
        judged += 1
        findings = validate(payload, index[subject, type_name], strictness="strict", representation="normalized")
        breaks = any(one.rule.startswith("schema/") for one in findings)
        if not row["schemaValidWithFormats"]:  # a clearer finding may stand in the place of the schema's
            breaks |= any(one.rule in CLEARER and one.severity == "error" for one in findings)
        if breaks == row["schemaValidWithFormats"]:
            missed += 1
            assert not row["schemaValidWithFormats"]
            assert any(one.rule == "ngsi-ld/value-missing" for one in findings)
    assert judged > 700
    assert missed <= judged * 0.012


def test_well_formed_examples_have_no_error_of_the_standard(published_models: Path) -> None:
    """Normalized examples that were found well-formed by hand have none of the standard's gravest errors."""
    grave = {"ngsi-ld/value-missing", "ngsi-ld/attribute-type", "ngsi-ld/id", "ngsi-ld/type", "ngsi-ld/null"}
    for row, subject, type_name, payload in _judged(published_models):
        if row.get("wellFormedNgsiLd") and not row["file"].endswith("example-normalized.json"):
            findings = validate(payload, smart_data_models()[subject, type_name], representation="normalized")
            found = [one for one in findings if one.rule in grave and one.severity == "error"]
            if type_name[0].isdigit() or "-" in type_name:
                found = [one for one in found if one.rule != "ngsi-ld/type"]
            assert found == [], (subject, type_name, row["file"])
