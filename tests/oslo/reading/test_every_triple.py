"""What is not read is reported: no triple goes without a trace."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

pytest.importorskip("pyld")
pytest.importorskip("rdflib")

from citycontext.oslo import LossKind, from_oslo, read_text

ROOT = Path(__file__).parents[3]
PREFIXES = """
@prefix sosa: <http://www.w3.org/ns/sosa/> .
@prefix time: <http://www.w3.org/2006/time#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix ex: <https://data.example/> .
"""
OBSERVATION = "ex:o a sosa:Observation; sosa:observedProperty ex:p; sosa:hasSimpleResult 5.5"


@pytest.fixture(scope="module")
def triples_script():
    """Return the names of the command that tries every triple."""
    return runpy.run_path(str(ROOT / "scripts" / "oslo_triples.py"))


def read(turtle: str, models: str = "smart-data-models"):
    """Read Turtle with the prefixes of these tests."""
    return from_oslo(read_text(PREFIXES + turtle, "text/turtle"), models=models)


def test_a_sample_of_published_triples_leaves_a_trace(shared_dir, triples_script):
    """A triple that is deleted or replaced in a published file changes an entity or the report."""
    folder = shared_dir / "oslo" / "examples"
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()][::9]
    tried = 0
    for file in files:
        triples = triples_script["triples_of"](file)
        tried += bool(triples)
        assert list(triples_script["unseen"](triples, sample=3)) == [], file
    assert tried > 10


@pytest.mark.parametrize("models", ["smart-data-models", "oslo"])
@pytest.mark.parametrize(
    ("turtle", "term"),
    [
        (f"{OBSERVATION}; sosa:phenomenonTime ex:t .", "phenomenonTime"),
        (f"{OBSERVATION}; sosa:hasResult [ qudt:numericValue 7 ] .", "hasSimpleResult"),
        (f"{OBSERVATION}; <http://www.w3.org/ns/prov#generatedAtTime> '2024-05-01T00:00:00Z' .", "generatedAtTime"),
    ],
    ids=["a time that is not described", "two results", "the time of a version"],
)
def test_what_the_entity_does_not_have_is_lost(turtle, term, models):
    """A triple that no attribute takes is in the report, with its value in full."""
    lost = [loss for loss in read(turtle, models).report.of(LossKind.LOST) if loss.term.endswith(term)]
    assert len(lost) == 1
    assert lost[0].value


def test_the_address_of_a_feature_of_interest_is_reported():
    """A model of Smart Data Models has no place for the address of what was observed, and the report says so."""
    lost = read(f"{OBSERVATION}; sosa:hasFeatureOfInterest ex:bridge .").report.of(LossKind.LOST)
    assert [loss.value for loss in lost] == ["https://data.example/bridge"]


@pytest.mark.parametrize("models", ["smart-data-models", "oslo"])
def test_a_vehicle_type_that_no_model_has_is_reported(models):
    """A count of heavy vehicles does not become a count of all without a word."""
    traffic = "https://data.vlaanderen.be/ns/verkeersmetingen#"
    observed = f"[ a ex:P; <{traffic}voertuigType> ex:zwaar; <{traffic}verkeerskenmerkType> ex:count ]"
    report = read(OBSERVATION.replace("ex:p", observed) + " .", models).report
    assert any(loss.value == "https://data.example/zwaar" for loss in report.of(LossKind.LOST)), report


@pytest.mark.parametrize(
    ("known", "duration", "whole"),
    [
        ("hasBeginning", "P1M", "2024-01-31T00:00:00Z/2024-02-29T00:00:00Z"),
        ("hasEnd", "PT1H", "2024-01-30T23:00:00Z/2024-01-31T00:00:00Z"),
    ],
)
def test_a_duration_tells_the_other_end(known, duration, whole):
    """An interval of one moment and a duration has both ends, whichever is given, with months of their own length."""
    moment = '[ a time:Instant; time:inXSDDateTime "2024-01-31T00:00:00Z"^^xsd:dateTime ]'
    time = f'[ a time:ProperInterval; time:{known} {moment}; time:hasXSDDuration "{duration}"^^xsd:duration ]'
    (entity,) = read(f"{OBSERVATION}; sosa:phenomenonTime {time} .").entities
    assert entity.to_dict()["dateObserved"]["value"].replace("+00:00", "Z") == whole


def test_a_node_without_a_class_is_taken_for_one_in_the_report():
    """What a helper node is taken for, and does not say, is an assumption in the report."""
    result = read("ex:o a sosa:Observation; sosa:observedProperty ex:p; sosa:hasResult [ qudt:numericValue 7 ] .")
    assert [loss.kind for loss in result.report] == [LossKind.ASSUMED]
