"""The vocabularies that Flemish linked data is written in, and how their names are shortened in our tables."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from citycontext.errors import ConfigurationError

__all__ = ["DEFAULT_BASE", "NAMESPACES", "RDF_TYPE", "XSD", "iri", "is_blank", "local_name"]

_FLANDERS: Final = "https://data.vlaanderen.be/ns/"
_ISO: Final = "http://def.isotc211.org/"

NAMESPACES: Final[dict[str, str]] = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "om": f"{_ISO}iso19156/2011/Observation#OM_Observation",
    "om-context": f"{_ISO}iso19156/2011/Observation#ObservationContext",
    "om-core": f"{_ISO}iso19156/2011/Observation#Observation",
    "om-measurement": f"{_ISO}iso19156/2011/Measurement#OM_Measurement",
    "om-count": f"{_ISO}iso19156/2011/CountObservation#OM_CountObservation",
    "om-category": f"{_ISO}iso19156/2011/CategoryObservation#OM_CategoryObservation",
    "om-truth": f"{_ISO}iso19156/2011/TruthObservation#OM_TruthObservation",
    "om-geometry": f"{_ISO}iso19156/2011/GeometryObservation#OM_GeometryObservation",
    "measure": f"{_ISO}iso19103/2005/UnitsOfMeasure#Measure",
    "quality": f"{_ISO}iso19157/2013/DataQuality_2#",
    "sampling-feature": f"{_ISO}iso19156/2011/SamplingFeature#SF_SamplingFeature",
    "sampling-point": f"{_ISO}iso19156/2011/SamplingPoint#SF_SamplingPoint",
    "sampling-curve": f"{_ISO}iso19156/2011/SamplingCurve#SF_SamplingCurve",
    "spatial-sampling": f"{_ISO}iso19156/2011/SpatialSamplingFeature#SF_SpatialSamplingFeature",
    "oem": f"{_FLANDERS}observaties-en-metingen#",
    "seb": f"{_FLANDERS}sensoren-en-bemonstering#",
    "vm": f"{_FLANDERS}verkeersmetingen#",
    "im": "https://implementatie.data.vlaanderen.be/ns/vsds-verkeersmetingen#",
    "wk": f"{_FLANDERS}waterkwaliteit#",
    "inf": f"{_FLANDERS}openbaardomein/infrastructuur#",
    "od": f"{_FLANDERS}openbaardomein#",
    "adr": f"{_FLANDERS}adres#",
    "gen": f"{_FLANDERS}generiek#",
    "ta": f"{_FLANDERS}mobiliteit/trips-en-aanbod#",
    "vk": f"{_FLANDERS}mobiliteit/vervoersknooppunten#",
    "weg": f"{_FLANDERS}weg#",
    "nw": f"{_FLANDERS}netwerk#",
    "concept": "https://data.vlaanderen.be/id/concept/",
    "direction": "https://inspire.ec.europa.eu/codelist/LinkDirectionValue/",
    "eea": "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/",
    "core": "https://purl.eu/ns/air-and-water/core#",
    "aq": "https://purl.eu/ns/air-and-water/air#",
    "wq": "https://purl.eu/ns/air-and-water/water-quality#",
    "mv": "http://schema.mobivoc.org/#",
    "pth": "https://purl.eu/ns/mobility/passenger-transport-hubs#",
    "sf": "http://www.opengis.net/ont/sf#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "wgs84": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "locn": "http://www.w3.org/ns/locn#",
    "schema": "https://schema.org/",
    "schema-http": "http://schema.org/",
    "sosa": "http://www.w3.org/ns/sosa/",
    "oms": "http://www.w3.org/ns/sosa/oms/",
    "ssn": "http://www.w3.org/ns/ssn/",
    "ssn-systems": "http://www.w3.org/ns/ssn/systems/",
    "saref": "https://saref.etsi.org/core/",
    "time": "http://www.w3.org/2006/time#",
    "qudt": "http://qudt.org/schema/qudt/",
    "unit": "http://qudt.org/vocab/unit/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "dct": "http://purl.org/dc/terms/",
    "dc11": "http://purl.org/dc/elements/1.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "adms": "http://www.w3.org/ns/adms#",
    "org": "http://www.w3.org/ns/org#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "cdt": "https://w3id.org/cdt/",
    "sdm": "https://smartdatamodels.org/",
    "fiware": "https://uri.fiware.org/ns/data-models#",
}
"""Prefix → what it stands for. A prefix whose namespace is a class, as ``om``, also stands alone: ``om:``."""

XSD: Final = NAMESPACES["xsd"]
RDF_TYPE: Final = NAMESPACES["rdf"] + "type"
DEFAULT_BASE: Final = "https://example.org/id/concept/"
"""Where concepts are minted that no official list has, until the city gives a place of its own."""

_ABSOLUTE: Final = re.compile(r"(?:https?://|urn:)\S+")


@lru_cache(maxsize=4096)
def iri(name: str) -> str:
    """Return the IRI of a short name of our tables.

    Args:
        name: For example ``mv:capacity``, ``om:`` or ``om:.result``; an absolute IRI stays what it is.

    Raises:
        ConfigurationError: The prefix is not known.
    """
    if _ABSOLUTE.fullmatch(name):
        return name
    prefix, colon, rest = name.partition(":")
    namespace = NAMESPACES.get(prefix)
    if not colon or namespace is None:
        raise ConfigurationError(
            f"{name!r} is not an IRI and has no known prefix.", cure="Write the whole IRI, or use a prefix such as mv:."
        )
    return namespace + rest


def is_blank(node: object) -> bool:
    """Return whether a term is a blank node.

    Args:
        node: A term of a graph.
    """
    return isinstance(node, str) and node.startswith("_:")


def local_name(name: str) -> str:
    """Return what stands behind the last ``#``, ``/`` or ``:`` of an IRI.

    Args:
        name: The IRI.
    """
    return re.split(r"[#/:]", name.rstrip("#/:"))[-1]
