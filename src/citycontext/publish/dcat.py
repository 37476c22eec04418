"""DCAT-AP Vlaanderen 3 or 2, and DCAT-AP: a dataset, its distributions and its service, as JSON-LD.

What the profile asks for and a publication does not say is a finding that names the field, by the Dutch name it has
in the profile. Every value that is a thing has its class, as the range shapes of DCAT-AP want it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from citycontext.errors import AmbiguousModel, DataError, UnknownModel
from citycontext.models.catalogue.registry import describe
from citycontext.ngsild import Severity
from citycontext.ngsild.time import parse_datetime
from citycontext.publish.config import Catalogue, Contact, Dataset, Publication, Texts
from citycontext.publish.disclosing.disclosure import local_name
from citycontext.publish.exports.provenance import texts
from citycontext.publish.ldes.nodes import ROOT, SERVICE
from citycontext.publish.linked_data import LDES_SPECIFICATION, PREFIXES
from citycontext.publish.report import Report
from citycontext.web.media_types import GEO_JSON, LD_JSON

__all__ = ["FORMATS", "Distribution", "describe_catalogue", "describe_publication"]

_KEYWORDS: Final = "https://metadata.vlaanderen.be/id/GDI-Vlaanderen-Trefwoorden"
_MEDIA_TYPES: Final = "http://www.iana.org/assignments/media-types/"
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority"
_FILE_TYPES: Final = f"{_AUTHORITY}/file-type"
_PREFIXES: Final = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "dcatap": "http://data.europa.eu/r5r/",
    "mobilitydcatap": "https://w3id.org/mobilitydcat-ap#",
}
_LDES_PROTOCOL: Final = "https://data.vlaanderen.be/id/concept/dataserviceprotocol/LDES"
_HVD_LAW: Final = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
_CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_WGS84: Final = "http://www.opengis.net/def/crs/EPSG/0/4326"
_REFERENCE_SYSTEMS: Final = {"geojson": _CRS84, "geoparquet": _WGS84, "gpkg": _WGS84}
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_EMAIL: Final = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+")

FORMATS: Final = {
    "csv": ("text/csv", "CSV", "CSV"),
    "geojson": (GEO_JSON, "GEOJSON", "GeoJSON"),
    "jsonld": (LD_JSON, "JSON_LD", "JSON-LD"),
    "parquet": ("application/vnd.apache.parquet", "PARQUET", "Parquet"),
    "geoparquet": ("application/vnd.apache.parquet", "PARQUET", "GeoParquet"),
    "gpkg": ("application/geopackage+sqlite3", "GPKG", "GeoPackage"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX", "Excel"),
}
"""Forms of files: media type, the EU's name of the format, and the name for people."""

_ADMS: Final = "http://purl.org/adms"
_LICENCE_TYPES: Final = {"publicdomain": "PublicDomain", "/by": "Attribution", "gratis-hergebruik": "Attribution"}
_DATA_THEMES: Final = texts({"en": "Data themes"})
_LANGUAGES: Final = {"nl": "NLD", "en": "ENG", "fr": "FRA", "de": "DEU"}
_DIVIDERS: Final = re.compile("[/#]")
_LABELS: Final = {  # where the code says nothing: the EU's categories of high-value datasets
    "c_164e0bf5": "Meteorological",
    "c_a9135398": "Companies and company ownership",
    "c_ac64a52d": "Geospatial",
    "c_b79e35eb": "Mobility",
    "c_dd313021": "Earth observation and environment",
    "c_e1da4e07": "Statistics",
}
_WORDS: Final = {
    "file": {"nl": "De gegevens zoals ze nu zijn, als {}.", "en": "The data as they are now, as {}."},
    "stream": {
        "nl": "Alle versies, als Linked Data Event Stream.",
        "en": "All versions, as a Linked Data Event Stream.",
    },
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file of the dataset that can be fetched.

    Args:
        url: Its address.
        form: ``csv``, ``geojson``, ``jsonld``, ``parquet``, ``geoparquet``, ``gpkg`` or ``xlsx``.
    """

    url: str
    form: str


def describe_publication(
    publication: Publication, report: Report, *, distributions: Iterable[Distribution] = ()
) -> dict[str, Any]:
    """Describe a publication.

    Args:
        publication: What it says about itself.
        report: Takes an error for each obligatory field that is missing or wrong, and a warning for a missing licence.
        distributions: Files of the dataset; its event stream is one without being named.

    Returns:
        A JSON-LD document that needs no other: its @context is an object.
    """
    return describe_catalogue([(publication, tuple(distributions))], report)


def describe_catalogue(
    publications: Sequence[tuple[Publication, Sequence[Distribution]]], report: Report
) -> dict[str, Any]:
    """Describe several publications, and the catalogue that they stand in, if one of them names it.

    Args:
        publications: Each with the files of its dataset. The first one that has a catalogue tells what it is.
        report: Takes an error for each obligatory field that is missing or wrong.

    Returns:
        A JSON-LD document.
    """
    graph = _Graph(report, publications[0][0].profile == "3")
    datasets: list[str] = []
    services: list[str] = []
    for publication, distributions in publications:
        dataset = publication.dataset
        listed = [_file(graph, one, dataset) for one in distributions]
        if publication.stream is not None:
            root = f"{publication.stream.url}/{ROOT}"
            service = f"{publication.stream.url}/{SERVICE}"
            listed.append(_stream(graph, root, service, dataset))
            _service(graph, publication, root, service)
            services.append(service)
        if not listed:
            message = "a dataset without a stream or a file has no distribution: nobody can fetch it"
            report.note("dcat-missing", "Dataset.distributie", message, Severity.ERROR)
        dataset.check_licence(report)
        _dataset(graph, dataset, listed, _standards(graph, publication, distributions))
        if dataset.id:
            datasets.append(dataset.id)
    for publication, _ in publications:
        if publication.catalogue is not None:
            _catalogue(graph, publication.catalogue, publication.dataset, datasets, services)
            break
    context = {**PREFIXES, **_PREFIXES}
    if graph.is_3:
        context["mdcat"] = "https://data.vlaanderen.be/ns/metadata-dcat#"
    return {"@context": context, "@graph": graph.nodes()}


class _Graph:
    """Nodes by their IRI, what is asked of them, and the classes of what they name."""

    def __init__(self, report: Report, is_3: bool) -> None:
        self.is_3 = is_3
        self._report = report
        self._described: list[dict[str, Any]] = []
        self._named: dict[str, dict[str, Any]] = {}

    def add(self, node: dict[str, Any]) -> None:
        self._described.append(_known(node))

    def nodes(self) -> list[dict[str, Any]]:
        order = {"dcat:Catalog": 0, "dcat:Dataset": 1, "dcat:Distribution": 2, "dcat:DataService": 3}
        own = {one["@id"] for one in self._described if "@id" in one}
        rest = [one for iri, one in self._named.items() if iri not in own]
        return [*sorted(self._described, key=lambda one: order[one["@type"]]), *rest]

    def ask(self, field: str, key: str, value: object) -> None:
        if not value:
            message = f"is obligatory in DCAT-AP VL; give {key}"
            self._report.note("dcat-missing", field, message, Severity.ERROR)

    def iri(self, iri: str | None, *types: str, **more: Any) -> dict[str, str] | None:
        """Name a thing, and tell its classes in a node of its own."""
        if not iri:
            return None
        known = self._named.setdefault(iri, {"@id": iri, "@type": []})
        known["@type"] += [one for one in types if one not in known["@type"]]
        known.update({name.replace("_", ":"): one for name, one in more.items() if one})
        return {"@id": iri}

    def concept(self, iri: str | None, scheme: str, *types: str) -> dict[str, str] | None:
        code = _DIVIDERS.split(iri or "")[-1]
        label = {"@value": _LABELS.get(code, code), "@language": "en"}
        return self.iri(
            iri,
            "skos:Concept",
            *types,
            skos_inScheme=self.iri(scheme, "skos:ConceptScheme", dct_title=texts({"en": _DIVIDERS.split(scheme)[-1]})),
            skos_prefLabel=label,
        )

    def agent(self, iri: str | None, name: Texts) -> dict[str, str] | None:
        kind = self.concept(f"{_ADMS}/publishertype/LocalAuthority", f"{_ADMS}/publishertype/1.0") if iri else None
        return self.iri(iri, "foaf:Agent", "dct:Agent", foaf_name=texts(name), dct_type=kind)

    def licence(self, iri: str | None) -> dict[str, str] | None:
        if not iri:
            return None
        kind = next((name for part, name in _LICENCE_TYPES.items() if part in iri.lower()), "UnknownIPR")
        of_type = self.concept(f"{_ADMS}/licencetype/{kind}", f"{_ADMS}/licencetype/1.0")
        return self.iri(iri, "dct:LicenseDocument", dct_type=of_type)

    def date(self, field: str, key: str, text: str) -> dict[str, str] | None:
        if not text:
            return None
        kind = _date_type(text)
        if kind is None:
            message = f"is neither a day (2026-05-01) nor a time with a zone (2026-05-01T08:00:00Z); mend {key}"
            self._report.note("dcat-wrong", field, message, Severity.ERROR)
            return None
        if kind == "xsd:date" and not self.is_3:  # the older profile has times only
            return {"@value": f"{text}T00:00:00Z", "@type": "xsd:dateTime"}
        return {"@value": text, "@type": kind}

    def contact(self, field: str, contact: Contact) -> dict[str, Any] | None:
        email = contact.email
        if email and not _EMAIL.fullmatch(email):
            self._report.note("dcat-wrong", field, "its e-mail is not an address; mend contact.email", Severity.ERROR)
            email = ""
        known = _known(
            {
                "vcard:fn": texts(contact.name),
                "vcard:hasEmail": self.iri(f"mailto:{email}" if email else None, "rdfs:Resource"),
                "foaf:page": self.iri(contact.page, "foaf:Document", "rdfs:Resource"),
            }
        )
        if "vcard:hasEmail" in known or "foaf:page" in known:
            return {"@type": ["vcard:Kind", "vcard:Organization"], **known}
        return None


def _standards(
    graph: _Graph, publication: Publication, distributions: Sequence[Distribution]
) -> list[dict[str, str] | None]:
    """Name what the data keep to: what the publication says, the models of its types, the reference system."""
    named = {one: graph.iri(one, "dct:Standard") for one in publication.dataset.conforms_to}
    for entity_type in publication.allow:
        try:
            model = describe(local_name(entity_type))
        except (UnknownModel, AmbiguousModel):
            continue
        title = texts({"en": f"{model.type}, Smart Data Models"})
        named[model.page] = graph.iri(model.page, "dct:Standard", dct_title=title, owl_versionInfo=model.version)
    systems = {_REFERENCE_SYSTEMS[one.form] for one in distributions if one.form in _REFERENCE_SYSTEMS}
    if any("location" in names for names in publication.allow.values()):
        systems.add(_CRS84)
    for system in sorted(systems):
        named.setdefault(system, graph.iri(system, "dct:Standard"))
    return list(named.values())


def _dataset(graph: _Graph, dataset: Dataset, distributions: list[str], standards: list[dict[str, str] | None]) -> None:
    contact = graph.contact("Dataset.contactinformatie", dataset.contact)
    graph.ask("Dataset.titel", "dataset.title", dataset.title)
    graph.ask("Dataset.beschrijving", "dataset.description", dataset.description)
    graph.ask("Dataset.contactinformatie", "dataset.contact", contact)
    graph.ask("Dataset.identificator", "dataset.id", dataset.id)
    if graph.is_3:
        graph.ask("Dataset.uitgever", "dataset.publisher", dataset.publisher)
    else:
        graph.ask("Dataset.geografischeDekking", "dataset.spatial", dataset.spatial or dataset.bbox)
    graph.ask("Agent.naam", "dataset.publisher_name", dataset.publisher_name or not dataset.publisher)
    laws = dataset.legislation or ((_HVD_LAW,) if dataset.hvd_categories else ())
    graph.add(
        {
            "@id": dataset.id,
            "@type": "dcat:Dataset",
            "dct:title": texts(dataset.title),
            "dct:description": texts(dataset.description),
            "dct:identifier": dataset.id,
            "dcat:contactPoint": contact,
            "dct:accessRights": _access(graph, dataset),
            "dct:spatial": _places(graph, dataset),
            "dct:temporal": _period(graph, dataset),
            "dct:publisher": graph.agent(dataset.publisher, dataset.publisher_name),
            "dct:license": graph.licence(dataset.licence),
            "dct:issued": graph.date("Dataset.uitgiftedatum", "dataset.issued", dataset.issued),
            "dct:modified": graph.date("Dataset.wijzigingsdatum", "dataset.modified", dataset.modified),
            "dct:accrualPeriodicity": graph.concept(
                dataset.accrual_periodicity, f"{_AUTHORITY}/frequency", "dct:Frequency"
            ),
            "dct:conformsTo": standards,
            "dct:provenance": [
                {"@type": "dct:ProvenanceStatement", "rdfs:label": one} for one in texts(dataset.provenance)
            ],
            "prov:wasDerivedFrom": graph.iri(dataset.source, "rdfs:Resource"),
            "dcat:landingPage": graph.iri(dataset.landing_page, "foaf:Document", "rdfs:Resource"),
            "dcat:theme": [graph.concept(one, _scheme_of(one)) for one in dataset.themes],
            "dcat:keyword": [
                {"@value": word, "@language": language}
                for language, words in dataset.keywords.items()
                for word in words
            ],
            "dcatap:hvdCategory": [graph.concept(one, _scheme_of(one)) for one in dataset.hvd_categories],
            "dcatap:applicableLegislation": [graph.iri(one, "eli:LegalResource") for one in laws],
            "mobilitydcatap:mobilityTheme": [graph.concept(one, _scheme_of(one)) for one in dataset.mobility_themes],
            **_version(graph, dataset),
            "mdcat:statuut": graph.concept(f"{_KEYWORDS}/VLOPENDATA", _KEYWORDS),
            "dcat:distribution": [{"@id": one} for one in distributions],
        }
    )


def _service(graph: _Graph, publication: Publication, root: str, iri: str) -> None:
    dataset = publication.dataset
    contact = graph.contact("Dataservice.contactinformatie", dataset.contact)
    graph.ask("Dataservice.titel", "dataset.title", dataset.title)
    graph.ask("Dataservice.contactinformatie", "dataset.contact", contact)
    if graph.is_3:
        graph.ask("Dataservice.uitgever", "dataset.publisher", dataset.publisher)
    laws = dataset.legislation or ((_HVD_LAW,) if dataset.hvd_categories else ())
    graph.add(
        {
            "@id": iri,
            "@type": "dcat:DataService",
            "dct:title": _titles(dataset, "Linked Data Event Stream"),
            "dct:description": texts(_WORDS["stream"]),
            "dct:identifier": iri,
            "dcat:contactPoint": contact,
            "dct:accessRights": _access(graph, dataset),
            "dct:license": graph.licence(dataset.licence),
            "dct:publisher": graph.agent(dataset.publisher, dataset.publisher_name),
            "dcat:endpointURL": graph.iri(root, "rdfs:Resource"),
            "dcat:endpointDescription": graph.iri(LDES_SPECIFICATION, "rdfs:Resource", "dct:Standard"),
            "dct:conformsTo": [
                graph.concept(
                    _LDES_PROTOCOL,
                    "https://data.vlaanderen.be/id/conceptscheme/dataserviceprotocol",
                    "dct:Standard",
                ),
                graph.iri(LDES_SPECIFICATION, "dct:Standard") if graph.is_3 else None,
            ],
            "dcat:theme": [graph.concept(one, _scheme_of(one)) for one in dataset.themes],
            "dcat:keyword": [
                {"@value": word, "@language": language}
                for language, words in dataset.keywords.items()
                for word in words
            ],
            "dcatap:hvdCategory": [graph.concept(one, _scheme_of(one)) for one in dataset.hvd_categories],
            "dcatap:applicableLegislation": [graph.iri(one, "eli:LegalResource") for one in laws],
            "dcat:servesDataset": {"@id": dataset.id} if dataset.id else None,
            "mdcat:statuut": graph.concept(f"{_KEYWORDS}/VLOPENDATASERVICE", _KEYWORDS),
        }
    )


def _stream(graph: _Graph, root: str, service: str, dataset: Dataset) -> str:
    more = {
        "dct:title": _titles(dataset, "Linked Data Event Stream"),
        "dct:description": texts(_WORDS["stream"]),
        "dcat:accessService": {"@id": service},
        "dct:conformsTo": graph.iri(LDES_SPECIFICATION, "dct:Standard"),
    }
    return _file(graph, Distribution(root, "jsonld"), dataset, more)


def _file(graph: _Graph, one: Distribution, dataset: Dataset, more: dict[str, Any] | None = None) -> str:
    media_type, file_type, named = FORMATS[one.form]
    graph.ask("Distributie.licentie", "dataset.licence", dataset.licence)
    laws = dataset.legislation or ((_HVD_LAW,) if dataset.hvd_categories else ())
    iri = f"{one.url}#distribution"
    graph.add(
        {
            "@id": iri,
            "@type": "dcat:Distribution",
            "dct:identifier": iri,
            "dct:title": _titles(dataset, named),
            "dct:description": texts({language: text.format(named) for language, text in _WORDS["file"].items()}),
            "dcat:accessURL": graph.iri(one.url, "rdfs:Resource"),
            "dcat:downloadURL": graph.iri(one.url, "rdfs:Resource"),
            "dct:license": graph.licence(dataset.licence),
            "dct:format": graph.concept(f"{_FILE_TYPES}/{file_type}", _FILE_TYPES, "dct:MediaTypeOrExtent"),
            "dcat:mediaType": graph.iri(f"{_MEDIA_TYPES}{media_type}", "dct:MediaType", "dct:MediaTypeOrExtent"),
            "dcatap:availability": graph.concept(
                f"{_AUTHORITY}/planned-availability/AVAILABLE", f"{_AUTHORITY}/planned-availability"
            ),
            "dcatap:applicableLegislation": [graph.iri(law, "eli:LegalResource") for law in laws],
            **(more or {}),
        }
    )
    return iri


def _catalogue(graph: _Graph, catalogue: Catalogue, dataset: Dataset, datasets: list[str], services: list[str]) -> None:
    contact = graph.contact("Catalogus.contactinformatie", catalogue.contact)
    publisher, name = catalogue.publisher, catalogue.publisher_name
    if publisher is None:
        publisher, name = dataset.publisher, dataset.publisher_name
    graph.ask("Catalogus.titel", "catalogue.title", catalogue.title)
    graph.ask("Catalogus.beschrijving", "catalogue.description", catalogue.description)
    graph.ask("Catalogus.contactinformatie", "catalogue.contact", contact)
    graph.ask("Catalogus.identificator", "catalogue.id", catalogue.id)
    graph.ask("Catalogus.uitgever", "catalogue.publisher", publisher)
    if not graph.is_3:
        graph.ask("Catalogus.licentie", "catalogue.licence", catalogue.licence)
    graph.add(
        {
            "@id": catalogue.id,
            "@type": "dcat:Catalog",
            "dct:title": texts(catalogue.title),
            "dct:description": texts(catalogue.description),
            "dct:identifier": catalogue.id,
            "dct:license": graph.licence(catalogue.licence),
            "dct:publisher": graph.agent(publisher, name),
            "dcat:contactPoint": contact,
            "dct:language": [
                graph.concept(
                    f"{_AUTHORITY}/language/{_LANGUAGES[one]}", f"{_AUTHORITY}/language", "dct:LinguisticSystem"
                )
                for one in catalogue.title
                if one in _LANGUAGES
            ],
            "dct:spatial": [graph.iri(one, "dct:Location") for one in dataset.spatial],
            "dct:issued": graph.date("Catalogus.uitgiftedatum", "catalogue.issued", catalogue.issued),
            "dct:modified": graph.date("Catalogus.wijzigingsdatum", "catalogue.modified", catalogue.modified),
            "foaf:homepage": graph.iri(catalogue.homepage, "foaf:Document", "rdfs:Resource"),
            "dcat:themeTaxonomy": graph.iri(f"{_AUTHORITY}/data-theme", "skos:ConceptScheme", dct_title=_DATA_THEMES),
            "dcat:dataset": [{"@id": one} for one in datasets],
            "dcat:service": [{"@id": one} for one in services],
        }
    )


def _access(graph: _Graph, dataset: Dataset) -> dict[str, str] | None:
    return graph.concept(dataset.access_rights, f"{_AUTHORITY}/access-right", "dct:RightsStatement")


def _period(graph: _Graph, dataset: Dataset) -> dict[str, Any] | None:
    if dataset.temporal is None:
        return None
    start, end = dataset.temporal.start, dataset.temporal.end
    return _known(
        {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": graph.date("Dataset.temporeleDekking", "dataset.temporal.start", start),
            "dcat:endDate": graph.date("Dataset.temporeleDekking", "dataset.temporal.end", end or ""),
        }
    )


def _places(graph: _Graph, dataset: Dataset) -> list[dict[str, Any] | None]:
    """Write the places; the rectangle is that of the only one, or a place of its own."""
    box = _box(dataset.bbox)
    if len(dataset.spatial) == 1:
        return [graph.iri(dataset.spatial[0], "dct:Location", **box)]
    own = {"@type": "dct:Location", **{name.replace("_", ":"): one for name, one in box.items()}} if box else None
    return [*(graph.iri(one, "dct:Location") for one in dataset.spatial), *([own] if own else [])]


def _box(box: tuple[float, float, float, float] | None) -> dict[str, Any]:
    if box is None:
        return {}
    west, south, east, north = box
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    polygon = f"POLYGON(({', '.join(f'{x} {y}' for x, y in corners)}))"
    middle = f"POINT({round((west + east) / 2, 7)} {round((south + north) / 2, 7)})"
    return {
        "dcat_bbox": {"@value": polygon, "@type": "geo:wktLiteral"},
        "dcat_centroid": {"@value": middle, "@type": "geo:wktLiteral"},
    }


def _version(graph: _Graph, dataset: Dataset) -> dict[str, Any]:
    return {"dcat:version" if graph.is_3 else "owl:versionInfo": dataset.version}


def _titles(dataset: Dataset, form: str) -> list[dict[str, str]]:
    return [{**one, "@value": f"{one['@value']} ({form})"} for one in texts(dataset.title)]


def _scheme_of(iri: str) -> str:
    return iri.rpartition("#")[0] or iri.rpartition("/")[0]


def _known(node: dict[str, Any]) -> dict[str, Any]:
    cut = {name: [one for one in value if one] if isinstance(value, list) else value for name, value in node.items()}
    return {name: value for name, value in cut.items() if value}


def _date_type(text: str) -> str | None:
    try:
        if _DAY.fullmatch(text):
            date.fromisoformat(text)
            return "xsd:date"
        parse_datetime(text, path="date")
    except (DataError, ValueError):
        return None
    return "xsd:dateTime"
