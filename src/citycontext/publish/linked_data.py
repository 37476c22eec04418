"""The @context of published files: complete in itself, so that a reader needs no network for NGSI-LD's own terms."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from citycontext.ngsild.context import is_core_url
from citycontext.ngsild.context.core_terms import core_terms
from citycontext.ngsild.terms import CORE_CONTEXT, DEFAULT_CONTEXT

__all__ = [
    "DCT_IS_VERSION_OF",
    "LDES_SPECIFICATION",
    "PREFIXES",
    "XSD_DATE_TIME",
    "core_inline",
    "entity_contexts",
    "own_context",
    "with_core",
]

DCT_IS_VERSION_OF: Final = "http://purl.org/dc/terms/isVersionOf"
LDES_SPECIFICATION: Final = "https://w3id.org/ldes/specification"
XSD_DATE_TIME: Final = "http://www.w3.org/2001/XMLSchema#dateTime"

PREFIXES: Final = {
    "tree": "https://w3id.org/tree#",
    "ldes": "https://w3id.org/ldes#",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "prov": "http://www.w3.org/ns/prov#",
    "sh": "http://www.w3.org/ns/shacl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "mdcat": "http://data.vlaanderen.be/ns/metadata-dcat#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}


@cache
def core_inline() -> dict[str, Any]:
    """Return the core @context as an object, in place of its address (CIM 009, annex B)."""
    core = core_terms()
    prefixes = {name: term.iri for name, term in core.items() if term.prefix}

    def short(iri: str) -> str:
        for prefix, beginning in prefixes.items():
            if iri.startswith(beginning):
                return f"{prefix}:{iri[len(beginning) :]}"
        return iri

    terms: dict[str, Any] = {"@version": 1.1, "@vocab": DEFAULT_CONTEXT, **prefixes}
    for name, term in core.items():
        if name in prefixes:
            continue
        if term.type is None and not term.containers:
            terms[name] = short(term.iri)
            continue
        definition = terms[name] = {"@id": short(term.iri)}
        if term.type is not None:
            definition["@type"] = short(term.type)
        if term.containers:
            definition["@container"] = next(iter(term.containers))
    return terms


def with_core(contexts: list[Any]) -> list[Any]:
    """Make the @context of a file of entities: the users' contexts, then the core one, inline, as the standard has it.

    Args:
        contexts: Addresses and objects, without those of the core @context.
    """
    return [*contexts, {**PREFIXES, **core_inline()}]


def entity_contexts(context: Any) -> list[Any]:
    """List what an @context is put together from, without the core @context.

    Args:
        context: The @context of an entity: an address, an object, a list of them, or ``None``.
    """
    if context is None:
        return []
    listed = context if isinstance(context, list) else [context]
    return [one for one in listed if not (isinstance(one, str) and is_core_url(one))]


def own_context(contexts: list[Any], *, adds: bool = False) -> list[Any]:
    """Make the @context of an entity that differs from its file's; the core one comes last (CIM 009, 5.5.7).

    Args:
        contexts: Addresses and objects, without those of the core @context.
        adds: Whether they only add terms beside the core's, so that no reader has to fetch that by its address again.
    """
    return contexts if adds and all(isinstance(one, dict) for one in contexts) else [*contexts, CORE_CONTEXT]
