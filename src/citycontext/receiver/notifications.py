"""Reading what a broker sent to an endpoint, in every dialect that was seen (CIM 009, 5.3, 6.3.8, 6.3.9 and 7.2).

Pure: no sockets. What differs between brokers ends here:

- The @context stands in each entity, at the top, on the collection of Features or on each Feature, or it is linked to:
  by a whole ``Link`` header or, over MQTT, by a bare address.
- ``Ngsild-Attribute-Format`` comes in any case, or not at all; then the entities tell whether they are simplified.
- Simplified entities may hold normalized instances where an attribute has several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from citycontext.errors import ContextError, DataError, InvalidDocument
from citycontext.foreign_text import shown
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.json_text import has_more_values, read_json
from citycontext.ngsild.notifications import (
    ContextSourceNotification,
    Notification,
    SnapshotNotification,
    linked_context,
)
from citycontext.ngsild.representations import Representation, geojson
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS
from citycontext.receiver.received import AnyNotification, Received

__all__ = ["open_message", "read_body", "read_notification"]

E = TypeVar("E", bound=Entity)

_KINDS: Final[dict[str, type[AnyNotification]]] = {
    "Notification": Notification,
    "ContextSourceNotification": ContextSourceNotification,
    "CsourceNotification": ContextSourceNotification,
    "SnapshotNotification": SnapshotNotification,
}
_MOST_VALUES: Final = 500_000
_MOST_ENTITIES: Final = 10_000
_SIMPLIFIED: Final = frozenset({"simplified", "keyvalues"})
_NOT_SIMPLIFIED: Final = frozenset({"value", "object", "valueList", "objectList"})
_ALONE_IF_SIMPLIFIED: Final = frozenset({"languageMap", "vocab", "json"})


def read_body(body: bytes) -> dict[str, Any]:
    """Read the body of a request, or the payload of a message, as a JSON object.

    Args:
        body: The bytes as they came.

    Raises:
        InvalidDocument: They are not a JSON object.
    """
    if has_more_values(body, _MOST_VALUES):
        raise InvalidDocument(f"a notification has at most {_MOST_VALUES:,} values", clause="5.3.1")
    document = read_json(body, InvalidDocument)
    if not isinstance(document, dict):
        raise InvalidDocument(f"a notification is a JSON object, not {shown(document)}", clause="5.3.1")
    return document


def open_message(payload: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """Take the payload of an MQTT message apart (CIM 009, 7.2).

    Args:
        payload: The bytes as they came.

    Returns:
        The notification, and the metadata as headers, their names in small letters.

    Raises:
        InvalidDocument: It has no body.
    """
    message = read_body(payload)
    body, metadata = message.get("body"), message.get("metadata")
    if not isinstance(body, dict):
        raise InvalidDocument("a message has metadata and a body", path="body", clause="7.2")
    if not isinstance(metadata, dict):
        metadata = {}
    return body, {name.lower(): value for name, value in metadata.items() if isinstance(value, str)}


def read_notification(
    body: dict[str, Any],
    headers: Mapping[str, str],
    as_: type[E],
    *,
    representation: Representation | str | None = None,
) -> Received[E]:
    """Read a notification and its entities.

    Args:
        body: The notification's JSON object; the entities keep their part of it.
        headers: What it came with; names in small letters.
        as_: The class of the entities.
        representation: The form that the subscription asks for; without it the headers or the entities tell.

    Raises:
        InvalidDocument: It is not a notification, or none of its entities can be read.
    """
    kind = body.get("type")
    model = _KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise InvalidDocument(f"{shown(kind)} is not one of {', '.join(_KINDS)}", path="type", clause="5.3.1")
    findings: list[Finding] = []
    if "@context" not in body:
        try:
            linked = linked_context(headers.get("link", ""))
        except ContextError as error:
            findings.append(Finding("Link", "context-link", str(error), clause="6.3.5"))
        else:
            if linked is not None:
                body = {**body, "@context": linked}
    document = model.from_dict(body)
    entities: list[E] = []
    if isinstance(document, Notification):
        entities = _entities(document, as_, representation or headers.get("ngsild-attribute-format"), findings)
    return Received(document, entities, headers.get("ngsild-tenant", ""), headers, findings)


def _entities(document: Notification, as_: type[E], form: str | None, findings: list[Finding]) -> list[E]:
    payloads = document.data
    is_geojson = isinstance(payloads, dict)
    items: list[dict[str, Any]] = geojson.features(payloads) if isinstance(payloads, dict) else payloads
    bare = [one.get("properties") for one in items] if is_geojson else items
    if len(items) > _MOST_ENTITIES:
        raise InvalidDocument(f"a notification has at most {_MOST_ENTITIES:,} entities", path="data", clause="5.3.1")
    simplified = form.lower() in _SIMPLIFIED if form else _look_simplified(bare)
    entities: list[E] = []
    failure: DataError | None = None
    for index, item in enumerate(items):
        noted: list[Finding] = []
        try:
            payload = geojson.unwrap(item, simplified=simplified) if is_geojson else item
            if document.context is not None and "@context" not in payload:
                payload = {**payload, "@context": document.context}
            entities.append(_read(as_, payload, noted, simplified=simplified))
        except DataError as error:
            failure = failure or error
            noted.append(Finding(error.path, "entity", error.message, Severity.ERROR, error.clause))
        findings += [replace(one, path=f"data[{index}].{one.path}".rstrip(".")) for one in noted]
    if failure is not None and not entities:
        raise InvalidDocument(failure.message, path=findings[-1].path, clause=failure.clause or "5.3.1")
    return entities


def _read(as_: type[E], payload: dict[str, Any], findings: list[Finding], *, simplified: bool) -> E:
    if not simplified:
        return as_.from_dict(payload, findings=findings, fragment=True)
    several = {name: member for name, member in payload.items() if _is_several_instances(member)}
    rest = {name: member for name, member in payload.items() if name not in several}
    entity = as_.from_dict(rest, representation=Representation.SIMPLIFIED, findings=findings, fragment=True)
    if not several:
        return entity
    return as_.from_dict({**entity.wire, **several}, findings=findings, fragment=True)


def _is_several_instances(member: Any) -> bool:
    """Return whether a member of a simplified entity is a list of normalized instances, as Orion-LD sends them."""
    return isinstance(member, list) and bool(member) and all(_is_normalized(one) for one in member)


def _is_normalized(member: Any) -> bool:
    if not isinstance(member, dict):
        return False
    kind = member.get("type")
    return isinstance(kind, str) and kind in ATTRIBUTE_TYPES


def _look_simplified(entities: Iterable[Any]) -> bool:
    """Return whether entities are simplified: none has an attribute with a type or a member that only others have."""
    for entity in entities:
        if not isinstance(entity, dict):
            continue
        for name, member in entity.items():
            if name in ENTITY_MEMBERS:
                continue
            for one in member if isinstance(member, list) else [member]:
                if isinstance(one, dict) and _is_no_value(one):
                    return False
    return True


def _is_no_value(member: dict[str, Any]) -> bool:
    """Return whether an object is an attribute of the normalized or the concise form rather than a bare value."""
    return (
        _is_normalized(member)
        or not _NOT_SIMPLIFIED.isdisjoint(member)
        or (len(member) > 1 and not _ALONE_IF_SIMPLIFIED.isdisjoint(member))
    )
