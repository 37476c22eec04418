"""Graphs as text: JSON-LD with contexts that stand beside this file, N-Triples; N-Quads, Turtle and TriG for reading.

Nothing is fetched. A document that names a context which is neither given nor ships with the package is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from citycontext.errors import ContextNotAvailable, DataError, InvalidContext, InvalidDocument, MissingExtra
from citycontext.ngsild.context import shipped_context
from citycontext.oslo.compaction import Compactor, blanks_inside, is_flat, json_value
from citycontext.oslo.graph import Graph, Literal, Term
from citycontext.oslo.n_triples import parse_n_triples
from citycontext.oslo.ngsi_documents import refuse_ngsi, types_without_context
from citycontext.oslo.turtle import TURTLE_FORMS, parse_turtle
from citycontext.oslo.vocabulary import NAMESPACES, RDF_TYPE, XSD
from citycontext.web.media_types import BODY_FORMS, LD_JSON

__all__ = ["context_document", "expanded_nodes", "read_json_ld", "read_text", "write_json_ld"]

_LITERAL_RANGES: Final = (XSD, NAMESPACES["rdf"], NAMESPACES["rdfs"] + "Literal", NAMESPACES["geo"], NAMESPACES["cdt"])


@cache
def context_document(name: str) -> dict[str, Any]:
    """Return one of our own @context documents.

    Args:
        name: ``observaties`` or ``sosa``, as a profile names it.

    Raises:
        ContextNotAvailable: No context has that name.
    """
    resource = files("citycontext.oslo") / "contexts" / f"{name}.jsonld"
    if not resource.is_file():
        raise ContextNotAvailable("there is no such context among ours", url=name)
    document: dict[str, Any] = json.loads(resource.read_text("utf-8"))
    return document


def read_text(text: str, media_type: str, *, contexts: Mapping[str, Any] | None = None) -> Graph:
    """Read a graph.

    Args:
        text: The document.
        media_type: ``application/ld+json``, ``application/n-triples``, ``application/n-quads``, ``text/turtle`` or
            ``application/trig``. Of named graphs the triples are read, and the names are not kept.
        contexts: Contexts by address, for JSON-LD that names them.

    Raises:
        InvalidDocument: The text is not what its media type says, or the media type is another one.
        ContextError: A context is not at hand, or wrong.
        MissingExtra: JSON-LD needs pyld, Turtle and TriG need rdflib.
    """
    if media_type in BODY_FORMS:
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as wrong:
            raise InvalidDocument(f"the text is not JSON: {wrong}") from None
        return read_json_ld(document, contexts=contexts)
    if media_type in TURTLE_FORMS:
        return parse_turtle(text, media_type)
    if media_type not in ("application/n-triples", "application/n-quads"):
        raise InvalidDocument(f"{media_type!r} is not read; JSON-LD, N-Triples, N-Quads, Turtle and TriG are")
    return parse_n_triples(text, quads=media_type == "application/n-quads")


def read_json_ld(document: Any, *, contexts: Mapping[str, Any] | None = None) -> Graph:
    """Read a graph from a JSON-LD document.

    .. versionadded:: 0.2

    Contexts of the first generation type values by the class that they should be, which makes plain literals of
    addresses; such types are read as ``@id``.

    Args:
        document: The parsed JSON.
        contexts: Contexts by address.

    Raises:
        InvalidDocument: The document is not JSON-LD, or an entity of NGSI; names its type.
        ContextError: A context is not at hand, or wrong.
        MissingExtra: JSON-LD needs pyld.
    """
    refuse_ngsi(document)
    jsonld = _json_ld()
    given: Mapping[str, Any] = {} if contexts is None else contexts

    def load(url: str, _: Any) -> dict[str, Any]:
        found = given.get(url)
        if found is None:
            found = shipped_context(url)
        if found is None:
            raise ContextNotAvailable("is not at hand; give it by its address", url=url)
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": _addresses_as_ids(found, given),
            "contentType": LD_JSON,
        }

    try:
        graph = _graph(
            jsonld.to_rdf(_addresses_as_ids(document, given), {"documentLoader": load, "processingMode": "json-ld-1.1"})
        )
    except jsonld.JsonLdError as wrong:
        raise _explained(wrong) from None
    except (TypeError, AttributeError, KeyError, ValueError, RecursionError) as wrong:
        if isinstance(wrong, DataError):
            raise
        raise InvalidDocument(f"the document is not JSON-LD: {wrong}") from None
    types = types_without_context(document) if not len(graph) else []
    if types:
        raise InvalidDocument(
            f"the document, of type {', '.join(types)}, has no @context that says what its terms mean"
        )
    return graph


def write_json_ld(graph: Graph, context: Mapping[str, Any], *, context_url: str = "") -> dict[str, Any]:
    """Write a graph as JSON-LD, compacted with a context.

    Args:
        graph: The graph.
        context: The context document.
        context_url: What to put for the context; without it what is used of the context itself is put in.

    Raises:
        MissingExtra: JSON-LD needs pyld, for contexts of more than terms and prefixes.
    """
    if is_flat(context.get("@context")):
        compactor = Compactor(context["@context"])
        nodes = compactor.nodes(graph)
        document = nodes[0] if len(nodes) == 1 else {"@graph": nodes} if nodes else {}
        return {"@context": context_url or compactor.context, **document}
    jsonld = _json_ld()

    def load(url: str, _: Any) -> dict[str, Any]:
        raise ContextNotAvailable("is not at hand", url=url)

    compact: dict[str, Any] = jsonld.compact(
        expanded_nodes(graph), context, {"documentLoader": load, "processingMode": "json-ld-1.1"}
    )
    if context_url:
        compact = {"@context": context_url, **{name: said for name, said in compact.items() if name != "@context"}}
    return compact


def expanded_nodes(graph: Graph) -> list[dict[str, Any]]:
    """Return the nodes of a graph as expanded JSON-LD; a blank one stands where it is named, if that is one place only.

    Args:
        graph: The graph.
    """
    inside = blanks_inside(graph)

    def node(name: str) -> dict[str, Any]:
        said: dict[str, Any] = {} if name in inside else {"@id": name}
        for predicate in graph.predicates(name):
            values = graph.values(name, predicate)
            if predicate == RDF_TYPE:
                said["@type"] = [one for one in values if isinstance(one, str)]
            else:
                said[predicate] = [term(one) for one in values]
        return said

    def term(value: Term) -> dict[str, Any]:
        if isinstance(value, Literal):
            return _json_value(value)
        return node(value) if value in inside else {"@id": value}

    return [node(name) for name in graph.nodes if name not in inside]


def _json_value(literal: Literal) -> dict[str, Any]:
    value, datatype, language = json_value(literal)
    if language:
        return {"@value": value, "@language": language}
    return {"@value": value, "@type": datatype} if datatype else {"@value": value}


def _graph(dataset: Mapping[str, Any]) -> Graph:
    graph = Graph()
    for triples in dataset.values():
        for triple in triples:
            found = triple["object"]
            value: Term = found["value"]
            if found["type"] == "literal":
                value = Literal(found["value"], found.get("datatype", XSD + "string"), found.get("language", ""))
            graph.add(triple["subject"]["value"], triple["predicate"]["value"], value)
    graph.reserve_blanks()
    return graph


def _addresses_as_ids(document: Any, contexts: Mapping[str, Any]) -> Any:
    """Patch contexts: a type that is not a datatype means that an address follows; names given are filled in."""
    if isinstance(document, list):
        return [_addresses_as_ids(one, contexts) for one in document]
    if not isinstance(document, dict):
        return document
    return {
        name: _patched_context(said, contexts) if name == "@context" else _addresses_as_ids(said, contexts)
        for name, said in document.items()
    }


def _patched_context(context: Any, contexts: Mapping[str, Any]) -> Any:
    if isinstance(context, list):
        return [_patched_context(one, contexts) for one in context]
    if isinstance(context, str) and "://" not in context:
        given = contexts.get(context)  # a name that is no address cannot be loaded, so its context is put in
        if given is None:
            raise ContextNotAvailable("is not at hand; give it by its name", url=context)
        return _patched_context(given.get("@context", given), contexts)
    if not isinstance(context, dict):
        return context
    patched = {}
    for term, definition in context.items():
        if isinstance(definition, dict):
            kind = definition.get("@type")
            if "@type" in definition and not isinstance(kind, str):  # a published context has null here
                definition = {name: said for name, said in definition.items() if name != "@type"}
            if isinstance(kind, str) and kind.startswith("http") and not kind.startswith(_LITERAL_RANGES):
                definition = {**definition, "@type": "@id"}
            if "@context" in definition:
                definition = {**definition, "@context": _patched_context(definition["@context"], contexts)}
        patched[term] = definition
    return patched


def _explained(wrong: Exception) -> Exception:
    """Make one line of a processor's chain of causes: the deepest one knows."""
    cause: Any = wrong
    while True:
        if isinstance(cause, ContextNotAvailable):
            return cause
        deeper = getattr(cause, "cause", None) or cause.__cause__
        if deeper is None:
            break
        cause = deeper
    said = str(cause.args[0] if cause.args else cause).splitlines()[0]
    code = str(getattr(cause, "code", "") or "")
    details = getattr(cause, "details", None)
    url = details.get("url", "") if isinstance(details, dict) else ""
    if "context" in code or "context" in said.lower():
        return InvalidContext(said, url=str(url))
    return InvalidDocument(f"the document is not JSON-LD: {said}")


def _json_ld() -> Any:
    try:
        from pyld import jsonld
    except ModuleNotFoundError:
        raise MissingExtra("oslo", package="pyld", purpose="Reading and writing linked data") from None
    return jsonld
