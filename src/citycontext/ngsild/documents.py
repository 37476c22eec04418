"""Telling what a JSON payload of the API is, and reading it as that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from citycontext.errors import InvalidDocument
from citycontext.foreign_text import shown
from citycontext.ngsild.attribute_base import Attribute, attribute_class, attribute_type
from citycontext.ngsild.batch import BatchResult, read_batch_result
from citycontext.ngsild.discovery import (
    AttributeInformation,
    AttributeList,
    ContextDetails,
    ContextSourceIdentity,
    EntityTypeInfo,
    EntityTypeInformation,
    EntityTypeList,
)
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.json_text import read_json
from citycontext.ngsild.notifications import ContextSourceNotification, Notification, SnapshotNotification
from citycontext.ngsild.problems import ProblemDetails
from citycontext.ngsild.registrations import ContextSourceRegistration, ContextSourceRegistrationFragment
from citycontext.ngsild.representations import Reader, geojson, temporal
from citycontext.ngsild.selection import Query
from citycontext.ngsild.snapshots import EntityMap, Snapshot
from citycontext.ngsild.subscriptions import NotificationParams, Subscription, SubscriptionFragment
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS, ERROR_PREFIX, VALUE_MEMBERS
from citycontext.ngsild.update_result import UpdateResult, read_update_result
from citycontext.ngsild.wire_model import WireModel

__all__ = ["ContextDocument", "read_document"]


@dataclass(frozen=True, slots=True)
class ContextDocument:
    """A payload that is an @context and nothing else, as ``POST /jsonldContexts`` takes it (CIM 009, 5.13.2).

    Args:
        context: The @context: an address, an object, or a list of both; ``Context.parse`` reads it.
    """

    context: Any


_MODELS: Final[dict[str, type[WireModel]]] = {
    "Subscription": Subscription,
    "ContextSourceRegistration": ContextSourceRegistration,
    "Notification": Notification,
    "ContextSourceNotification": ContextSourceNotification,
    "CsourceNotification": ContextSourceNotification,
    "SnapshotNotification": SnapshotNotification,
    "Snapshot": Snapshot,
    "Query": Query,
    "EntityMap": EntityMap,
    "EntityTypeList": EntityTypeList,
    "EntityType": EntityTypeInformation,
    "EntityTypeInfo": EntityTypeInfo,
    "EntityTypeInformation": EntityTypeInfo,
    "AttributeList": AttributeList,
    "Attribute": AttributeInformation,
    "ContextSourceIdentity": ContextSourceIdentity,
}
"""Documents by the type that they name."""

_FRAGMENTS: Final[dict[type[WireModel], type[WireModel]]] = {
    Subscription: SubscriptionFragment,
    ContextSourceRegistration: ContextSourceRegistrationFragment,
}

_NEEDED: Final[dict[type[WireModel], tuple[frozenset[str], ...]]] = {
    Subscription: (frozenset({"notification"}), frozenset({"entities", "watchedAttributes"})),
    ContextSourceRegistration: (frozenset({"information"}), frozenset({"endpoint"})),
}

_TELLING: Final[tuple[tuple[frozenset[str], type[WireModel]], ...]] = (
    (frozenset({"notification", "watchedAttributes", "timeInterval", "isActive", "entities"}), SubscriptionFragment),
    (frozenset({"information"}), ContextSourceRegistrationFragment),
    (frozenset({"timesSent", "sysAttrs", "showChanges"}), NotificationParams),
    (frozenset({"endpoint"}), ContextSourceRegistrationFragment),
    (frozenset({"localId"}), ContextDetails),
)
"""What tells a document, or a part of one, that names no type."""


def read_document(payload: Any, *, strict: bool = False) -> Any:
    """Recognise what a JSON payload of the API is, and read it as that.

    The type that it names decides, else its members. An entity is read as its evolution where it holds one. What
    only an address or a request would tell is not guessed: a part of an entity and a part of an attribute that has
    just sub-attributes look alike, and are read as the former.

    Args:
        payload: A JSON value, or JSON text in bytes.
        strict: Raise at the first thing that breaks the standard.

    Returns:
        An ``Entity``, ``TemporalEntity``, ``Attribute``, ``Subscription``, ``ContextSourceRegistration`` (or a
        fragment of these), ``Notification``, ``Query``, another document of ``citycontext.ngsild``, ``BatchResult``,
        ``UpdateResult``, ``ProblemDetails`` or ``ContextDocument``; of a FeatureCollection its entities; of a list
        a list of these, and of texts (ids, or addresses of contexts) the list itself.

    Raises:
        InvalidDocument: It is not one of these, or no JSON.
        DataError: It is one of these but cannot be read; in strict reading, it breaks the standard.
    """
    if isinstance(payload, bytes):
        payload = read_json(payload, InvalidDocument)
    if isinstance(payload, list):
        return [one if isinstance(one, str) else _read_object(one, strict) for one in payload]
    return _read_object(payload, strict)


def _read_object(payload: Any, strict: bool) -> Any:
    if not isinstance(payload, dict):
        raise InvalidDocument(f"{shown(payload)} is not a document of the API, which are JSON objects")
    named = payload.get("type", payload.get("@type"))
    if isinstance(named, str) and (read := _BY_TYPE.get(named)) is not None:
        return read(payload, strict)
    for tells, read in _BY_MEMBERS:
        if tells(payload, named):
            return read(payload, strict)
    return _entity(payload, strict)


def _model(model: type[WireModel]) -> Callable[[dict[str, Any], bool], Any]:
    def read(payload: dict[str, Any], strict: bool) -> Any:
        part = _FRAGMENTS.get(model)
        chosen = model if part is None or _is_whole(payload, model) else part
        return chosen.from_dict(payload, strict=strict)

    return read


def _is_whole(payload: Mapping[str, Any], model: type[WireModel]) -> bool:
    """Distinguish a whole subscription or registration from a part, which has no id and lacks what the whole needs."""
    return "id" in payload or all(not names.isdisjoint(payload) for names in _NEEDED[model])


def _entity(payload: dict[str, Any], strict: bool) -> Entity | TemporalEntity:
    fragment = not ({"id", "@id"} & payload.keys() and {"type", "@type"} & payload.keys())
    read = TemporalEntity.from_dict if temporal.is_temporal(payload) else Entity.from_dict
    return read(payload, strict=strict, fragment=fragment)


def _attribute(payload: dict[str, Any], strict: bool) -> Attribute:
    members = {name: member for name, member in payload.items() if name not in ("@context", "id")}
    wire = Reader(strict=strict).attribute(members, "")
    if "@context" in payload:
        wire = {**wire, "@context": payload["@context"]}
    return attribute_class(wire).from_wire(wire)


def _feature(payload: dict[str, Any], strict: bool) -> Entity:
    return Entity.from_dict(geojson.unwrap(payload), strict=strict, fragment="id" not in payload)


def _features(payload: dict[str, Any], strict: bool) -> list[Entity]:
    return [_feature(feature, strict) for feature in geojson.features(payload)]


def _batch_result(payload: dict[str, Any], strict: bool) -> BatchResult | None:
    return read_batch_result(207, payload, sent=())


def _update_result(payload: dict[str, Any], strict: bool) -> UpdateResult | None:
    return read_update_result(payload, sent=())


def _problem(payload: dict[str, Any], strict: bool) -> ProblemDetails:
    return ProblemDetails.from_wire(payload)


def _context(payload: dict[str, Any], strict: bool) -> ContextDocument:
    return ContextDocument(payload["@context"])


def _is_attribute(payload: Mapping[str, Any], named: Any) -> bool:
    if "id" in payload:
        return False
    if isinstance(named, str) and named in ATTRIBUTE_TYPES:
        return True
    return named is None and any(name in payload and attribute_type(payload[name]) is None for name in VALUE_MEMBERS)


def _has_no_attribute(payload: Mapping[str, Any]) -> bool:
    """Return whether no member is spelt out as an attribute, so that the payload is not part of an entity."""
    return not any(attribute_type(member) is not None for name, member in payload.items() if name not in ENTITY_MEMBERS)


_BY_TYPE: Final[dict[str, Callable[[dict[str, Any], bool], Any]]] = {
    **{name: _model(model) for name, model in _MODELS.items()},
    "Feature": _feature,
    "FeatureCollection": _features,
}

_BY_MEMBERS: Final[list[tuple[Callable[[Mapping[str, Any], Any], bool], Callable[[dict[str, Any], bool], Any]]]] = [
    (lambda payload, named: payload.keys() == {"@context"}, _context),
    (_is_attribute, _attribute),
    (lambda payload, named: named is None and {"success", "errors"} == payload.keys(), _batch_result),
    (lambda payload, named: named is None and {"updated", "notUpdated"} == payload.keys(), _update_result),
    (
        lambda payload, named: (
            "title" in payload
            and "id" not in payload
            and isinstance(payload["title"], str)
            and (named is None or str(named).startswith((ERROR_PREFIX, "http", "about:")))
        ),
        _problem,
    ),
    *(
        (
            lambda payload, named, members=members: (
                named is None and "id" not in payload and not members.isdisjoint(payload) and _has_no_attribute(payload)
            ),
            _model(model),
        )
        for members, model in _TELLING
    ),
]
