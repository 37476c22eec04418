"""Graphs that no honest publisher writes end in a report or one error, never in a crash."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import CityContextError
from citycontext.ngsild import Entity
from citycontext.ngsild.names import is_uri
from citycontext.oslo import Graph, Literal, LossKind, from_oslo, read_text, standard_tables
from citycontext.oslo.documents import read_json_ld
from citycontext.oslo.profiles import all_forms
from citycontext.oslo.reading.from_oslo import Models
from citycontext.oslo.vocabulary import XSD, iri

OBS = "urn:x:observation"


def test_rings_end():
    """A time that begins with itself and a measure inside itself are not followed for ever."""
    graph = Graph()
    graph.type(OBS, "om-measurement:")
    graph.add(OBS, "om:.observedProperty", "urn:x:property")
    graph.add(OBS, "om:.phenomenonTime", "_:t")
    graph.add("_:t", "time:hasBeginning", "_:t")
    graph.add(OBS, "om:.result", "_:m")
    graph.add("_:m", "measure:.value", "_:m")
    reading = from_oslo(graph)
    assert reading.entities == []
    assert any(loss.subject == OBS for loss in reading.report)


def test_a_document_too_deep_is_refused():
    """JSON nested thousands of times deep is one error."""
    deep = '{"urn:p":' * 5000 + "1" + "}" * 5000
    with pytest.raises(CityContextError):
        from_oslo(read_text(deep, "application/ld+json"))


@pytest.mark.parametrize("models", list(Models))
def test_texts_where_addresses_should_be_are_reported(models):
    """A sensor, feature or agent that is a mere text is in no entity, and each is named lost."""
    graph = Graph()
    graph.type(OBS, "om-count:")
    graph.add(OBS, "om:.observedProperty", "urn:x:property")
    graph.add(OBS, "om:.result", Literal("3", XSD + "integer"))
    graph.add(OBS, "sosa:madeBySensor", Literal("the sensor"))
    graph.add(OBS, "om:.featureOfInterest", Literal("the square"))
    graph.add(OBS, "oem:Observatie.uitgevoerdDoor", Literal("the city"))
    graph.add(OBS, "om:.resultQuality", Literal("the best"))
    reading = from_oslo(graph, models=models)
    (entity,) = reading.entities
    assert "the " not in entity.to_json().decode()
    lost = " ".join(loss.reason for loss in reading.report.of(LossKind.LOST))
    assert all(text in lost for text in ("the sensor", "the square", "the city", "the best"))


roles = ("observed_property", "feature", "result", "phenomenon_time", "result_time", "sensor", "quality")
predicates = sorted(
    {iri(getattr(form, role)) for form in all_forms() for role in roles}
    | {step.predicate for table in standard_tables() for one, *_ in table.describe.values() for step in one.steps}
    | {iri(name) for name in ("rdf:type", "sosa:hasMember", "dct:isVersionOf", "time:inXSDDateTime", "schema:value")}
    | {iri(name) for name in ("time:hasBeginning", "geo:asWKT", "measure:.value", "qudt:hasUnit", "dct:type")}
)
classes = sorted(
    {one for table in standard_tables() for one in table.classes} | {iri(form.class_) for form in all_forms()}
)
nodes = st.sampled_from(["_:a", "_:b", "urn:x:1", "urn:x:2"])
values = nodes | st.sampled_from(classes) | st.builds(lambda text: Literal(text), st.text(max_size=6))
triples = st.tuples(nodes, st.sampled_from([name for name in predicates if not name.startswith("@")]), values)


def targets(entity: Entity) -> list[str]:
    """Return what the Relationships of an entity lead to."""
    members = [member for member in entity.wire.values() if isinstance(member, dict) and "object" in member]
    return [
        one for each in members for one in (each["object"] if isinstance(each["object"], list) else [each["object"]])
    ]


@pytest.mark.parametrize("models", list(Models))
@given(drawn=st.lists(triples, min_size=1, max_size=25))
def test_any_graph_is_read(models, drawn):
    """Whatever triples stand together, reading ends with entities that are JSON, and names what it left out."""
    graph = Graph()
    for triple in drawn:
        graph.add(*triple)
    reading = from_oslo(graph, models=models)
    for entity in reading.entities:
        assert json.loads(entity.to_json())["id"]
        assert all(is_uri(target) for target in targets(entity)), entity
    assert str(reading.report)


def test_a_context_that_ships_needs_not_be_given() -> None:
    """A JSON-LD document that names a subject's @context is read without a network, by the model's IRIs."""
    document = {
        "@context": "https://raw.githubusercontent.com/smart-data-models/dataModel.Parking/master/context.jsonld",
        "@id": "urn:x:1",
        "@type": "OffStreetParking",
        "availableSpotNumber": 3,
    }
    predicate = "https://smartdatamodels.org/dataModel.Parking/availableSpotNumber"
    assert [one.text for one in read_json_ld(document).values("urn:x:1", predicate)] == ["3"]
