"""Which @context an entity's names are meant by: that of its model; and from IRIs back to the model's names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

from citycontext.errors import AmbiguousModel, DataError, UnknownModel
from citycontext.models.catalogue.registry import describe, models
from citycontext.models.smart_data_model import SmartDataModel, context_address
from citycontext.ngsild.context import (
    Context,
    compact_entity,
    expand_entity,
    is_core_url,
    shipped_context,
    shipped_subjects,
    subject_of_context,
)
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.terms import CORE_CONTEXT, DEFAULT_CONTEXT

__all__ = [
    "AMBIGUOUS",
    "compacted",
    "context_of",
    "context_of_type",
    "expanded",
    "model_context",
    "recontexted",
    "terms_of",
    "type_of_id",
    "with_terms",
    "without_model_context",
]

AMBIGUOUS: Final = "several subjects have this type; give its class, or the entity's @context"
_URN: Final = re.compile(r"urn:ngsi-ld:([^:]+):.+")
_PREFIXED: Final = "ngsi-ld:default-context/"
_WORD: Final = re.compile(r"[^\W\d][\w.-]*")
_SUBJECT: Final = re.compile(r"/dataModel\.([^/]+)/")


def context_of(entity: Entity | Mapping[str, Any]) -> str:
    """Return the address of the @context of an entity's model, empty where no model is known.

    Args:
        entity: An entity, or its JSON object.

    Raises:
        DataError: Several subjects have its type.
    """
    if isinstance(entity, SmartDataModel) and (address := type(entity).context_url):
        return address
    wire = entity.wire if isinstance(entity, Entity) else entity
    named = wire.get("type", wire.get("@type"))
    for one in named if isinstance(named, list | tuple) else [named]:
        if isinstance(one, str) and (address := context_of_type(one)):
            return address
    return ""


@lru_cache(maxsize=4096)
def context_of_type(type_name: str) -> str:
    """Return the address of the @context of a type's model, empty if absent.

    Args:
        type_name: The type's short name, or an IRI that a model's @context has for it.

    Raises:
        DataError: Several subjects have it.
    """
    if "://" in type_name:
        subject = None if type_name.startswith(DEFAULT_CONTEXT) else _subject_of_iri(type_name)
        return "" if subject is None else context_address(subject)
    try:
        return describe(type_name).context or ""
    except AmbiguousModel as wrong:
        raise DataError(f"{AMBIGUOUS} ({', '.join(wrong.subjects)})", path=type_name, clause="5.5.7") from None
    except UnknownModel:
        return ""


def type_of_id(entity_id: str) -> str:
    """Return the type that an identifier of the recommended form names, empty for others (CIM 009, A.3).

    Args:
        entity_id: Such as ``urn:ngsi-ld:OffStreetParking:1``.
    """
    found = _URN.fullmatch(entity_id)
    return "" if found is None else found[1]


@cache
def model_context(address: str) -> Context | None:
    """Return a subject's @context as it ships, ``None`` for an address where none ships.

    Args:
        address: The address.
    """
    return None if shipped_context(address) is None else Context.parse(address)


def terms_of(document: Any, address: str) -> dict[str, Any]:
    """Return those terms of a subject's @context that a document uses, which is all that it needs of it.

    Args:
        document: A JSON value: an entity, a part of one, a query.
        address: The address of the @context.
    """
    terms: Mapping[str, Any] = shipped_context(address)["@context"]
    used: dict[str, Any] = {}
    words = set[str]()
    _collect(document, words)
    pending = [word for word in words if word in terms]
    while pending:
        term = pending.pop()
        if term in used:
            continue
        used[term] = terms[term]
        meaning = terms[term].get("@id", "") if isinstance(terms[term], dict) else terms[term]
        prefix = meaning.partition(":")[0] if isinstance(meaning, str) else ""
        if prefix in terms and "://" not in meaning:
            pending.append(prefix)
    core = Context.core().terms  # which stands above
    return {term: terms[term] for term in sorted(used) if term not in core and terms[term] not in ("@id", "@type")}


def with_terms(document: Mapping[str, Any], address: str) -> dict[str, Any]:
    """Return a document that carries the terms it uses of a subject's @context.

    Args:
        document: The JSON object.
        address: The address of the @context.
    """
    bare = {name: member for name, member in document.items() if name != "@context"}
    return {**bare, "@context": [terms_of(bare, address), CORE_CONTEXT]}


def without_model_context(wire: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Take a subject's @context off an entity that names it and nothing beside it, so that it can travel otherwise.

    Args:
        wire: The entity's JSON object.

    Returns:
        The object, and the address; as it was, and an empty text, where it has another @context or none.
    """
    context = wire.get("@context")
    listed = context if isinstance(context, list) else [context]
    own = [one for one in listed if not (isinstance(one, str) and is_core_url(one))]
    if len(own) != 1 or not isinstance(own[0], str) or subject_of_context(own[0]) not in shipped_subjects():
        return wire, ""
    return {name: member for name, member in wire.items() if name != "@context"}, own[0]


def compacted(wire: dict[str, Any], address: str = "") -> dict[str, Any]:
    """Return an entity with the short names that its model has, where it came with IRIs.

    Args:
        wire: The entity's JSON object, in any representation; it is not changed.
        address: The @context that the names are meant by where the entity came without its type.

    Returns:
        The object; as it was where nothing tells the model.
    """
    if not _has_iris(wire):
        return wire
    if _PREFIXED in str(wire.get("type")):  # what JSON-LD makes of its IRI by a context with the prefix ngsi-ld
        named = {name.replace(_PREFIXED, DEFAULT_CONTEXT, 1): member for name, member in wire.items()}
        wire = {**named, "type": str(wire["type"]).replace(_PREFIXED, DEFAULT_CONTEXT, 1)}
    context = _context_of_iris(wire) or (model_context(address) if address else None)
    if context is None:
        return wire
    own = {"@context": wire["@context"]} if "@context" in wire else {}
    try:
        return {**compact_entity({name: one for name, one in wire.items() if name != "@context"}, context), **own}
    except DataError:  # two names that mean the same: what came is told as it came
        return wire


def expanded(wire: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entity with IRIs in place of its model's names, as its own @context or else its model's means them.

    Args:
        wire: The entity's JSON object, normalized; it is not changed.

    Raises:
        DataError: It has an @context that is not known offline, or several subjects have its type.
    """
    return expand_entity(wire, Context.parse(wire.get("@context") or context_of(wire) or None))


def recontexted(wire: dict[str, Any]) -> dict[str, Any]:
    """Return an entity that says itself that its names are its model's, as a change for ``citycontext.transfer``.

    Args:
        wire: An entity as a broker answers it, by short names or by IRIs of the default vocabulary; it is not changed.

    Returns:
        The entity with its model's @context; as it was where it has another one, or no model is known.
    """
    own = wire.get("@context")
    listed = own if isinstance(own, list) else [] if own is None else [own]
    if not all(isinstance(one, str) and is_core_url(one) for one in listed):
        return wire
    named = compacted({name: member for name, member in wire.items() if name != "@context"})
    address = _quiet(context_of, named)
    return {**named, "@context": [address, CORE_CONTEXT]} if address else wire


def _has_iris(wire: Mapping[str, Any]) -> bool:
    for name, member in wire.items():
        if "://" in name:
            return True
        if member.__class__ is dict and any("://" in inner for inner in member):
            return True
    return bool(_iri_of_type(wire))


def _iri_of_type(wire: Mapping[str, Any]) -> str:
    named = wire.get("type", wire.get("@type"))
    for one in named if isinstance(named, list | tuple) else [named]:
        if isinstance(one, str) and ("://" in one or one.startswith(_PREFIXED)):
            return one
    return ""


def _context_of_iris(wire: Mapping[str, Any]) -> Context | None:
    iri = _iri_of_type(wire)
    if not iri:
        # The answer came with another @context than the entity was written with, which had the same IRI for the type.
        address = _quiet(context_of, wire)
        return model_context(address) if address else None
    if iri.startswith(DEFAULT_CONTEXT):
        return Context.core()
    subject = _subject_of_iri(iri)
    return None if subject is None else model_context(context_address(subject))


def _quiet(find: Any, wire: Mapping[str, Any]) -> str:
    try:
        return str(find(wire))
    except DataError:
        return ""


@lru_cache(maxsize=1024)
def _subject_of_iri(iri: str) -> str | None:
    """Find the subject whose @context has an IRI for one of its types: by the IRI's form, else by looking at all."""
    named = _SUBJECT.search(iri)
    if named is not None and named[1] in shipped_subjects():
        return named[1]
    return _subjects_by_iri().get(iri)


@cache
def _subjects_by_iri() -> dict[str, str]:
    found: dict[str, str] = {}
    for model in models():
        context = model_context(model.context) if model.context else None
        if context is not None:
            found.setdefault(context.expand_vocab(model.type), model.subject)
    return found


def _collect(document: Any, words: set[str]) -> None:
    pending = [document]
    while pending:
        one = pending.pop()
        if isinstance(one, Mapping):
            words.update(one, *(name.split(":", 1) for name in one if ":" in name))
            pending.extend(one.values())
        elif isinstance(one, list | tuple):
            pending.extend(one)
        elif isinstance(one, str):
            words.update(_WORD.findall(one))  # a query's text holds names too
