"""Registrations that must be refused: by their own members, by what the broker holds, by each other (5.9.2.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from citycontext.broker.distribution.operations import NAMES
from citycontext.broker.documents.reading import read_scope
from citycontext.broker.documents.writing import Document, attribute_names
from citycontext.broker.responses.problems import Problem
from citycontext.broker.store import Candidates, Store
from citycontext.errors import InvalidDocument, InvalidQuery
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.query.duration import parse_duration
from citycontext.ngsild.query.patterns import compile_pattern
from citycontext.ngsild.time import parse_datetime
from citycontext.web.media_types import JSON_FORMS

__all__ = ["check_members", "has_expired", "refuse_conflicts"]

KIND: Final = "registration"
_READING: Final = frozenset({"retrieveOps", "retrieveEntity", "queryEntity"})
_FROM_REQUEST: Final = "urn:ngsi-ld:request"
_VERSION: Final = re.compile(r"\d+\.\d+(\.\d+)?")


def has_expired(wire: Document) -> bool:
    """Return whether a registration has had its time."""
    until = wire.get("expiresAt")
    return isinstance(until, str) and parse_datetime(until) <= datetime.now(UTC)


def check_members(wire: Document, *, expiry: bool) -> None:
    """Check what a table of members cannot say.

    Args:
        wire: The registration.
        expiry: Whether its ``expiresAt`` was given now, and so may not be past.

    Raises:
        InvalidDocument: A member is wrong.
    """
    if expiry and has_expired(wire):
        raise InvalidDocument(f"{wire['expiresAt']} is past", path="expiresAt", clause="5.9.2")
    named = wire.get("operations")
    if named is not None and (not named or not NAMES.issuperset(named)):
        wrong = next((name for name in named if name not in NAMES), "an empty list")
        raise InvalidDocument(f"{wrong!s:.80} is not an operation, nor a group", path="operations", clause="4.20")
    if "scope" in wire:
        read_scope(wire["scope"])
    if "refreshRate" in wire:
        _check_duration(wire["refreshRate"], "refreshRate", "5.2.9")
    if wire.get("mode") == "auxiliary" and not _READING.issuperset(wire.get("operations") or ()):
        raise InvalidDocument(
            f"an auxiliary source is only read: {', '.join(sorted(_READING))}", path="operations", clause="4.3.6.3"
        )
    if wire.get("mode") == "exclusive":
        for place, information in enumerate(wire["information"]):
            if any("idPattern" in entity for entity in information.get("entities", ())):
                path = f"information[{place}].entities"
                raise InvalidDocument("an exclusive source names its entity by id", path=path, clause="4.3.6.3")
    for dataset in wire.get("datasetId") or ():
        if dataset != "@none" and not is_uri(dataset):
            raise InvalidDocument(f"{dataset!r:.80} is not a URI", path="datasetId", clause="5.2.9")
    _check_management(wire.get("management") or {})
    for pair in wire.get("contextSourceInfo") or ():
        if not isinstance(pair, dict):
            raise InvalidDocument("it has pairs of key and value", path="contextSourceInfo", clause="5.2.22")
        _check_information(pair.get("key"), pair.get("value"))


def _check_management(management: Document) -> None:
    for name in ("timeout", "cooldown"):
        value = management.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
            raise InvalidDocument("it is a number above 0", path=f"management.{name}", clause="5.2.34")
    if not isinstance(management.get("localOnly", False), bool):
        raise InvalidDocument("it is true or false", path="management.localOnly", clause="5.2.34")
    if "cacheDuration" in management:
        _check_duration(management["cacheDuration"], "management.cacheDuration", "5.2.34")


def _check_duration(value: Any, path: str, clause: str) -> None:
    try:
        parse_duration(value)
    except InvalidQuery as error:
        raise InvalidDocument(error.message, path=path, clause=clause) from error


def _check_information(key: Any, value: Any) -> None:
    """Check the keys of contextSourceInfo that have a meaning of their own (4.3.6.6)."""
    if value == _FROM_REQUEST:
        return
    known: dict[str, Callable[[str], bool]] = {
        "accept": lambda text: text in JSON_FORMS,
        "contentType": lambda text: text in JSON_FORMS,
        "jsonldContext": is_uri,
        "ngsildConformance": lambda text: _VERSION.fullmatch(text) is not None,
    }
    check = known.get(key)
    if check is not None and not (isinstance(value, str) and check(value)):
        raise InvalidDocument(f"{value!r:.80} is not a {key}", path="contextSourceInfo", clause="4.3.6.6")


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one information of a registration says it has: entities of a kind, and attributes of them."""

    entity: Document
    attributes: frozenset[str]

    @property
    def ids(self) -> list[str] | None:
        """The ids that are named; None for any."""
        named = self.entity.get("id")
        return named if isinstance(named, list) else None if named is None else [named]

    @property
    def types(self) -> list[str]:
        """The types that are named; empty for any."""
        named = self.entity.get("type", [])
        listed = named if isinstance(named, list) else [named]
        return [] if "*" in listed else listed

    def has(self, entity_id: str, types: Iterable[str]) -> bool:
        """Return whether an entity is meant."""
        if self.types and set(self.types).isdisjoint(types):
            return False
        return self.may_have(entity_id)

    def may_have(self, entity_id: str) -> bool:
        """Return whether an entity of some type is meant."""
        if self.ids is not None:
            return entity_id in self.ids
        pattern = self.entity.get("idPattern")
        return pattern is None or bool(compile_pattern(pattern)(entity_id))

    def shares(self, attributes: Iterable[str]) -> bool:
        """Return whether any of some attributes is meant; without names all are."""
        return not self.attributes or not self.attributes.isdisjoint(attributes)


def _claims(wire: Document) -> Iterator[_Claim]:
    for information in wire["information"]:
        names = frozenset((*information.get("propertyNames", ()), *information.get("relationshipNames", ())))
        for entity in information.get("entities") or [{}]:
            yield _Claim(entity, names)


def refuse_conflicts(store: Store, tenant: int, wire: Document) -> None:
    """Refuse a registration that claims for its source alone what is elsewhere already (4.3.6.3, 5.9.2.4).

    Args:
        store: What the broker holds.
        tenant: The tenant's number.
        wire: The registration, expanded.

    Raises:
        Problem: It clashes (409).
    """
    mode = wire.get("mode", "inclusive")
    if mode not in ("exclusive", "redirect"):
        return
    others = [
        one["wire"]
        for one in store.resources.all(tenant, KIND)
        if one["wire"]["id"] != wire["id"] and not has_expired(one["wire"])
    ]
    for claim in _claims(wire):
        held = _entity_that_clashes(store, tenant, claim)
        if held is not None:
            raise Problem("Conflict", f"The broker holds {held} itself, which the registration would give away.")
        for other in others:
            # Redirects may overlap; an exclusive source shares with nobody.
            modes = ("exclusive", "redirect") if mode == "exclusive" else ("exclusive",)
            if other.get("mode") in modes and any(_overlap(claim, theirs) for theirs in _claims(other)):
                raise Problem("Conflict", f"The registration {other['id']} has the same already.")


def _entity_that_clashes(store: Store, tenant: int, claim: _Claim) -> str | None:
    for entity in store.entities.select(tenant, Candidates(types=claim.types or None, ids=claim.ids)):
        if claim.has(entity["id"], entity["type"]) and claim.shares(attribute_names(entity)):
            return str(entity["id"])
    return None


def _overlap(one: _Claim, other: _Claim) -> bool:
    """Return whether two claims have an entity and an attribute of it in common; one names its entities by id."""
    named, against = (one, other) if one.ids is not None else (other, one)
    if named.types and against.types and set(named.types).isdisjoint(against.types):
        return False
    if one.attributes and other.attributes and one.attributes.isdisjoint(other.attributes):
        return False
    return named.ids is None or any(map(against.may_have, named.ids))
