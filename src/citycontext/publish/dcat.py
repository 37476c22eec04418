"""DCAT-AP Vlaanderen 2 and GeoDCAT-AP: a dataset, its distributions and its service, as JSON-LD.

What the profile asks for and a publication does not say is a finding that names the field, by the Dutch name it has
in the profile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from citycontext.ngsild import Severity
from citycontext.publish.config import Catalogue, Contact, Dataset, Publication
from citycontext.publish.exports.provenance import texts
from citycontext.publish.ldes.nodes import ROOT, SERVICE
from citycontext.publish.linked_data import LDES_SPECIFICATION, PREFIXES
from citycontext.publish.report import Report

__all__ = ["Distribution", "describe_publication"]

_KEYWORDS: Final = "https://metadata.vlaanderen.be/id/GDI-Vlaanderen-Trefwoorden/"
_MEDIA_TYPES: Final = "http://www.iana.org/assignments/media-types/"
_FILE_TYPES: Final = "http://publications.europa.eu/resource/authority/file-type/"
_FORMATS: Final = {
    "csv": ("text/csv", "CSV"),
    "geojson": ("application/geo+json", "GEOJSON"),
    "jsonld": ("application/ld+json", "JSON_LD"),
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file of the dataset that can be fetched.

    Args:
        url: Its address.
        form: ``csv``, ``geojson`` or ``jsonld``.
    """

    url: str
    form: str


def describe_publication(
    publication: Publication, report: Report, *, distributions: Iterable[Distribution] = ()
) -> dict[str, Any]:
    """Describe a publication.

    Args:
        publication: What it says about itself.
        report: Takes an error for each obligatory field that is missing, and a warning for a missing licence.
        distributions: Files of the dataset; its event stream is one without being named.

    Returns:
        A JSON-LD document that needs no other: its @context is an object.
    """
    dataset = publication.dataset
    graph: list[dict[str, Any]] = []
    listed = [_file(one, dataset) for one in distributions]
    if publication.stream is not None:
        root = f"{publication.stream.url}/{ROOT}"
        service = _service(publication, root, f"{publication.stream.url}/{SERVICE}", report)
        listed.append(_stream(root, service["@id"], dataset))
        graph.append(service)
    if not listed:
        message = "a dataset without a stream or a file has no distribution: nobody can fetch it"
        report.note("dcat-missing", "Dataset.distributie", message)
    dataset.check_licence(report)
    graph[:0] = [_dataset(dataset, [one["@id"] for one in listed], report), *listed]
    if dataset.publisher is not None and dataset.publisher_name:
        graph.append({"@id": dataset.publisher, "@type": "foaf:Agent", "foaf:name": texts(dataset.publisher_name)})
    if publication.catalogue is not None:
        services = [one["@id"] for one in graph if one["@type"] == "dcat:DataService"]
        graph.insert(0, _catalogue(publication.catalogue, dataset, services, report))
    return {"@context": PREFIXES, "@graph": graph}


def _dataset(dataset: Dataset, distributions: list[str], report: Report) -> dict[str, Any]:
    _ask(report, "Dataset.titel", "dataset.title", dataset.title)
    _ask(report, "Dataset.beschrijving", "dataset.description", dataset.description)
    _ask(report, "Dataset.contactinformatie", "dataset.contact", _contact(dataset.contact))
    _ask(report, "Dataset.identificator", "dataset.id", dataset.id)
    _ask(report, "Dataset.geografischeDekking", "dataset.spatial", dataset.spatial)
    return _known(
        {
            "@id": dataset.id,
            "@type": "dcat:Dataset",
            "dct:title": texts(dataset.title),
            "dct:description": texts(dataset.description),
            "dct:identifier": dataset.id,
            "dcat:contactPoint": _contact(dataset.contact),
            "dct:accessRights": _iri(dataset.access_rights),
            "dct:spatial": [_iri(one) for one in dataset.spatial],
            "dct:publisher": _iri(dataset.publisher),
            "dct:license": _iri(dataset.licence),
            "dct:issued": {"@value": dataset.issued, "@type": _date_type(dataset.issued)} if dataset.issued else None,
            "dct:accrualPeriodicity": _iri(dataset.accrual_periodicity),
            "dct:provenance": [
                {"@type": "dct:ProvenanceStatement", "rdfs:label": one} for one in texts(dataset.provenance)
            ],
            "prov:wasDerivedFrom": _iri(dataset.source),
            "dcat:theme": [_iri(one) for one in dataset.themes],
            "dcat:keyword": [
                {"@value": word, "@language": language}
                for language, words in dataset.keywords.items()
                for word in words
            ],
            "mdcat:statuut": _iri(f"{_KEYWORDS}VLOPENDATA"),
            "dcat:distribution": [_iri(one) for one in distributions],
        }
    )


def _service(publication: Publication, root: str, iri: str, report: Report) -> dict[str, Any]:
    dataset = publication.dataset
    _ask(report, "Dataservice.titel", "dataset.title", dataset.title)
    _ask(report, "Dataservice.contactinformatie", "dataset.contact", _contact(dataset.contact))
    return _known(
        {
            "@id": iri,
            "@type": "dcat:DataService",
            "dct:title": [
                {**one, "@value": f"{one['@value']} (Linked Data Event Stream)"} for one in texts(dataset.title)
            ],
            "dct:description": texts(dataset.description),
            "dct:identifier": iri,
            "dcat:contactPoint": _contact(dataset.contact),
            "dct:accessRights": _iri(dataset.access_rights),
            "dct:license": _iri(dataset.licence),
            "dct:publisher": _iri(dataset.publisher),
            "dcat:endpointURL": _iri(root),
            "dcat:endpointDescription": _iri(LDES_SPECIFICATION),
            "dct:conformsTo": _iri(LDES_SPECIFICATION),
            "dcat:servesDataset": _iri(dataset.id),
            "mdcat:statuut": _iri(f"{_KEYWORDS}VLOPENDATASERVICE"),
        }
    )


def _stream(root: str, service: str, dataset: Dataset) -> dict[str, Any]:
    return {
        **_file(Distribution(root, "jsonld"), dataset),
        "dcat:accessService": _iri(service),
        "dct:conformsTo": _iri(LDES_SPECIFICATION),
    }


def _file(one: Distribution, dataset: Dataset) -> dict[str, Any]:
    media_type, file_type = _FORMATS[one.form]
    return _known(
        {
            "@id": f"{one.url}#distribution",
            "@type": "dcat:Distribution",
            "dct:identifier": f"{one.url}#distribution",
            "dct:title": texts(dataset.title),
            "dcat:accessURL": _iri(one.url),
            "dcat:downloadURL": _iri(one.url),
            "dct:license": _iri(dataset.licence),
            "dct:format": _iri(f"{_FILE_TYPES}{file_type}"),
            "dcat:mediaType": _iri(f"{_MEDIA_TYPES}{media_type}"),
        }
    )


def _catalogue(catalogue: Catalogue, dataset: Dataset, services: list[str], report: Report) -> dict[str, Any]:
    _ask(report, "Catalogus.titel", "catalogue.title", catalogue.title)
    _ask(report, "Catalogus.contactinformatie", "catalogue.contact", _contact(catalogue.contact))
    _ask(report, "Catalogus.identificator", "catalogue.id", catalogue.id)
    _ask(report, "Catalogus.licentie", "catalogue.licence", catalogue.licence)
    return _known(
        {
            "@id": catalogue.id,
            "@type": "dcat:Catalog",
            "dct:title": texts(catalogue.title),
            "dct:description": texts(catalogue.description),
            "dct:identifier": catalogue.id,
            "dct:license": _iri(catalogue.licence),
            "dct:publisher": _iri(dataset.publisher),
            "dcat:contactPoint": _contact(catalogue.contact),
            "dcat:dataset": _iri(dataset.id),
            "dcat:service": [_iri(one) for one in services],
        }
    )


def _contact(contact: Contact) -> dict[str, Any] | None:
    known = _known(
        {
            "vcard:fn": texts(contact.name),
            "vcard:hasEmail": _iri(f"mailto:{contact.email}" if contact.email else None),
            "foaf:page": _iri(contact.page),
        }
    )
    return {"@type": "vcard:Organization", **known} if "vcard:hasEmail" in known or "foaf:page" in known else None


def _ask(report: Report, field: str, key: str, value: object) -> None:
    if not value:
        report.note("dcat-missing", field, f"is obligatory in DCAT-AP VL; give {key}", Severity.ERROR)


def _iri(iri: str | None) -> dict[str, str] | None:
    return {"@id": iri} if iri else None


def _known(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if value}


def _date_type(text: str) -> str:
    return "xsd:dateTime" if "T" in text else "xsd:date"
