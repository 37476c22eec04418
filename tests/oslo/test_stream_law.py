"""Broker to event stream to broker is an identity, for the models that are published and for every class of OSLO."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import orjson
import pytest

pytest.importorskip("pyld")

from citycontext.ngsild import Entity
from citycontext.oslo import LossKind, standard_tables, to_oslo
from citycontext.oslo.entities import class_for
from citycontext.oslo.entities.oslo_entity import CLASSES

assert class_for("Adres") is not None  # which imports them all
ROOT = Path(__file__).parents[2]
BASE = "https://data.stad.example/id/"
SPAN = "2026-05-01T08:00:00Z/2026-05-01T09:00:00Z"


@pytest.fixture(scope="module")
def law() -> dict[str, Any]:
    """Return the names of the command that tries all models."""
    return runpy.run_path(str(ROOT / "scripts" / "stream_law.py"))


def whole(entity_type: str) -> dict[str, Any]:
    """Return an entity with every attribute of a class of OSLO, but one result of several."""
    table = standard_tables()[entity_type]
    results = [name for name, part in table.parts.items() if part.role == "result"]
    wire: dict[str, Any] = {"id": f"urn:ngsi-ld:{entity_type}:1", "type": entity_type}
    for field in CLASSES[entity_type].fields.values():
        name, kind = field.wire_name, field.attribute_class.__name__
        part = table.parts.get(name)
        role = part.role if part is not None else ""
        mappings = table.describe.get(name, ()) if part is None else (part.mapping,) if part.mapping else ()
        text = next((code for one in mappings for code in one.codes), f"x-{name}")
        if role == "result":
            number = {"value": 7} if part is not None and part.count else {"value": 12.5, "unitCode": "CEL"}
            wire |= {name: {"type": "Property", **number}} if name == results[0] else {}
        elif kind == "GeoProperty":
            wire[name] = {"type": kind, "value": {"type": "Point", "coordinates": [3.72, 51.05]}}
        elif kind == "Relationship":
            wire[name] = {"type": kind, "object": f"urn:ngsi-ld:Thing:{name}"}
        elif kind == "LanguageProperty":
            wire[name] = {"type": kind, "languageMap": {"nl": "a", "en": "b"}}
        else:
            values = {
                "a timestamp": "2026-05-01T08:30:00Z",
                "true or false": True,
                "a whole number": 5,
                "a number": 2.5,
                "an object": {"naamruimte": "n", "lokaleIdentificator": "1"},
                "a list of text values": [text],
            }
            value = SPAN if role in ("phenomenon_time", "valid_time") or name == "fenomeentijd" else None
            value = {"accuracy": 0.5} if role == "quality" else value
            wire[name] = {"type": "Property", "value": value or values.get(field.value_type.name, text)}
    return wire


@pytest.mark.parametrize("profile", ["observaties-en-metingen", "sosa"])
def test_every_class_of_oslo_comes_back(law, without, profile) -> None:
    """Whole entities of all classes, written in a profile's words into a stream, are in a broker what they were."""
    entities = [{**whole(one), "modifiedAt": "2026-05-01T10:00:00Z"} for one in sorted(CLASSES)]
    assert len(entities) > 50
    for identifier, before, after in law["differences"](entities, members=profile, models="oslo"):
        report = to_oslo(Entity.from_dict(before), profile=profile).report
        losses = [one for one in report if one.subject == identifier]
        assert not any(one.kind is LossKind.REFUSED for one in losses), identifier
        assert isinstance(after, dict), (identifier, after)
        assert (after["id"], after["type"]) == (before["id"], before["type"])
        assert without(after, losses) == without(before, losses), identifier


@pytest.mark.parametrize("base", ["", BASE])
@pytest.mark.shared
def test_a_sample_of_published_models_comes_back(shared_dir, law, base) -> None:
    """Examples of models that others published are behind a stream what they were in the broker before it."""
    files = [
        *sorted((shared_dir / "smart-data-models").rglob("example-normalized.jsonld"))[::20],
        *sorted((shared_dir / "smart-data-models-rest").rglob("example-normalized.jsonld"))[::40],
    ]
    entities = law["stored"]([orjson.loads(one.read_bytes()) for one in files])
    assert len(entities) > 10
    assert list(law["differences"](entities, base=base)) == []
