"""Names as published data have them are read as the names that were meant."""

from __future__ import annotations

import pytest

from citycontext.ngsild import LanguageProperty, Relationship
from citycontext.oslo import Graph, LossKind, LossReport, from_oslo, read_text, to_oslo
from citycontext.oslo.aliases import canonical, canonical_graph
from citycontext.oslo.entities.addresses import Adres
from citycontext.oslo.entities.observations import Meting, Observatieverzameling
from citycontext.oslo.entities.public_domain import Lichtpunt
from citycontext.oslo.entities.sensors import Platform, Sensor
from citycontext.oslo.entities.traffic import Verkeersmeetpunt, Verkeerstelling
from citycontext.oslo.entities.water import ChemischAgensConcentratieObservatie
from citycontext.oslo.profiles import all_forms
from citycontext.oslo.tables.mapping_tables import standard_tables
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


EXACT = ("https://schema.org/", "http://schema.org/")
"""Two spellings that stand for one another in our own output."""
CLASSES = {
    "sensor": Sensor(id="urn:ngsi-ld:Sensor:1", observes=Relationship("urn:ngsi-ld:Property:1")),
    "platform": Platform(id="urn:ngsi-ld:Platform:1", hosts=Relationship("urn:ngsi-ld:Sensor:1")),
    "collection": Observatieverzameling(id="urn:ngsi-ld:Observatieverzameling:1", has_member=Relationship("urn:x:1")),
    "noise": Meting(
        id="urn:ngsi-ld:Meting:1",
        observed_property=Relationship("urn:ngsi-ld:Property:1"),
        phenomenon_time="2024-05-01T10:00:00Z",
        result_time="2024-05-01T10:00:00Z",
        identifier="M 1",
        carried_out_by=Relationship("https://data.vlaanderen.be/id/organisatie/OVO002949"),
        result=54.2,
    ),
    "count": Verkeerstelling(
        id="urn:ngsi-ld:Verkeerstelling:1",
        phenomenon_time="2024-05-01T10:00:00Z",
        result_time="2024-05-01T10:00:00Z",
        vehicle_type="fiets",
        property_type="aantal",
        count=11,
    ),
    "water": ChemischAgensConcentratieObservatie(
        id="urn:ngsi-ld:ChemischAgensConcentratieObservatie:1",
        observed_property=Relationship("urn:ngsi-ld:Property:1"),
        phenomenon_time="2024-05-01T10:00:00Z",
        result_time="2024-05-01T10:00:00Z",
        agent=Relationship("https://data.vmm.be/concept/agens/NO3"),
        chemical_agent_concentration=12.5,
    ),
    "light": Lichtpunt(id="urn:ngsi-ld:Lichtpunt:1", identifier="L 1"),
    "point": Verkeersmeetpunt(id="urn:ngsi-ld:Verkeersmeetpunt:1", driving_direction="inDirection"),
    "address": Adres(
        id="https://data.vlaanderen.be/id/adres/60",
        box_number="5B",
        full_address=LanguageProperty({"nl": "Teststraat 42"}),
        address_status="inGebruik",
    ),
}


@pytest.mark.parametrize(
    ("subject", "exact", "published"),
    [
        ("sensor", "http://www.w3.org/ns/sosa/Sensor", "https://www.w3.org/ns/sosa/Sensor"),
        ("sensor", "http://www.w3.org/ns/sosa/Sensor", "https://www.w3.org/TR/vocab-ssn/#SOSASensor"),
        ("platform", "http://www.w3.org/ns/sosa/Platform", "https://www.w3.org/TR/vocab-ssn/#SOSAPlatform"),
        ("platform", "http://www.w3.org/ns/sosa/hosts", "https://www.w3.org/ns/sosa/hosts"),
        (
            "collection",
            "http://www.w3.org/ns/sosa/ObservationCollection",
            "https://www.w3.org/TR/vocab-ssn-ext/#sosa:ObservationCollection",
        ),
        ("noise", "http://def.isotc211.org/iso19156/2011/Mea", "https://def.isotc211.org/iso19156/2011/Mea"),
        ("noise", "metingen#Observatie.identificator", "metingen#identificator"),
        ("noise", "metingen#Observatie.uitgevoerdDoor", "metingen/#Observatie.uitgevoerdDoor"),
        ("noise", "metingen#Observatie.uitgevoerdDoor", "metingen#uitgevoerdDoor"),
        ("noise", "https://schema.org/value", "http://schema.org/value"),
        ("count", "/ns/verkeersmetingen#", "/ns/Verkeersmetingen#"),
        ("count", "/id/concept/VkmVoertuigType/", "/doc/concept/VkmVoertuigType/"),
        ("count", "/VkmVoertuigType/fiets", "/VkmVoertuigTypes/fiets"),
        ("count", "#Verkeerstelling.tellingresultaat", "#tellingresultaat"),
        ("water", "/ns/waterkwaliteit#Agens", "/ns/waterkwlaiteit#Agens"),
        ("water", "/ns/waterkwaliteit#Agens", "/ns/waterkwaliteit#agens"),
        ("light", "<http://www.w3.org/ns/adms#identifier>", "<http://www.w3.org/ns/adms#Identifier>"),
        ("point", "#Verkeersmeetpunt.rijrichting", "#bemonsterdObject"),
        ("address", "/ns/adres#busnummer", "/ns/adres#Adresvoorstelling.busnummer"),
        ("address", "https://data.vlaanderen.be/ns/adres#volledigAdres", "http://www.w3.org/ns/locn#fullAddress"),
        ("address", "/ns/adres#Adres.status", "/ns/adres#status"),
        ("address", "/id/concept/adresstatus/", "/id/conceptscheme/adresstatus/"),
    ],
)
def test_classes_are_read_by_the_names_that_are_published(subject, exact, published):
    """An entity of a class of OSLO is read from variants of its names, and each rewriting is in the report."""
    entity = CLASSES[subject]
    text = to_oslo(entity).to_n_triples()
    assert exact in text
    reading = from_oslo(read_text(text.replace(exact, published), "application/n-triples"), models="oslo")
    (found,) = reading.entities
    assert found == entity
    assert {loss.kind for loss in reading.report} == ({LossKind.REWRITTEN} if not exact.startswith(EXACT) else set())
