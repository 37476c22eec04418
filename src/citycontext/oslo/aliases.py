"""Names as published data have them, and the names that were meant.

Contexts, shapes and live data of one standard disagree; an exact match would fail on official data. A graph is read
through this table, and every name that was not an exact one of a profile is reported.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from citycontext.oslo.graph import Graph, Literal, Term
from citycontext.oslo.losses import Loss, LossKind, LossReport
from citycontext.oslo.vocabulary import NAMESPACES

__all__ = ["canonical", "canonical_graph"]

_SOSA: Final = NAMESPACES["sosa"]
_OM: Final = NAMESPACES["om"]

_NAMES: Final = {
    "https://www.w3.org/TR/vocab-ssn/#SOSASensor": f"{_SOSA}Sensor",
    "https://www.w3.org/TR/vocab-ssn/#SOSAPlatform": f"{_SOSA}Platform",
    "https://www.w3.org/TR/vocab-ssn/#SOSAProcedure": f"{_SOSA}Procedure",
    "https://www.w3.org/TR/vocab-ssn/#ssn-system": f"{_SOSA}System",
    "https://www.w3.org/TR/vocab-ssn-ext/#sosa:ObservationCollection": f"{_SOSA}ObservationCollection",
    f"{_SOSA}procedure": f"{_SOSA}Procedure",
    f"{NAMESPACES['om-core']}.result": f"{_OM}.result",
    f"{NAMESPACES['om-measurement']}.result": f"{_OM}.result",
    f"{NAMESPACES['om-count']}.result": f"{_OM}.result",
    f"{NAMESPACES['om-category']}.result": f"{_OM}.result",
    f"{NAMESPACES['om-truth']}.result": f"{_OM}.result",
    f"{NAMESPACES['om-geometry']}.result": f"{_OM}.result",
    f"{NAMESPACES['oem']}identificator": f"{NAMESPACES['oem']}Observatie.identificator",
    f"{NAMESPACES['oem']}uitgevoerdDoor": f"{NAMESPACES['oem']}Observatie.uitgevoerdDoor",
    f"{NAMESPACES['oem']}type": f"{NAMESPACES['dct']}type",
    f"{NAMESPACES['im']}tellingresultaat": f"{NAMESPACES['im']}Verkeerstelling.tellingresultaat",
    f"{NAMESPACES['im']}Verkeerstellin": f"{NAMESPACES['im']}Verkeerstelling",
    f"{NAMESPACES['vm']}fenomeenTijd": f"{_OM}.phenomenonTime",
    f"{NAMESPACES['locn']}Geometrie": f"{NAMESPACES['locn']}Geometry",
    f"{NAMESPACES['prov']}Locatie": f"{NAMESPACES['prov']}Location",
    "http://fixme.com#TemporeleEntiteit": f"{NAMESPACES['time']}TemporalEntity",
    f"{NAMESPACES['geo']}gmlliteral": f"{NAMESPACES['geo']}gmlLiteral",
    f"{NAMESPACES['geo']}wktliteral": f"{NAMESPACES['geo']}wktLiteral",
    "xml-schema:dateTime": f"{NAMESPACES['xsd']}dateTime",
    "geosparql:gmlLiteral": f"{NAMESPACES['geo']}gmlLiteral",
    "geosparql:wktLiteral": f"{NAMESPACES['geo']}wktLiteral",
}
_BEGINNINGS: Final = (
    ("https://www.w3.org/ns/", "http://www.w3.org/ns/"),
    ("https://def.isotc211.org/", "http://def.isotc211.org/"),
    ("http://def.isotc211.org/iso19156/2011GeneralFeature", "http://def.isotc211.org/iso19156/2011/GeneralFeature"),
    ("http://purl.org/cd/terms/", NAMESPACES["dct"]),
    ("http://schema.org/", NAMESPACES["schema"]),
    ("https://qudt.org/", "http://qudt.org/"),
    ("http://w3id.org/lindt/custom_datatypes#", NAMESPACES["cdt"]),
    ("https://data.vlaanderen.be/doc/concept/", NAMESPACES["concept"]),
    ("https://data.vlaanderen.be/id/conceptscheme/adresstatus/", f"{NAMESPACES['concept']}adresstatus/"),
    ("https://data.vlaanderen.be/ns/Verkeersmetingen", "https://data.vlaanderen.be/ns/verkeersmetingen"),
    ("https://data.vlaanderen.be/ns/waterkwlaiteit", "https://data.vlaanderen.be/ns/waterkwaliteit"),
)
_STRAY_SLASH: Final = re.compile(r"(https://data\.vlaanderen\.be/ns/[^#]+)/#")

_EXACT: Final = (NAMESPACES["schema-http"], f"https{_OM.removeprefix('http')}.phenomenonTime")
"""What our own profiles write though it is not a canonical name: not worth a report."""


@lru_cache(maxsize=8192)
def canonical(name: str) -> str:
    """Return the name that was meant.

    Args:
        name: An IRI as data have it.
    """
    for beginning, meant in _BEGINNINGS:
        if name.startswith(beginning):
            name = meant + name.removeprefix(beginning)
    name = _STRAY_SLASH.sub(r"\1#", name)
    name = name.replace("/VkmVoertuigTypes/", "/VkmVoertuigType/")
    return _NAMES.get(name, name)


def canonical_graph(graph: Graph, report: LossReport) -> Graph:
    """Return the graph with the names that were meant, and report those that were not.

    Args:
        graph: The graph as published.
        report: What takes the rewritings.
    """
    meant = Graph()

    def here(name: str, subject: str) -> str:
        found = canonical(name)
        if found != name and not name.startswith(_EXACT) and not _special_result(name):
            report.add(Loss(LossKind.REWRITTEN, subject, name, reason=f"it is read as {found}"))
        return found

    def term(value: Term, subject: str) -> Term:
        if isinstance(value, Literal):
            return value._replace(datatype=here(value.datatype, subject))
        return here(value, subject)

    for subject, predicate, value in graph:
        meant.add(subject, here(predicate, subject), term(value, subject))
    meant.reserve_blanks()
    return meant


def _special_result(name: str) -> bool:
    """Return whether it is the result of a special class, which is an exact name too."""
    return name.startswith("http://def.isotc211.org/") and name.endswith("Measurement.result")
