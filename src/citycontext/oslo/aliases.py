"""Names as published data have them, and the names that were meant.

Contexts, shapes and live data of one standard disagree; an exact match would fail on official data. A graph is read
through this table, and every name that was not an exact one of a profile is reported.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from citycontext.oslo.graph import Graph, Literal, Term, Triple
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
_RESULT: Final = f"{_OM}.result"
_RESULTS: Final = {
    NAMESPACES[f"om-{kind}"]: f"{NAMESPACES[f'om-{kind}']}.result"
    for kind in ("measurement", "count", "category", "truth", "geometry")
}
"""Class of observation → its own predicate to the result, which is written beside the general one."""
_SPECIAL_RESULTS: Final = frozenset(_RESULTS.values())


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

    What two triples say in two spellings becomes one, and the report says so.

    Args:
        graph: The graph as published.
        report: What takes the rewritings.
    """
    meant = Graph()
    first: dict[Triple, Triple] = {}

    def here(name: str, subject: str) -> str:
        found = canonical(name)
        if found != name and not name.startswith(_EXACT) and not _is_special_result(name):
            report.add(Loss(LossKind.REWRITTEN, subject, name, reason=f"it is read as {found}"))
        return found

    def term(value: Term, subject: str) -> Term:
        if isinstance(value, Literal):
            return value._replace(datatype=here(value.datatype, subject))
        return here(value, subject)

    for triple in graph:
        subject, predicate, value = triple
        read = (subject, here(predicate, subject), term(value, subject))
        meant.add(*read)
        other = first.setdefault(read, triple)
        if other is not triple and {other[1], predicate} not in _results_of(graph, subject):
            said, again = (f"{one[1]} {_spelt(one[2])}" for one in (other, triple))
            why = f"it says in another spelling what {said} says"
            report.add(Loss(LossKind.REWRITTEN, subject, predicate, reason=why, value=again))
    _report_results(graph, report)
    meant.reserve_blanks()
    return meant


def _spelt(value: Term) -> str:
    return f"{value.text}^^{value.datatype}" if isinstance(value, Literal) else value


def _results_of(graph: Graph, subject: str) -> list[set[str]]:
    """Return the pairs of predicates that the result of an observation stands at, by its classes."""
    return [{_RESULT, _RESULTS[kind]} for kind in graph.types(subject) if kind in _RESULTS]


def _report_results(graph: Graph, report: LossReport) -> None:
    """Report results that stand at the predicate of their class alone, or at the general one alone."""
    for subject in graph.nodes:
        for kind in graph.types(subject):
            special = _RESULTS.get(kind)
            for predicate, other in ((special, _RESULT), (_RESULT, special)) if special else ():
                for value in graph.values(subject, predicate or ""):
                    if value not in graph.values(subject, other or ""):
                        why = f"it is read as {other}, which says nothing of it"
                        report.add(Loss(LossKind.REWRITTEN, subject, predicate or "", reason=why, value=_spelt(value)))


def _is_special_result(name: str) -> bool:
    """Return whether it is the result of a special class, which is an exact name too."""
    return name in _SPECIAL_RESULTS
