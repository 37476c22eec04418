"""The description of a complete publication against the shapes of the profiles, as their makers publish them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
import rdflib
from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, Literal, URIRef

from citycontext.errors import ConfigurationError
from citycontext.publish import Distribution, Publication, Report
from citycontext.publish.dcat import describe_catalogue

pyshacl = pytest.importorskip("pyshacl", reason="the SHACL processor is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

BASE = "https://data.stad.example"
DATASET = URIRef(f"{BASE}/id/dataset/parkeren")
EU = "http://publications.europa.eu/resource/authority"
FILES = [
    Distribution(f"{BASE}/parkeren.{form}", form) for form in ("csv", "geojson", "jsonld", "parquet", "gpkg", "xlsx")
]


def complete(**dataset: Any) -> dict[str, Any]:
    """A publication that says all that it can."""
    return {
        "dataset": {
            "id": str(DATASET),
            "title": {"nl": "Parkeren", "en": "Parking"},
            "description": {"nl": "Vrije plaatsen.", "en": "Free places."},
            "licence": "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
            "publisher": "https://data.vlaanderen.be/id/organisatie/OVO000000",
            "publisher_name": "Stad Voorbeeld",
            "contact": {"name": "Team Open Data", "email": "mailto:opendata@stad.example", "page": f"{BASE}/contact"},
            "spatial": "https://data.vlaanderen.be/id/gemeente/44021",
            "bbox": [3.57, 50.97, 3.85, 51.19],
            "temporal": {"start": "2026-05-01", "end": "2026-12-31"},
            "version": "1.0",
            "keywords": {"nl": ["parkeren"]},
            "themes": [f"{EU}/data-theme/TRAN"],
            "hvd_categories": "http://data.europa.eu/bna/c_b79e35eb",
            "mobility_themes": "https://w3id.org/mobilitydcat-ap/mobility-theme/parking-service-and-rest-area-information",
            "issued": "2026-05-01",
            "modified": "2026-05-02T08:00:00Z",
            "landing_page": f"{BASE}/parkeren",
            "conforms_to": "https://data.vlaanderen.be/doc/applicatieprofiel/mobiliteit/",
            "accrual_periodicity": f"{EU}/frequency/CONT",
            "provenance": "Telling aan de slagboom.",
            **dataset,
        },
        "allow": {"OffStreetParking": ["name"]},
        "stream": {"url": f"{BASE}/parkeren"},
        "catalogue": {
            "id": f"{BASE}/catalogue",
            "title": {"nl": "Open data"},
            "description": {"nl": "De open data van de stad."},
            "licence": "https://creativecommons.org/publicdomain/zero/1.0/",
            "contact": {"page": f"{BASE}/contact"},
            "homepage": BASE,
            "issued": "2026-05-01",
            "modified": "2026-05-02",
        },
    }


def described(given: dict[str, Any], report: Report | None = None) -> rdflib.Graph:
    report = Report() if report is None else report
    document = describe_catalogue([(Publication.parse(given), FILES)], report)
    return rdflib.Graph().parse(data=orjson.dumps(document), format="json-ld")


@pytest.mark.parametrize(
    ("profile", "shapes"),
    [
        ("3", "dcat-ap-3.0.1/shapes.ttl"),
        ("3", "dcat-ap-3.0.1/shapes_recommended.ttl"),
        ("3", "dcat-ap-3.0.1/range.ttl"),
        ("2", "dcat-ap-2.1.1/dcat-ap_2.1.1_shacl_shapes.ttl"),
        ("2", "dcat-ap-2.1.1/dcat-ap_2.1.1_shacl_shapes_recommended.ttl"),
        ("2", "dcat-ap-2.1.1/dcat-ap_2.1.1_shacl_range.ttl"),
        ("2", "dcat-ap-vl-2.0/DCAT-AP-VL-20.transcribed.ttl"),
        ("3", "dcat-ap-2.1.1/dcat-ap_2.1.1_shacl_shapes.ttl"),
    ],
)
@pytest.mark.shared
def test_a_complete_description_conforms(shared_dir: Path, profile: str, shapes: str) -> None:
    """Base, recommended and range shapes find nothing in a complete description; the report is empty."""
    report = Report()
    themes = {"themes": "https://vocab.belgif.be/auth/datatheme/TRAN"} if "vl-2.0" in shapes else {}
    graph = described({**complete(**themes), "profile": profile}, report)
    assert [str(one.finding) for one in report] == []
    conforms, results, text = pyshacl.validate(
        graph, shacl_graph=str(shared_dir / "shapes" / shapes), inference="none", allow_warnings=False
    )
    assert conforms, text
    assert len(list(results.objects(None, rdflib.SH.result))) == 0


def test_what_version_3_says_otherwise() -> None:
    """Publishers are agents with names in a language, the namespace is https, and there is a dcat:version."""
    graph = described(complete())
    dct_agent = DCTERMS.Agent
    for described_class in (DCAT.Dataset, DCAT.DataService, DCAT.Catalog):
        (subject,) = graph.subjects(RDF.type, described_class)
        (publisher,) = graph.objects(subject, DCTERMS.publisher)
        assert (publisher, RDF.type, dct_agent) in graph
        assert (publisher, FOAF.name, Literal("Stad Voorbeeld", lang="nl")) in graph
    assert (DATASET, URIRef("http://www.w3.org/ns/dcat#version"), Literal("1.0")) in graph
    assert any("https://data.vlaanderen.be/ns/metadata-dcat#" in str(one) for one in graph.predicates(DATASET))
    older = described({**complete(), "profile": "2"})
    assert any("http://data.vlaanderen.be/ns/metadata-dcat#" in str(one) for one in older.predicates(DATASET))
    assert older.value(DATASET, DCTERMS.issued) == Literal("2026-05-01T00:00:00Z", datatype=XSD.dateTime)
    assert graph.value(DATASET, DCTERMS.issued) == Literal("2026-05-01", datatype=XSD.date)


def test_high_value_datasets_name_their_law() -> None:
    """A category brings the EU's regulation on dataset, service and distributions, unless others are named."""
    graph = described(complete())
    law = URIRef("http://data.europa.eu/eli/reg_impl/2023/138/oj")
    lawful = set(graph.subjects(URIRef("http://data.europa.eu/r5r/applicableLegislation"), law))
    for described_class in (DCAT.Dataset, DCAT.DataService, DCAT.Distribution):
        assert set(graph.subjects(RDF.type, described_class)) <= lawful


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"issued": "last spring"}, "Dataset.uitgiftedatum"),
        ({"modified": "2026-13-01"}, "Dataset.wijzigingsdatum"),
        ({"contact": {"email": "opendata"}}, "Dataset.contactinformatie"),
        ({"publisher": None}, "Dataset.uitgever"),
        ({"publisher_name": {}}, "Agent.naam"),
        ({"licence": None}, "Distributie.licentie"),
    ],
)
def test_what_is_wrong_or_missing_is_named(wrong: dict[str, Any], path: str) -> None:
    """Dates that are not, addresses that are not, and what version 3 obliges are errors that name the field."""
    given = complete(**wrong)
    given["dataset"] = {name: one for name, one in given["dataset"].items() if one is not None}
    report = Report()
    described(given, report)
    assert path in {one.finding.path for one in report if one.finding.rule in ("dcat-missing", "dcat-wrong")}


def test_a_catalogue_of_several_datasets() -> None:
    """Each dataset keeps its files and its stream; the catalogue lists them all."""
    other = complete(id=f"{BASE}/id/dataset/lucht", title="Lucht")
    other |= {"stream": {"url": f"{BASE}/lucht"}, "catalogue": None}
    del other["catalogue"]
    report = Report()
    document = describe_catalogue([(Publication.parse(complete()), FILES), (Publication.parse(other), [])], report)
    graph = rdflib.Graph().parse(data=orjson.dumps(document), format="json-ld")
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    assert len(set(graph.objects(catalogue, DCAT.dataset))) == 2
    assert len(set(graph.objects(catalogue, DCAT.service))) == 2
    assert len(set(graph.objects(URIRef(f"{BASE}/id/dataset/lucht"), DCAT.distribution))) == 1
    assert list(report) == []


def test_license_means_licence() -> None:
    """Who writes ``license`` is told what the key is called."""
    with pytest.raises(ConfigurationError, match=r"[Dd]id you mean \"licence\""):
        Publication.parse({"dataset": {"license": "https://creativecommons.org/publicdomain/zero/1.0/"}, "allow": {}})
