"""What is not read is reported: no triple goes without a trace."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

pytest.importorskip("pyld")
pytest.importorskip("rdflib")

from citycontext.ngsild import Entity, Property, point
from citycontext.oslo import LossKind, from_oslo, read_text, to_oslo

ROOT = Path(__file__).parents[3]
PREFIXES = """
@prefix sosa: <http://www.w3.org/ns/sosa/> .
@prefix time: <http://www.w3.org/2006/time#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix mv: <http://schema.mobivoc.org/#> .
@prefix dqv: <http://www.w3.org/ns/dqv#> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix sf: <http://www.opengis.net/ont/sf#> .
@prefix om: <http://def.isotc211.org/iso19156/2011/Observation#> .
@prefix oms: <https://def.isotc211.org/iso19156/2011/Observation#> .
@prefix mst: <http://def.isotc211.org/iso19156/2011/Measurement#> .
@prefix sfe: <http://def.isotc211.org/iso19156/2011/SamplingFeature#> .
@prefix sfp: <http://def.isotc211.org/iso19156/2011/SamplingPoint#> .
@prefix aq: <https://purl.eu/ns/air-and-water/air#> .
@prefix eea: <http://dd.eionet.europa.eu/vocabulary/aq/pollutant/> .
@prefix wk: <https://data.vlaanderen.be/ns/waterkwaliteit#> .
@prefix vm: <https://data.vlaanderen.be/ns/verkeersmetingen#> .
@prefix im: <https://implementatie.data.vlaanderen.be/ns/vsds-verkeersmetingen#> .
@prefix inf: <https://data.vlaanderen.be/ns/openbaardomein/infrastructuur#> .
@prefix od: <https://data.vlaanderen.be/ns/openbaardomein#> .
@prefix schemas: <https://schema.org/> .
@prefix schemah: <http://schema.org/> .
@prefix vkm: <https://data.vlaanderen.be/id/concept/VkmVerkeersKenmerkType/> .
@prefix vehicle: <https://data.vlaanderen.be/id/concept/VkmVoertuigType/> .
@prefix ex: <https://data.example/> .
"""
SAID_TWICE = {
    "a simple result beside a result": "{OBSERVATION};"
    " sosa:hasResult [ a qudt:QuantityValue; qudt:numericValue 5.5 ] .",
    "a simple result in two spellings": "ex:o a sosa:Observation; sosa:observedProperty ex:p;"
    " sosa:hasSimpleResult 5, '05'^^xsd:integer .",
    "names in two spellings": """
        ex:o a sosa:Observation, <https://www.w3.org/ns/sosa/Observation>; sosa:observedProperty ex:p;
            <https://www.w3.org/ns/sosa/observedProperty> ex:p; sosa:hasSimpleResult 5;
            schemas:name "A"; schemah:name "A".""",
    "the general and the special result": """
        ex:o a mst:OM_Measurement; om:OM_Observation.result [ schemas:value 5 ];
            om:OM_Observation.observedProperty ex:p;
            om:OM_Observation.phenomenonTime _:t; oms:OM_Observation.phenomenonTime _:t.
        _:t a time:Instant; time:inXSDDateTime "2024-01-01T00:00:00Z"^^xsd:dateTime .
        ex:q a mst:OM_Measurement; om:OM_Observation.result _:r; mst:OM_Measurement.result _:r;
            om:OM_Observation.observedProperty ex:p . _:r schemas:value 6 .""",
    "two kinds of traffic collection": """
        ex:c a vm:Verkeersmetingverzameling, sosa:ObservationCollection; vm:heeftLid ex:a, ex:b;
            sosa:hasMember ex:a, ex:d.
        ex:a a im:Verkeerstelling, vm:Verkeersmeting; vm:geobserveerdObject ex:s; im:Verkeerstelling.tellingresultaat 4;
            im:Verkeerstelling.geobserveerdKenmerk [ a im:Verkeerstellingkenmerk; vm:voertuigType vehicle:auto;
                im:Verkeerstellingkenmerk.kenmerktype vkm:aantal ] .
        ex:b a im:Verkeerstelling; im:Verkeerstelling.tellingresultaat 5; im:Verkeerstelling.geobserveerdKenmerk
            [ a im:Verkeerstellingkenmerk; vm:voertuigType vehicle:auto, vehicle:fiets;
                im:Verkeerstellingkenmerk.kenmerktype vkm:aantal ] .
        ex:d a im:Verkeerstelling; im:Verkeerstelling.tellingresultaat 6; im:Verkeerstelling.geobserveerdKenmerk
            [ a im:Verkeerstellingkenmerk; im:Verkeerstellingkenmerk.kenmerktype vkm:aantal ] .""",
    "a collection of one class": "ex:c a wk:WaterkwaliteitObservatieVerzameling; sosa:hasMember ex:o. {OBSERVATION} .",
    "names with and without language": """
        ex:l a mv:ParkingLot, mv:ParkingFacility; rdfs:label "P"@nl, "Q"@en, "R"; dct:title "D"@nl, "D"@en;
            mv:maximumHeight 2.1, "2.1"^^xsd:double .
        ex:l2 a inf:Lichtpunt, inf:OpenbareVerlichting; od:niveau 0, "0"^^xsd:int .""",
    "what a sample is of, in two vocabularies": """
        ex:c a aq:AirQualityObservationCollection; sosa:hasMember ex:o; sosa:hasFeatureOfInterest ex:s .
        ex:o a aq:AirPollutantValueObservation; aq:AirPollutantObservation.observedProperty eea:5;
            aq:AirPollutantValueObservation.airPollutantValue 12.5 .
        ex:s a sfp:SF_SamplingPoint; sfe:SF_SamplingFeature.sampledFeature ex:poi; sosa:isSampleOf ex:poi .""",
    "versions of one observation": """
        ex:o1 a sosa:Observation; dct:isVersionOf ex:o; sosa:observedProperty ex:p; sosa:hasSimpleResult 1;
            sosa:phenomenonTime "2024-01-01T00:00:00Z"^^xsd:dateTime .
        ex:o2 a sosa:Observation; dct:isVersionOf ex:o; sosa:observedProperty ex:p; sosa:hasSimpleResult 1 .""",
    "two judgements of a result": """
        {OBSERVATION}; sosa:resultQuality
            [ a dqv:QualityMeasurement; dqv:isMeasurementOf ex:accuracy; dqv:value 0.9 ],
            [ a dqv:QualityMeasurement; dqv:isMeasurementOf ex:accuracy; dqv:value 0.8 ] .""",
    "an interval of a day and a moment": """
        {OBSERVATION}; sosa:phenomenonTime [ a time:Interval;
            time:hasBeginning [ time:inXSDDate "2024-01-01"^^xsd:date ];
            time:hasEnd [ time:inXSDDateTime "2024-02-01T00:00:00Z"^^xsd:dateTime ] ] .""",
    "an interval where a moment is expected": """
        {OBSERVATION}; sosa:resultTime [ a time:ProperInterval;
            time:hasBeginning [ time:inXSDDateTimeStamp "2024-01-01T00:00:00Z"^^xsd:dateTimeStamp ] ] .""",
    "a version of something without an address": """
        ex:v a inf:OpenbareVuilnisbak; dct:isVersionOf _:thing .
        ex:w a inf:OpenbareVuilnisbak; dct:isVersionOf "w" .""",
    "languages and datatypes of texts": """
        ex:o a sosa:Observation; sosa:observedProperty ex:p; sosa:hasSimpleResult "goed"@nl .
        ex:l a mv:ParkingLot; rdfs:label "7"^^ex:code; mv:maximumHeight "2.1"@nl .""",
    "a place as a result": """
        ex:o a sosa:Observation; sosa:observedProperty ex:p;
            sosa:hasResult [ a sf:Point; geo:asWKT "POINT (3 51)"^^geo:wktLiteral ] .""",
}
WRITTEN = {
    "air": {"type": "AirQualityObserved", "pm10": Property(20.43, unit_code="GQ"), "airQualityLevel": "good"},
    "noise": {
        "type": "NoiseLevelObserved",
        "dateObservedFrom": "2024-05-01T09:00:00Z",
        "dateObservedTo": "2024-05-01T10:00:00Z",
        "LAeq": Property(54.2, observed_at="2024-05-01T10:00:00Z"),
    },
    "traffic": {
        "type": "TrafficFlowObserved",
        "dateObserved": "2024-05-01T09:45:00Z/2024-05-01T10:00:00Z",
        "intensity": 11,
        "averageVehicleSpeed": 31.5,
        "vehicleType": "bicycle",
        "congested": False,
    },
    "spot": {"type": "ParkingSpot", "status": Property("occupied", observed_at="2024-05-01T10:00:00Z")},
    "count": {
        "type": "Verkeerstelling",
        "kenmerktype": "aantal",
        "tellingresultaat": 11,
        "fenomeenTijd": "2024-05-01T09:45:00Z/2024-05-01T10:00:00Z",
    },
}
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


@pytest.mark.parametrize("name", sorted(SAID_TWICE))
def test_what_is_said_twice_leaves_two_traces(name, triples_script):
    """Of two triples that say one thing, each leaves its own trace: none can go or change without a word."""
    turtle = SAID_TWICE[name].replace("{OBSERVATION}", OBSERVATION)
    triples = list(read_text(PREFIXES + turtle, "text/turtle"))
    assert list(triples_script["unseen"](triples)) == []


@pytest.mark.parametrize("profile", ["observaties-en-metingen", "sosa"])
@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_every_triple_that_we_write_leaves_a_trace(name, profile, triples_script):
    """No triple of what the library itself writes can be deleted or replaced unseen."""
    entity = Entity(id=f"urn:ngsi-ld:{name}:1", location=point(3.72, 51.05), **WRITTEN[name])
    assert list(triples_script["unseen"](list(to_oslo(entity, profile=profile).graph))) == []


@pytest.mark.parametrize("name", ["air", "noise", "traffic"])
def test_what_we_write_is_read_without_a_word(name):
    """Nothing is reported of the classes and predicates that the library itself writes twice, as the shapes ask."""
    entity = Entity(id=f"urn:ngsi-ld:{name}:1", location=point(3.72, 51.05), **WRITTEN[name])
    reading = from_oslo(to_oslo(entity).graph)
    assert not len(reading.report), reading.report
