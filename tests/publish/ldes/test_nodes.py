"""The documents of a stream, as a reader of linked data sees them."""

from __future__ import annotations

from typing import Any

import orjson
import pyld.jsonld
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib import DCTERMS, PROV, RDF, SH, XSD, Literal, URIRef

from citycontext.oslo.profiles import PROFILES
from citycontext.publish import EventStream
from citycontext.publish.ldes.nodes import FAN_OUT, complete_nodes, link_levels

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own

TREE = rdflib.Namespace("https://w3id.org/tree#")
LDES = rdflib.Namespace("https://w3id.org/ldes#")
NGSI_LD = rdflib.Namespace("https://uri.etsi.org/ngsi-ld/")
ROOT = URIRef("https://data.stad.example/parking/ldes.jsonld")
STREAM = URIRef(f"{ROOT}#stream")


def no_network(url: str, options: dict[str, Any]) -> Any:
    raise AssertionError(f"{url} was asked for")


def graph_of(document: bytes) -> rdflib.Graph:
    """Read by PyLD without a network, and hand over to rdflib as N-Quads; both must agree that it is JSON-LD."""
    quads = pyld.jsonld.to_rdf(orjson.loads(document), {"documentLoader": no_network, "format": "application/n-quads"})
    graph = rdflib.Graph().parse(data=quads, format="nt")
    directly = rdflib.Graph().parse(data=document, format="json-ld")
    assert len(directly) == len(graph)
    return graph


@pytest.fixture
def site(tmp_path, make_publication, parkings):
    publication = make_publication(page_size=2, retention={"max_age": "P400D", "latest_versions": 1000})
    with EventStream(tmp_path / "site", publication, now=lambda: 1_780_000_000.0) as stream:
        stream.write(parkings(5))
    return tmp_path / "site"


def test_the_root_has_what_the_profile_asks_for(site) -> None:
    """The stream has shape, timestamp path, version path, view and licence; the view its retention policies."""
    graph = graph_of((site / "ldes.jsonld").read_bytes())
    assert (STREAM, RDF.type, LDES.EventStream) in graph
    assert (STREAM, LDES.timestampPath, DCTERMS.issued) in graph
    assert (STREAM, LDES.versionOfPath, DCTERMS.isVersionOf) in graph
    assert (STREAM, TREE.view, ROOT) in graph
    assert (STREAM, DCTERMS.license, URIRef("https://creativecommons.org/publicdomain/zero/1.0/")) in graph
    assert (graph.value(STREAM, TREE.shape), RDF.type, SH.NodeShape) in graph
    assert (ROOT, RDF.type, TREE.Node) in graph
    view = graph.value(ROOT, TREE.viewDescription)
    policies = {graph.value(one, RDF.type): one for one in graph.objects(view, LDES.retentionPolicy)}
    assert set(policies) == {LDES.RetentionPolicy, LDES.DurationAgoPolicy, LDES.LatestVersionSubset}
    assert graph.value(policies[LDES.DurationAgoPolicy], TREE.value) == Literal("P400D", datatype=XSD.duration)
    assert graph.value(policies[LDES.LatestVersionSubset], LDES.amount) == Literal(1000)


def test_relations_are_typed_comparisons(site) -> None:
    """Each link has a node, a path and a dateTime to compare with, of each kind one."""
    graph = graph_of((site / "ldes.jsonld").read_bytes())
    relations = list(graph.objects(ROOT, TREE.relation))
    assert len(relations) == 8
    assert {graph.value(one, TREE.path) for one in relations} == {DCTERMS.issued, PROV.generatedAtTime}
    for relation in relations:
        assert graph.value(relation, TREE.value).datatype == XSD.dateTime
        kind, page = graph.value(relation, RDF.type), graph.value(relation, TREE.node)
        assert kind in (TREE.GreaterThanOrEqualToRelation, TREE.LessThanRelation)
        assert str(page).startswith("https://data.stad.example/parking/pages/0000000")


def test_a_page_has_members_with_their_triples(site) -> None:
    """A page belongs to the stream and has its members, down to the value, its unit and its place."""
    graph = graph_of((site / "pages" / "00000000.jsonld").read_bytes())
    page = URIRef("https://data.stad.example/parking/pages/00000000.jsonld")
    member = URIRef("urn:ngsi-ld:OffStreetParking:gent:p1/2026-05-01T00:00:00Z")
    assert (page, RDF.type, TREE.Node) in graph
    assert (page, DCTERMS.isPartOf, STREAM) in graph
    assert (page, TREE.relation, None) not in graph
    assert len(list(graph.objects(STREAM, TREE.member))) == 2
    assert (STREAM, TREE.member, member) in graph
    assert (member, DCTERMS.isVersionOf, URIRef("urn:ngsi-ld:OffStreetParking:gent:p1")) in graph
    assert graph.value(member, PROV.generatedAtTime) == Literal("2026-05-01T00:00:00Z", datatype=XSD.dateTime)
    available = graph.value(member, URIRef(f"{NGSI_LD}default-context/availableSpotNumber"))
    assert graph.value(available, NGSI_LD.hasValue) == Literal(1)
    assert graph.value(available, NGSI_LD.unitCode) == Literal("C62")
    assert graph.value(available, NGSI_LD.observedAt) == Literal("2026-05-01T00:00:00Z", datatype=NGSI_LD.DateTime)
    assert graph.value(graph.value(member, NGSI_LD.location), NGSI_LD.hasValue) is not None


def test_names_mean_what_the_context_says(tmp_path, make_publication, parkings) -> None:
    """A member with an @context of its own is read by it; core terms stay what they are."""
    with EventStream(tmp_path / "site", make_publication()) as stream:
        stream.write(
            {**one, "@context": {"name": "https://schema.org/name", "OffStreetParking": "https://x.example/Parking"}}
            for one in parkings(1)
        )
    document = orjson.loads((tmp_path / "site" / "ldes.jsonld").read_bytes())
    (member,) = document["@graph"][1]["tree:member"]
    *own, core = member["@context"]
    assert own == [{"name": "https://schema.org/name", "OffStreetParking": "https://x.example/Parking"}]
    assert core == "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
    member["@context"] = own  # the core one stands in the document already; this test has no network
    graph = graph_of(orjson.dumps(document))
    iri = URIRef(member["id"])
    assert (iri, RDF.type, URIRef("https://x.example/Parking")) in graph
    assert graph.value(graph.value(iri, URIRef("https://schema.org/name")), NGSI_LD.hasValue) == Literal("P0")


@pytest.mark.parametrize("members", PROFILES)
def test_versions_in_an_oslo_profile(tmp_path, make_publication, parkings, members) -> None:
    """A member is the thing at a time in OSLO's words, all that was observed is reached from it, losses are told."""
    publication = make_publication(page_size=2, members=members, oslo_base="https://data.stad.example/concept/")
    with EventStream(tmp_path / "site", publication) as stream:
        assert stream.write(parkings(5)).published == 5
        assert {"oslo-lost"} <= {one.finding.rule for one in stream.report}
    graph = graph_of((tmp_path / "site" / "pages" / "00000000.jsonld").read_bytes())
    parking = URIRef("urn:ngsi-ld:OffStreetParking:gent:p1")
    member = URIRef(f"{parking}/2026-05-01T00:00:00Z")
    mobivoc = rdflib.Namespace("http://schema.mobivoc.org/#")
    assert (STREAM, TREE.member, member) in graph
    assert (member, DCTERMS.isVersionOf, parking) in graph
    assert (member, RDF.type, mobivoc.ParkingFacility) in graph
    free = [graph.value(one, mobivoc.currentValue) for one in graph.objects(member, mobivoc.capacity)]
    assert free == [Literal(1)]
    observation = URIRef(f"{parking}/availableSpotNumber/2026-05-01T00:00:00Z")
    assert (member, PROV.wasDerivedFrom, observation) in graph
    assert (observation, None, parking) in graph
    reached, todo = {member}, [member]
    while todo:
        for value in graph.objects(todo.pop()):
            if value not in reached and not isinstance(value, Literal):
                reached.add(value)
                todo.append(value)
    described = {subject for subject in graph.subjects() if str(subject).startswith(f"{parking}/")}
    assert described <= reached


@given(st.integers(0, 3 * FAN_OUT**2 + 50), st.integers(0, 300))
def test_every_page_is_linked_to_once_by_what_exists(pages: int, more: int) -> None:
    """The root's links cover each page exactly once, at any number of pages, by index nodes that were written."""
    exist = {*complete_nodes(0, pages), *complete_nodes(pages, pages + more)}
    assert exist == set(complete_nodes(0, pages + more))
    covered: list[range] = []
    for level, first, last in link_levels(pages + more):
        assert last - first < FAN_OUT or level == 0
        assert level == 0 or {(level, number) for number in range(first, last)} <= exist
        span = FAN_OUT**level
        covered.append(range(first * span, last * span))
    assert [one.start for one in covered] == [0, *(one.stop for one in covered)][: len(covered)]
    assert (covered[-1].stop if covered else 0) == pages + more


def test_retention_and_polling_as_in_version_1(tmp_path, make_publication, parkings) -> None:
    """One node says all that is kept, beside the classes of before; readers are told how often to ask."""
    publication = make_publication(refresh=30, retention={"max_age": "P30D", "latest_versions": 3})
    with EventStream(tmp_path / "site", publication, now=lambda: 1_777_600_000.0) as stream:
        stream.write(parkings(1))
    node, described = orjson.loads((tmp_path / "site" / "ldes.jsonld").read_bytes())["@graph"]
    assert described["ldes:pollingInterval"] == 30
    policies = {one["@type"]: one for one in node["tree:viewDescription"]["ldes:retentionPolicy"]}
    assert policies["ldes:RetentionPolicy"]["ldes:fullLogDuration"] == {"@value": "P30D", "@type": "xsd:duration"}
    assert policies["ldes:RetentionPolicy"]["ldes:versionAmount"] == 3
    assert {"ldes:DurationAgoPolicy", "ldes:LatestVersionSubset"} < policies.keys()
