"""What may come in: rules of the information model that only a broker enforces, and the spellings it takes (4.4, 4.5).

A payload is looked through before it is read: JSON-LD keywords become the members they stand for, geometries written
as text become geometries, what only a broker may say is left out, and what the model forbids is refused. After reading
and expanding, `check_document` looks at what the names turned out to mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, Literal

import orjson

from citycontext.broker.documents.writing import Document, instances, is_null
from citycontext.errors import InvalidDocument, InvalidEntity, InvalidGeometry
from citycontext.ngsild.attribute_base import ATTRIBUTE_MEMBERS, RESERVED_NAMES
from citycontext.ngsild.context import Context
from citycontext.ngsild.geometry import is_geometry
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.terms import (
    ATTRIBUTE_TYPES,
    ENTITY_MEMBERS,
    NULL_URN,
    PREVIOUS_MEMBERS,
    SYSTEM_MEMBERS,
    VALUE_MEMBERS,
)

__all__ = [
    "Nulls",
    "admit_attribute",
    "admit_entity",
    "check_area",
    "check_document",
    "check_instance",
    "check_mandatory",
    "check_type",
]

Nulls = Literal["none", "instances", "members", "everywhere"]
"""Where the NGSI-LD Null may stand (5.2.1, 5.5.4): nowhere, for attribute instances (5.6.2), for these and their
members (5.6.4), or inside values too (5.5.12)."""

_CORE: Final = Context.core()
_MAX_DEPTH: Final = 100
_KEYWORDS: Final = {"@id": "id", "@type": "type"}
_PREVIOUS: Final = frozenset(PREVIOUS_MEMBERS.values())
_SEALED: Final = ("entityIdSealed", "entityTypeSealed")
_LINKED: Final = {"entity": frozenset({"Relationship"}), "entityList": frozenset({"Relationship", "ListRelationship"})}
_PROOF: Final = "ngsildproof"
_TYPE_NAMES: Final = frozenset({"objectType", "valueType"})
_LANGUAGE: Final = re.compile(r"@none|[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
# What an attribute has most often, so that there is nothing to look at.
_USUAL: Final = frozenset({"type", "value", "observedAt", "unitCode", "datasetId", "object"})
_RESERVED: Final = frozenset(_CORE.expand(name) for name in RESERVED_NAMES) | {
    "@none",
    "@value",
    "@list",
    "@language",
    "@context",
    _PROOF,
    *_SEALED,
}
_RESERVED_TYPES: Final = frozenset(_CORE.expand(name) for name in ATTRIBUTE_TYPES)
_PLACES: Final = frozenset(_CORE.expand(name) for name in ("location", "observationSpace", "operationSpace"))


def admit_entity(payload: Any) -> Any:
    """Look through an entity, or a fragment of one, in normalized or concise form.

    Raises:
        InvalidEntity: It holds what the information model forbids.
    """
    if not isinstance(payload, dict):
        return payload
    entity = _without_keywords(payload, "")
    admitted = entity
    for name, member in entity.items():
        if name in ENTITY_MEMBERS:
            if member is None and name not in SYSTEM_MEMBERS:
                raise InvalidEntity("null is not a value", path=name, clause="5.2.1")
            continue
        read = admit_attribute(member, name)
        if read is not member:
            if admitted is entity:
                admitted = dict(entity)
            admitted[name] = read
    return admitted


def admit_attribute(attribute: Any, path: str, depth: int = 0) -> Any:
    """Look through an attribute, or the list of its instances.

    Raises:
        InvalidEntity: It holds what the information model forbids.
    """
    if depth > _MAX_DEPTH:
        raise InvalidEntity(f"it is nested more than {_MAX_DEPTH} deep", path=path, clause="5.2.4")
    if isinstance(attribute, list):
        if attribute and all(isinstance(one, dict) and _is_attribute(one) for one in attribute):
            read = [admit_attribute(one, path, depth + 1) for one in attribute]
            return attribute if all(new is old for new, old in zip(read, attribute, strict=True)) else read
        return attribute
    if not isinstance(attribute, dict) or not _is_attribute(attribute):
        return attribute
    if "@type" in attribute or "@id" in attribute:
        attribute = _without_keywords(attribute, path)
    kind = _kind(attribute)
    if _USUAL.issuperset(attribute) and kind != "GeoProperty" and not ("value" in attribute and "object" in attribute):
        return attribute
    admitted: dict[str, Any] = {}
    for name, member in attribute.items():
        where = f"{path}.{name}"
        if name in _PREVIOUS:
            if name != PREVIOUS_MEMBERS.get(kind, name):
                raise InvalidEntity(f"a {kind} has no {name!r}", path=path, clause="4.5.2")
            continue  # the type's own is for notifications; sent to a broker it says nothing (5.2.5)
        if name in VALUE_MEMBERS and name != ATTRIBUTE_TYPES.get(kind, name):
            raise InvalidEntity(f"a {kind} has no {name!r}", path=path, clause="4.5.2")
        if name in _LINKED and kind not in _LINKED[name]:
            raise InvalidEntity(f"a {kind} has no {name!r}", path=path, clause="4.5.2")
        if name == "@context":
            raise InvalidEntity("an attribute has no @context of its own", path=path, clause="4.5.1")
        if name in _SEALED:
            raise InvalidEntity(f"{name!r} stands in {_PROOF} alone", path=path, clause="4.5.2.2")
        if name == _PROOF:
            _check_proof(member, where)
            admitted[name] = member
        elif name == "value" and kind == "GeoProperty":
            admitted[name] = _geometry(member)
        elif name in ("languageMap", "json"):
            _check_value(name, member, where)
            admitted[name] = member
        elif name == "objectList":
            admitted[name] = _linked(member)
        elif name in _TYPE_NAMES:
            _check_type_names(name, member, where)
            admitted[name] = member
        elif name in ATTRIBUTE_MEMBERS:
            admitted[name] = member
        else:
            admitted[name] = admit_attribute(member, where, depth + 1)
    return admitted


def check_mandatory(fragment: Document, names: Iterable[str]) -> None:
    """Check that a fragment of a resource takes nothing away that each has to have (5.2.1).

    Raises:
        InvalidEntity: It does.
    """
    for name in names:
        if name in fragment and fragment[name] in (None, NULL_URN):
            raise InvalidEntity("it is mandatory and cannot be removed", path=name, clause="5.2.1")


def check_type(payload: Document, kind: str) -> None:
    """Check that a new resource says what it is (5.2.9, 5.2.12).

    Raises:
        InvalidDocument: It does not.
    """
    if payload.get("type") != kind:
        raise InvalidDocument(f"its type is {kind!r}, and has to be there", path="type", clause="5.2")


def check_document(document: Document, nulls: Nulls) -> None:
    """Check an expanded entity, or a fragment of one.

    Args:
        document: The entity as it would be stored.
        nulls: Where the NGSI-LD Null may stand.

    Raises:
        InvalidEntity: A name is one that the standard keeps for itself, a place is not a GeoProperty, or a Null stands
            where none may.
    """
    for kind in document.get("type", ()):
        if kind in _RESERVED_TYPES:
            raise InvalidEntity(
                f"{kind.rpartition('/')[2]} is a type of attributes; this looks like an attribute's body",
                path="type",
                clause="4.5.1",
            )
    for name in ("id", "type"):
        if document.get(name) in (NULL_URN, [NULL_URN]):
            raise InvalidEntity("it cannot be removed", path=name, clause="5.2.1")
    for name in ("scope", "expiresAt"):
        if nulls == "none" and document.get(name) in (NULL_URN, [NULL_URN]):
            raise InvalidEntity("NGSI-LD Null may stand in updates only", path=name, clause="5.5.4")
    for name, attribute in document.items():
        if name in ENTITY_MEMBERS:
            continue
        short = name.rpartition("/")[2]
        if name in _RESERVED:
            raise InvalidEntity(f"{short!r} is a member of attributes and names none", path=short, clause="4.5.1")
        for instance in instances(attribute):
            _check_types(instance, short)
            kind = instance.get("type", "GeoProperty")
            if name in _PLACES and kind != "GeoProperty" and not is_null(instance):
                raise InvalidEntity(f"{short!r} is a GeoProperty, not a {kind}", path=short, clause="4.7.1")
            _check_places(instance, short)
            check_instance(instance, short, nulls)


def check_instance(instance: Document, path: str, nulls: Nulls) -> None:
    """Check one expanded instance of an attribute for Nulls where none may stand (5.5.4).

    Raises:
        InvalidEntity: One does.
    """
    if instance.get("datasetId") == NULL_URN:
        raise InvalidEntity("a datasetId cannot be removed", path=path, clause="5.2.1")
    if nulls == "everywhere":
        return
    is_deletion = is_null(instance)
    if is_deletion and nulls == "none":
        raise InvalidEntity("NGSI-LD Null may stand in updates only", path=path, clause="5.5.4")
    for member, value in instance.items():
        if member in VALUE_MEMBERS:
            if not is_deletion and isinstance(value, dict) and _holds_null(value):
                raise InvalidEntity("NGSI-LD Null inside a value is for merges", path=path, clause="5.5.4")
        elif value == NULL_URN:
            if nulls != "members":
                raise InvalidEntity("NGSI-LD Null may stand in updates only", path=f"{path}.{member}", clause="5.5.4")
        elif isinstance(value, dict) and "type" in value and member != _PROOF:
            # A sub-attribute is a member of its attribute: a partial update takes it away, nothing else does.
            check_instance(value, f"{path}.{member.rpartition('/')[2]}", "instances" if nulls == "members" else "none")


def _holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    return isinstance(value, str) and value == NULL_URN


def _without_keywords(payload: dict[str, Any], path: str) -> dict[str, Any]:
    """Put ``id`` and ``type`` in place of ``@id`` and ``@type`` (4.4)."""
    if "@id" not in payload and "@type" not in payload:
        return payload
    for keyword, plain in _KEYWORDS.items():
        if keyword in payload and plain in payload and payload[keyword] != payload[plain]:
            raise InvalidEntity(f"{keyword!r} and {plain!r} say different things", path=path, clause="4.4")
    return {_KEYWORDS.get(name, name): member for name, member in payload.items()}


def _is_attribute(value: dict[str, Any]) -> bool:
    """Return whether an object is an attribute, or something said of one, and not a Property's bare value."""
    named = value.get("type", value.get("@type"))
    if isinstance(named, str) and named in ATTRIBUTE_TYPES:
        return True
    return not VALUE_MEMBERS.keys().isdisjoint(value) and not is_geometry(value)


def _kind(attribute: dict[str, Any]) -> str:
    named = attribute.get("type")
    if isinstance(named, str) and named in ATTRIBUTE_TYPES:
        return named
    found = [kind for member, kind in VALUE_MEMBERS.items() if member in attribute]
    if found == ["Property"] and is_geometry(attribute["value"]):
        return "GeoProperty"
    return found[0] if len(found) == 1 else ""


def _linked(value: Any) -> Any:
    """Return the links of a ListRelationship as they are stored: bare URIs become objects (4.5.22.2)."""
    if not isinstance(value, list) or value == [NULL_URN]:
        return value
    return [{"object": one} if isinstance(one, str) else one for one in value]


def _check_type_names(name: str, value: Any, path: str) -> None:
    """Check that the type of a value, or of what a Relationship leads to, is told by its name (5.2.5, 5.2.6)."""
    names = value if isinstance(value, list) and value and name == "objectType" else [value]
    if not all(isinstance(one, str) and one for one in names):
        raise InvalidEntity("it is the name of a type", path=path, clause="5.2.6")


def _geometry(value: Any) -> Any:
    """Return the geometry in a text (4.7.2), or the value as it is; whether it is valid is told when it is read."""
    if not isinstance(value, str) or value == NULL_URN:
        return value
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
    return parsed if isinstance(parsed, dict) else value


def _check_value(name: str, value: Any, path: str) -> None:
    """Check the tags of a language map (4.5.18.2), and that what stands as JSON is not a scalar (4.5.24.2)."""
    if value == NULL_URN:
        return
    if name == "languageMap":
        for tag in value if isinstance(value, dict) else ():
            if _LANGUAGE.fullmatch(tag) is None:
                raise InvalidEntity(f"{tag!r:.60} is not a language tag", path=path, clause="4.5.18.2")
    elif not isinstance(value, dict) and not (isinstance(value, list) and all(isinstance(one, dict) for one in value)):
        raise InvalidEntity("it is an object, or a list of objects", path=path, clause="4.5.24.2")


def _check_types(instance: Document, path: str) -> None:
    """Check that an attribute, and each inside it, has a type that there is, or none yet (4.5.1)."""
    kind = instance.get("type", "Property")
    if not isinstance(kind, str) or kind not in ATTRIBUTE_TYPES:
        raise InvalidEntity("it is not a type of attributes", path=f"{path}.type", clause="4.5.1")
    for member, value in instance.items():
        if member not in ATTRIBUTE_MEMBERS:
            for one in instances(value):
                if isinstance(one, dict):
                    _check_types(one, f"{path}.{member.rpartition('/')[2]}")


def _check_places(instance: Document, path: str) -> None:
    """Check the areas of a GeoProperty, and of those inside an attribute (4.7.1, RFC 7946)."""
    if instance.get("type") == "GeoProperty" and isinstance(instance.get("value"), dict):
        check_area(instance["value"], path)
    for member, value in instance.items():
        if member not in ATTRIBUTE_MEMBERS:
            for one in instances(value):
                if isinstance(one, dict):
                    _check_places(one, f"{path}.{member.rpartition('/')[2]}")


def check_area(geometry: Any, path: str) -> None:
    """Check that the holes of a polygon lie in it, and that no ring crosses itself or another.

    Raises:
        InvalidGeometry: One does not, or does.
    """
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        return
    polygons = [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]
    from shapely import is_valid_reason
    from shapely.geometry import shape

    for rings in polygons:
        reason = str(is_valid_reason(shape({"type": "Polygon", "coordinates": rings})))
        if reason.startswith(("Hole lies outside shell", "Self-intersection", "Nested holes", "Nested shells")):
            what = "a hole lies outside" if reason.startswith("Hole") else "a ring crosses itself or another"
            where = reason.partition("[")[2].rstrip("]")
            raise InvalidGeometry(f"{what}, near {where}", path=path, clause="4.7.1")


def _check_proof(proof: Any, path: str) -> None:
    """Check an ``ngsildproof``: a Property with an object for value and, plainly, what it seals (4.5.2.2)."""
    if not isinstance(proof, dict) or proof.get("type", proof.get("@type", "Property")) != "Property":
        raise InvalidEntity("it is a Property", path=path, clause="4.5.2.2")
    if not isinstance(proof.get("value"), dict):
        raise InvalidEntity("its value is an object", path=path, clause="4.5.2.2")
    sealed = proof.get("entityIdSealed")
    if "entityIdSealed" in proof and not (isinstance(sealed, str) and is_uri(sealed)):
        raise InvalidEntity("entityIdSealed is an entity's URI", path=path, clause="4.5.2.2")
    if "entityTypeSealed" in proof:
        kinds = proof["entityTypeSealed"]
        listed = kinds if isinstance(kinds, list) else [kinds]
        if not listed or not all(isinstance(kind, str) and kind for kind in listed):
            raise InvalidEntity("entityTypeSealed is an entity's type", path=path, clause="4.5.2.2")
