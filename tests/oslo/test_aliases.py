"""Names as published data have them are read as the names that were meant."""

from __future__ import annotations

import pytest

from citycontext.oslo import Graph, LossKind, LossReport
from citycontext.oslo.aliases import canonical, canonical_graph
from citycontext.oslo.mapping_tables import standard_tables
from citycontext.oslo.profiles import all_forms
from citycontext.oslo.vocabulary import NAMESPACES, iri

FLANDERS = "https://data.vlaanderen.be/ns/"


@pytest.mark.parametrize(
    ("published", "meant"),
    [
        ("https://www.w3.org/ns/sosa/Sensor", "sosa:Sensor"),
        ("https://www.w3.org/TR/vocab-ssn/#SOSASensor", "sosa:Sensor"),
        ("https://www.w3.org/TR/vocab-ssn/#SOSAProcedure", "sosa:Procedure"),
        ("http://www.w3.org/ns/sosa/procedure", "sosa:Procedure"),
        ("https://www.w3.org/TR/vocab-ssn-ext/#sosa:ObservationCollection", "sosa:ObservationCollection"),
        ("https://def.isotc211.org/iso19156/2011/Observation#OM_Observation.phenomenonTime", "om:.phenomenonTime"),
        ("http://def.isotc211.org/iso19156/2011/Observation#Observation.result", "om:.result"),
        (f"{FLANDERS}Verkeersmetingen#geobserveerdObject", "vm:geobserveerdObject"),
        (f"{FLANDERS}observaties-en-metingen/#Observatie.uitgevoerdDoor", "oem:Observatie.uitgevoerdDoor"),
        (f"{FLANDERS}waterkwlaiteit#Agens", "wk:Agens"),
        ("https://data.vlaanderen.be/doc/concept/VkmVoertuigTypes/fiets", "concept:VkmVoertuigType/fiets"),
        ("http://purl.org/cd/terms/type", "dct:type"),
        ("http://schema.org/value", "schema:value"),
        ("https://qudt.org/schema/qudt/hasUnit", "qudt:hasUnit"),
        ("http://www.w3.org/ns/locn#Geometrie", "locn:Geometry"),
        ("http://www.w3.org/ns/prov#Locatie", "prov:Location"),
        ("http://fixme.com#TemporeleEntiteit", "time:TemporalEntity"),
    ],
)
def test_each_trap_is_read_as_what_was_meant(published, meant):
    """Every variant that was found in contexts, shapes or live data is known, and reported as rewritten."""
    assert canonical(published) == iri(meant)
    graph, report = Graph(), LossReport()
    graph.add("urn:x:1", "dct:relation", published)
    assert canonical_graph(graph, report).value("urn:x:1", "dct:relation") == iri(meant)
    written_by_us = published.startswith((NAMESPACES["schema-http"], "https://def.isotc211.org"))
    assert [loss.kind for loss in report] == ([] if written_by_us else [LossKind.REWRITTEN])


def test_exact_names_stay():
    """No alias changes a name that a profile or table means, but for those that stand for one another."""
    for form in all_forms():
        for name in (form.class_, form.observed_property, form.feature, form.sensor):
            assert canonical(iri(name)) == iri(name)
    for table in standard_tables():
        for known in table.classes:
            assert canonical(known) == known
