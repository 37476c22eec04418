"""DCAT-AP VL metadata."""

from __future__ import annotations

from typing import Any

import orjson
import pyld.jsonld
import pytest
import rdflib
from rdflib import DCAT, DCTERMS, RDF, Literal, URIRef

from citycontext.publish import Distribution, Publication, Report, describe_publication
from citycontext.publish.config import Catalogue, Contact

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own

MDCAT = rdflib.Namespace("https://data.vlaanderen.be/ns/metadata-dcat#")
TERMS = "https://metadata.vlaanderen.be/id/GDI-Vlaanderen-Trefwoorden/"
DATASET = URIRef("https://data.stad.example/parking/dataset")


def no_network(url: str, options: dict[str, Any]) -> Any:
    raise AssertionError(f"{url} was asked for")


def graph_of(document: dict[str, Any]) -> rdflib.Graph:
    quads = pyld.jsonld.to_rdf(document, {"documentLoader": no_network, "format": "application/n-quads"})
    graph = rdflib.Graph().parse(data=quads, format="nt")
    assert len(rdflib.Graph().parse(data=orjson.dumps(document), format="json-ld")) == len(graph)
    return graph


def test_a_complete_publication_has_no_findings(make_publication) -> None:
    """Dataset, distributions, service and catalogue have the obligatory fields of the profile, as triples."""
    publication = make_publication().model_copy(
        update={
            "catalogue": Catalogue(
                id="https://data.stad.example/catalogue",
                title={"nl": "Open data"},
                description={"nl": "De open data van de stad."},
                licence="https://creativecommons.org/publicdomain/zero/1.0/",
                contact=Contact(page="https://data.stad.example/contact"),
            )
        }
    )
    report = Report()
    file = Distribution("https://data.stad.example/parking.csv", "csv")
    graph = graph_of(describe_publication(publication, report, distributions=[file]))
    assert list(report) == []
    assert (DATASET, RDF.type, DCAT.Dataset) in graph
    assert set(graph.objects(DATASET, DCTERMS.title)) == {Literal("Parkeren", lang="nl"), Literal("Parking", lang="en")}
    for field in (
        DCTERMS.description,
        DCAT.contactPoint,
        DCTERMS.identifier,
        DCTERMS.accessRights,
        DCTERMS.spatial,
        DCTERMS.license,
    ):
        assert graph.value(DATASET, field) is not None
    assert (DATASET, MDCAT.statuut, URIRef(f"{TERMS}VLOPENDATA")) in graph
    distributions = list(graph.objects(DATASET, DCAT.distribution))
    assert len(distributions) == 2
    for one in distributions:
        assert (one, RDF.type, DCAT.Distribution) in graph
        assert graph.value(one, DCTERMS.identifier) is not None
        assert graph.value(one, DCAT.accessURL) is not None
        assert graph.value(one, DCTERMS.license) is not None
    (service,) = graph.subjects(RDF.type, DCAT.DataService)
    for field in (
        DCTERMS.title,
        DCTERMS.identifier,
        DCAT.contactPoint,
        DCAT.endpointURL,
        DCAT.endpointDescription,
        DCTERMS.accessRights,
        DCTERMS.conformsTo,
    ):
        assert graph.value(service, field) is not None
    assert (service, DCAT.servesDataset, DATASET) in graph
    assert (service, MDCAT.statuut, URIRef(f"{TERMS}VLOPENDATASERVICE")) in graph
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    for field in (DCTERMS.title, DCTERMS.identifier, DCTERMS.license, DCAT.contactPoint, DCAT.dataset, DCAT.service):
        assert graph.value(catalogue, field) is not None


def test_each_missing_field_is_named() -> None:
    """A publication that says nothing gets a finding for each obligatory field, and a warning for the licence."""
    publication = Publication.parse(
        {"allow": {"OffStreetParking": ["name"]}, "stream": {"url": "https://x.example/p"}, "catalogue": {}}
    )
    report = Report()
    graph_of(describe_publication(publication, report))
    missing = {one.finding.path for one in report if one.finding.rule == "dcat-missing"}
    assert missing == {
        "Dataset.titel",
        "Dataset.beschrijving",
        "Dataset.contactinformatie",
        "Dataset.identificator",
        "Dataset.uitgever",
        "Dataservice.titel",
        "Dataservice.contactinformatie",
        "Catalogus.titel",
        "Catalogus.contactinformatie",
        "Catalogus.identificator",
        "Catalogus.beschrijving",
        "Catalogus.uitgever",
        "Dataservice.uitgever",
        "Distributie.licentie",
    }
    assert report.count("no-licence") == 1


def test_a_dataset_that_nobody_can_fetch() -> None:
    """Without stream and files there is no distribution, which is told."""
    report = Report()
    describe_publication(Publication.parse({"allow": {}}), report)
    assert "Dataset.distributie" in {one.finding.path for one in report}


def test_models_and_the_reference_system_are_named(make_publication) -> None:
    """The dataset names the models of its types, with their versions, and the reference systems of its files."""
    publication = make_publication().model_copy(
        update={"allow": {"OffStreetParking": ("name", "location"), "NoSuchType": ("x",)}}
    )
    files = [Distribution("https://data.stad.example/parking.gpkg", "gpkg")]
    graph = graph_of(describe_publication(publication, Report(), distributions=files))
    named = {str(one) for one in graph.objects(DATASET, DCTERMS.conformsTo)}
    page = next(one for one in named if "dataModel.Parking" in one)
    assert named >= {
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
    }
    assert not any("NoSuchType" in one for one in named)
    assert (URIRef(page), RDF.type, DCTERMS.Standard) in graph
    assert list(graph.objects(URIRef(page), rdflib.OWL.versionInfo))
