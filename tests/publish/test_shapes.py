"""What is published against shapes of what the profiles make obligatory; wrong data must not conform."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
import rdflib
from rdflib import DCAT, DCTERMS, RDF, URIRef

from citycontext.publish import Distribution, EventStream, Report, describe_publication
from citycontext.publish.config import Catalogue, Contact

pyshacl = pytest.importorskip("pyshacl", reason="the SHACL processor is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib", "ignore::DeprecationWarning:pyshacl")

SHAPES = Path(__file__).parent / "shapes"
TREE = rdflib.Namespace("https://w3id.org/tree#")
LDES = rdflib.Namespace("https://w3id.org/ldes#")


def faults(graph: rdflib.Graph, shapes: str) -> list[str]:
    conforms, results, _ = pyshacl.validate(graph, shacl_graph=str(SHAPES / shapes), inference="none")
    found = sorted(str(path) for path in results.objects(None, rdflib.SH.resultPath))
    assert conforms == (not found)
    return found


@pytest.fixture
def metadata(make_publication) -> rdflib.Graph:
    """Describe a dataset with a stream, a file and a catalogue."""
    catalogue = Catalogue(
        id="https://data.stad.example/catalogue",
        title={"nl": "Open data"},
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
        contact=Contact(page="https://data.stad.example/contact"),
    )
    document = describe_publication(
        make_publication().model_copy(update={"catalogue": catalogue, "profile": "2"}),
        Report(),
        distributions=[Distribution("https://data.stad.example/parking.csv", "csv")],
    )
    return rdflib.Graph().parse(data=orjson.dumps(document), format="json-ld")


@pytest.fixture
def stream(tmp_path, make_publication, parkings) -> rdflib.Graph:
    """Read root, index node and pages of a stream into one graph."""
    with EventStream(tmp_path / "site", make_publication(page_size=1, retention={"max_age": "P36500D"})) as writer:
        writer.write(parkings(103))
    graph = rdflib.Graph()
    for path in [tmp_path / "site" / "ldes.jsonld", *(tmp_path / "site" / "index").iterdir()]:
        graph.parse(data=path.read_bytes(), format="json-ld")
    for number in (0, 99, 102):
        graph.parse(data=(tmp_path / "site" / "pages" / f"{number:08d}.jsonld").read_bytes(), format="json-ld")
    return graph


def test_metadata_conforms(metadata) -> None:
    """Dataset, service, distributions and catalogue have all that DCAT-AP VL makes obligatory."""
    described = set(metadata.objects(None, RDF.type))
    assert {DCAT.Catalog, DCAT.DataService, DCAT.Dataset, DCAT.Distribution} <= described
    assert faults(metadata, "dcat_ap_vl.ttl") == []


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        (DCAT.Dataset, DCTERMS.title),
        (DCAT.Dataset, DCTERMS.spatial),
        (DCAT.Dataset, DCAT.contactPoint),
        (DCAT.DataService, DCAT.endpointURL),
        (DCAT.DataService, DCTERMS.conformsTo),
        (DCAT.Distribution, DCAT.accessURL),
        (DCAT.Catalog, DCTERMS.license),
    ],
)
def test_metadata_without_an_obligatory_field_does_not(metadata, subject, field) -> None:
    """The shapes find each field that is taken away, and no other."""
    for one in list(metadata.subjects(RDF.type, subject)):
        metadata.remove((one, field, None))
    assert set(faults(metadata, "dcat_ap_vl.ttl")) == {str(field)}


def test_a_stream_conforms(stream) -> None:
    """Stream, nodes, relations, view and members have all that the application profile of LDES makes obligatory."""
    assert len(set(stream.subjects(RDF.type, TREE.Node))) == 5
    assert len(set(stream.objects(None, TREE.member))) == 3
    assert faults(stream, "ldes.ttl") == []


@pytest.mark.parametrize("field", [TREE.shape, TREE.viewDescription, TREE.path, TREE.value, DCTERMS.isVersionOf])
def test_a_stream_without_an_obligatory_field_does_not(stream, field) -> None:
    """The shapes find each field that is taken away, and no other."""
    stream.remove((None, field, None))
    assert set(faults(stream, "ldes.ttl")) == {str(field)}


def test_the_view_is_the_service_of_the_description(stream, metadata) -> None:
    """One IRI names the stream's view in its root and the data service in the metadata."""
    (view,) = stream.subjects(RDF.type, TREE.ViewDescription)
    assert view == URIRef("https://data.stad.example/parking/ldes.jsonld#service")
    assert (view, RDF.type, DCAT.DataService) in metadata
