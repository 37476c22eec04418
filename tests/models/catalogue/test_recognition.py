"""Which form a payload has, and which model it is of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from citycontext.errors import UnknownModel
from citycontext.models import describe
from citycontext.models.catalogue.index import smart_data_models
from citycontext.models.catalogue.recognition import model_of, representation_of, subject_of


@pytest.mark.parametrize(
    ("payload", "form"),
    [
        ({"id": "a:b", "type": "T"}, "simplified"),
        ({"a": 5, "location": {"type": "Point", "coordinates": [1, 2]}}, "simplified"),
        ({"a": {"type": "Property", "value": 5}}, "normalized"),
        ({"a": {"value": 5, "unitCode": "CEL"}, "b": 3}, "concise"),
        ({"a": [{"type": "Property", "value": 5}]}, "normalized"),
    ],
)
def test_the_representation_is_told_from_the_payload(payload: dict[str, Any], form: str) -> None:
    """By what stands under the attributes' names."""
    assert representation_of(payload) == form


def test_a_model_tells_values_from_concise_attributes() -> None:
    """An object that the model has as a value is one, though it has a member ``value``."""
    payload = {"id": "urn:ngsi-ld:Reservoir:1", "type": "Reservoir", "initialQuality": {"value": 0.5}, "name": "A"}
    assert representation_of(payload) == "concise"
    assert representation_of(payload, describe("Reservoir", "WaterDistributionManagementEPANET")) == "simplified"
    concise = {"id": "urn:ngsi-ld:ParkingSpot:1", "type": "ParkingSpot", "width": {"value": 2.5}, "name": "A1"}
    assert representation_of(concise, describe("ParkingSpot")) == "concise"


@pytest.mark.shared
def test_all_published_key_values_are_recognised(published_models: Path) -> None:
    """With their models, every example of key-values is told as simplified, and none of the normalized ones is."""
    wrong = []
    for path in sorted(published_models.glob("dataModel.*/*/examples/example*.json*")):
        if path.stem in ("example", "example-normalized"):
            model = smart_data_models()[path.parts[-4].removeprefix("dataModel."), path.parts[-3]]
            form = representation_of(orjson.loads(path.read_bytes()), model)
            if (form == "simplified") != (path.stem == "example"):
                wrong.append(path.relative_to(published_models).as_posix())
    assert wrong == []


def test_a_model_is_found_by_type_and_context() -> None:
    """The subject in the @context tells which of several is meant; without it, nothing is guessed."""
    context = "https://raw.githubusercontent.com/smart-data-models/dataModel.ZEB/master/context.jsonld"
    assert subject_of({"@context": [context]}) == "ZEB"
    found, problem = model_of({"type": "Sensor", "@context": context})
    assert (str(found), problem) == ("ZEB.Sensor", None)
    found, problem = model_of({"type": ["Nothing", "ParkingSpot"]})
    assert (str(found), problem) == ("Parking.ParkingSpot", None)
    found, problem = model_of({"type": ["Nothing", "KioskOfOurOwn"]})
    assert found is None
    assert problem is not None
    assert problem.rule == "schema/unknown"
    with pytest.raises(UnknownModel):
        model_of({"type": "ParkingSpot"}, "Nothing")
