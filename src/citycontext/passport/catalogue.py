"""The description of open data: DCAT, read from JSON-LD, Turtle or RDF/XML into a graph of plain texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from citycontext.errors import MissingExtra
from citycontext.extras import library
from citycontext.passport.evidence import Exchange
from citycontext.passport.prober import Prober, answered
from citycontext.passport.verdicts import NotTestable, Reason, not_testable
from citycontext.web.media_types import LD_JSON

__all__ = ["DCAT", "DCT", "Catalogue", "read_catalogue"]

DCAT: Final = "http://www.w3.org/ns/dcat#"
DCT: Final = "http://purl.org/dc/terms/"
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_ACCEPT: Final = "application/ld+json, text/turtle;q=0.9, application/rdf+xml;q=0.8, application/json;q=0.5"
_FORMATS: Final = {"text/turtle": "turtle", "application/rdf+xml": "xml", "application/n-triples": "nt"}

Graph = Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A description of open data.

    Args:
        url: Its address.
        exchange: The answer it was read from.
        graph: Each thing's properties, with IRIs and texts alike.
    """

    url: str
    exchange: Exchange
    graph: Graph = field(repr=False)

    def of_class(self, name: str) -> list[str]:
        """Return the things of a class of DCAT, such as ``Dataset``."""
        return [subject for subject, said in self.graph.items() if f"{DCAT}{name}" in said.get(_TYPE, ())]

    def values(self, subject: str, *properties: str) -> list[str]:
        """Return what a thing has for any of some properties, in full or as ``dcat:`` and ``dct:``."""
        said = self.graph.get(subject, {})
        return [one for name in properties for one in said.get(_full(name), ())]

    def all_values(self, *properties: str) -> list[str]:
        """Return what anything has for some properties."""
        return list(dict.fromkeys(one for subject in self.graph for one in self.values(subject, *properties)))

    @property
    def endpoints(self) -> list[str]:
        """The addresses of its services."""
        return [one for one in self.all_values("dcat:endpointURL") if one.startswith("http")]

    @property
    def downloads(self) -> list[str]:
        """The addresses of its files."""
        return [one for one in self.all_values("dcat:downloadURL") if one.startswith("http")]

    @property
    def distributions(self) -> Iterator[str]:
        """Its distributions."""
        yield from self.of_class("Distribution")


def read_catalogue(prober: Prober, url: str) -> Catalogue:
    """Fetch and read a description.

    Args:
        prober: Sends the requests, also for contexts.
        url: Where it is.

    Raises:
        NotReached: No usable answer came.
        NotTestable: What came is not a description in a form that is read.
    """
    exchange = answered(prober.fetch(url, _ACCEPT))
    graph: Graph = {}
    if exchange.is_success:
        if exchange.media_type in _FORMATS:
            graph = _by_rdflib(exchange, _FORMATS[exchange.media_type])
        elif exchange.json is not None:
            graph = _by_pyld(prober, exchange)
    if not graph:
        raise NotTestable(
            not_testable(
                Reason.NO_SAMPLE,
                f"The catalogue answers {exchange.status} with {exchange.media_type or 'no media type'}, "
                "from which no description can be read.",
                f"De catalogus antwoordt {exchange.status} met {exchange.media_type or 'geen mediatype'}, "
                "waaruit geen beschrijving te lezen is.",
                evidence=(exchange,),
            )
        )
    return Catalogue(url, exchange, graph)


def _by_pyld(prober: Prober, exchange: Exchange) -> Graph:
    jsonld = library("pyld", "oslo", "Reading a catalogue in JSON-LD").jsonld

    def load(url: str, options: Any) -> dict[str, Any]:
        document = prober.fetch(url, "application/ld+json, application/json")
        if not document.is_success or document.json is None:
            raise ValueError(f"{url} cannot be had")
        return {"contextUrl": None, "documentUrl": url, "document": document.json, "contentType": LD_JSON}

    try:
        flat = jsonld.flatten(exchange.json, None, {"documentLoader": load, "base": exchange.url})
    except (jsonld.JsonLdError, ValueError, RecursionError):
        return {}
    return {str(node["@id"]): _properties(node) for node in flat if "@id" in node}


def _properties(node: Mapping[str, Any]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {_TYPE: [str(one) for one in node.get("@type", ())]}
    for name, values in node.items():
        if not name.startswith("@"):
            said[name] = [str(one.get("@id", one.get("@value", ""))) for one in values if isinstance(one, dict)]
    return said


def _by_rdflib(exchange: Exchange, form: str) -> Graph:
    try:
        rdflib = library("rdflib", "shacl", "Reading a catalogue in Turtle or RDF/XML")
    except MissingExtra as missing:
        raise NotTestable(not_testable(Reason.NO_SAMPLE, str(missing), str(missing), evidence=(exchange,))) from None
    try:
        triples = rdflib.Graph().parse(data=exchange.content, format=form, publicID=exchange.url)
    except Exception:  # rdflib's parsers raise whatever they meet, and the text is somebody else's
        return {}
    graph: dict[str, dict[str, list[str]]] = {}
    for subject, predicate, object_ in triples:
        graph.setdefault(str(subject), {}).setdefault(str(predicate), []).append(str(object_))
    return graph


def _full(name: str) -> str:
    prefix, _, local = name.partition(":")
    return {"dcat": DCAT, "dct": DCT}[prefix] + local if prefix in ("dcat", "dct") else name
