"""Finding a model."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest

from citycontext.errors import AmbiguousModel, ConfigurationError, UnknownModel
from citycontext.models import ModelFamily, describe, find_models, model_for, models, subjects
from citycontext.models.catalogue import families, registry
from citycontext.models.catalogue.classes import build_class
from citycontext.models.catalogue.generation import STATIC_SUBJECTS
from citycontext.models.own_schema import describe_schema
from citycontext.models.parking import OffStreetParking
from citycontext.ngsild import Entity


@pytest.fixture
def _forgetful() -> Any:
    """Let the registry look for installed families anew, before and after."""
    registry._installed.cache_clear()
    yield
    registry._installed.cache_clear()


def test_a_type_finds_its_class() -> None:
    """A city's class is the one that is imported; any other is made once."""
    assert model_for("OffStreetParking") is OffStreetParking
    assert model_for("Aircraft") is model_for("Aircraft", "Aeronautics")
    assert model_for("Aircraft").entity_type == "Aircraft"


@pytest.mark.parametrize(
    "subject", ["WasteManagement", "dataModel.WasteManagement", "waste management", "waste_management"]
)
def test_a_subject_may_be_spelt_in_many_ways(subject: str) -> None:
    """The repository's name, the module's name, and words."""
    assert model_for("WasteContainer", subject).__name__ == "WasteContainer"


def test_an_ambiguous_type_names_the_subjects() -> None:
    """Three subjects have a Sensor; the error says which, and the subject decides."""
    with pytest.raises(AmbiguousModel, match="OCF, SAREF, ZEB; name the subject") as raised:
        model_for("Sensor")
    assert raised.value.subjects == ("OCF", "SAREF", "ZEB")
    assert describe(model_for("Sensor", "ZEB")).subject == "ZEB"


def test_a_class_knows_its_context() -> None:
    """The class, an entity of it and its description name one address; a model of one's own has none."""
    parking = OffStreetParking(
        id="urn:ngsi-ld:OffStreetParking:1", location={"type": "Point", "coordinates": [3.7, 51.0]}
    )
    assert OffStreetParking.context_url == describe(OffStreetParking).context == parking.context_url
    assert OffStreetParking.context_url.endswith("/dataModel.Parking/master/context.jsonld")
    assert model_for("Aircraft").context_url == describe("Aircraft").context
    bench = {"properties": {"type": {"enum": ["Bench"]}, "seats": {"type": "integer"}}}
    assert build_class(describe_schema(bench)).context_url == ""


def test_a_city_subject_goes_before_others() -> None:
    """A type that one subject of a city has is that one's, whoever else has it: Vehicle is not a railway's."""
    assert describe("Vehicle").subject == "Transportation"
    assert describe("Vehicle", "ERA").subject == "ERA"
    assert describe("Building").subject == "Building"


def test_city_subjects_are_found_first() -> None:
    """After the type that has the very name, a city's models come before the hundreds of other subjects."""
    found = find_models("temperature")
    exact = [model for model in found if model.type == "Temperature"]
    assert found[: len(exact)] == exact
    city = [model.subject in STATIC_SUBJECTS for model in found[len(exact) :]]
    assert city == sorted(city, reverse=True)
    assert 0 < sum(city) < len(city)


def test_an_unknown_type_names_what_comes_near() -> None:
    """A typing mistake is answered with the right name."""
    with pytest.raises(UnknownModel, match="did you mean OffStreetParking"):
        model_for("OffStretParking")
    with pytest.raises(UnknownModel, match="in the subject Weather"):
        model_for("OffStreetParking", "Weather")


def test_a_description_tells_the_facts() -> None:
    """Kind, type, unit, limits and enumeration of an attribute, by its wire name."""
    model = describe(OffStreetParking)
    assert (model.subject, model.type, model.required) == ("Parking", "OffStreetParking", ("location",))
    width = model["averageSpotWidth"]
    assert (width.name, width.kind, width.annotation, width.unit_code) == (
        "average_spot_width",
        "Property",
        float,
        "MTR",
    )
    assert "parkAndRide" in model["usageScenario"].enumeration
    assert describe("WasteContainer")["fillingLevel"].maximum == 1
    assert model["owner"].personal
    assert not model["occupancy"].personal
    assert model["owner"].part == "GSMA-Commons"
    assert [context.rpartition("/")[2] for context in model.contexts] == [
        "context.jsonld",
        "ngsi-ld-core-context-v1.8.jsonld",
    ]
    assert model.page.endswith("/dataModel.Parking/blob/master/OffStreetParking/doc/spec.md")


def test_a_subclass_of_a_model_is_described_as_the_model() -> None:
    """Whoever adds to a class keeps what is known about it."""

    class OurParking(OffStreetParking):
        """A class of a user's own."""

    assert describe(OurParking) is describe(OffStreetParking)


def test_a_class_that_stands_for_no_model_is_refused() -> None:
    """The error tells where classes come from."""

    class Anything(Entity):
        """A class without a model."""

    with pytest.raises(UnknownModel, match="stands for no model"):
        describe(Anything)


def test_models_are_found_by_words_and_by_attributes() -> None:
    """A word in the type counts more than one in the subject or an attribute."""
    assert find_models("air quality observed")[0].type == "AirQualityObserved"
    assert find_models("OffStreetParking")[0].type == "OffStreetParking"
    assert {model.type for model in find_models(attribute="fillingLevel")} >= {"WasteContainer"}
    assert {model.type for model in find_models(attribute="filling_level")} >= {"WasteContainer"}
    assert {model.subject for model in find_models("spot", subject="parking")} == {"Parking"}
    assert find_models("no such thing anywhere") == []


def test_all_models_are_listed_by_subject() -> None:
    """Listing by subject gives the same as listing all."""
    assert "Parking" in subjects()
    assert sum(len(list(models(subject))) for subject in subjects()) == len(list(models()))


class Tram(Entity):
    """A class of another package."""


def _family() -> ModelFamily:
    schema = {"properties": {"type": {"enum": ["Tram"]}, "line": {"type": "string"}}}
    bench = describe_schema({"properties": {"type": {"enum": ["Bench"]}, "seats": {"type": "integer"}}})
    return ModelFamily("rolling-stock", "2.1", [describe_schema(schema), bench], {("", "Tram"): Tram})


FAMILY = _family()
NO_FAMILY = "a text"


def _entry_points(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    entry = EntryPoint("rolling-stock", f"{__name__}:{value}", families.ENTRY_POINT_GROUP)
    monkeypatch.setattr(EntryPoint, "load", lambda self: globals()[value])
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [entry])


@pytest.mark.usefixtures("_forgetful")
def test_another_package_adds_a_family(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point brings models with their version; written classes are used, others made."""
    _entry_points(monkeypatch, "FAMILY")
    assert model_for("Tram") is Tram
    assert [field.wire_name for field in model_for("Bench").fields.values()] == ["seats"]
    assert [(family.name, family.version) for family in registry.families()][1:] == [("rolling-stock", "2.1")]


@pytest.mark.usefixtures("_forgetful")
def test_an_entry_point_that_is_no_family_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the entry point and what it leads to."""
    _entry_points(monkeypatch, "NO_FAMILY")
    with pytest.raises(ConfigurationError, match="rolling-stock"):
        model_for("Tram")
