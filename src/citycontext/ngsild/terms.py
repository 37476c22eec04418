"""The standard's own words: reserved members, attribute types, error and context addresses."""

from __future__ import annotations

from typing import Final

__all__ = [
    "ATTRIBUTE_TYPES",
    "CORE_CONTEXT",
    "DEFAULT_CONTEXT",
    "ENTITY_MEMBERS",
    "ERROR_PREFIX",
    "GEOMETRY_TYPES",
    "NULL_URN",
    "PREVIOUS_MEMBERS",
    "SYSTEM_MEMBERS",
    "UNITLESS_TYPES",
    "VALUE_MEMBERS",
]

CORE_CONTEXT: Final = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
"""The @context sent where a user names none: the newest that all current brokers know."""

DEFAULT_CONTEXT: Final = "https://uri.etsi.org/ngsi-ld/default-context/"
"""Where names without a term expand to (CIM 009, 5.5.7)."""

ERROR_PREFIX: Final = "https://uri.etsi.org/ngsi-ld/errors/"
"""What an error type starts with (CIM 009, 5.5.2)."""

NULL_URN: Final = "urn:ngsi-ld:null"
"""The text that stands for NGSI-LD Null (CIM 009, 4.5.0)."""

ATTRIBUTE_TYPES: Final = {
    "Property": "value",
    "GeoProperty": "value",
    "Relationship": "object",
    "LanguageProperty": "languageMap",
    "VocabProperty": "vocab",
    "JsonProperty": "json",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
}
"""Attribute type → the member that carries its value (CIM 009, 4.5.1)."""

VALUE_MEMBERS: Final = {
    "value": "Property",
    "object": "Relationship",
    "languageMap": "LanguageProperty",
    "vocab": "VocabProperty",
    "json": "JsonProperty",
    "valueList": "ListProperty",
    "objectList": "ListRelationship",
}
"""Value member → the attribute type it tells in concise form (CIM 009, 4.5.2.3)."""

UNITLESS_TYPES: Final = frozenset(
    {"Relationship", "ListRelationship", "LanguageProperty", "VocabProperty", "JsonProperty"}
)
"""The attribute types without ``unitCode`` (CIM 009, 4.5.3 and its siblings)."""

PREVIOUS_MEMBERS: Final = {
    "Property": "previousValue",
    "GeoProperty": "previousValue",
    "Relationship": "previousObject",
    "LanguageProperty": "previousLanguageMap",
    "VocabProperty": "previousVocab",
    "JsonProperty": "previousJson",
    "ListProperty": "previousValueList",
    "ListRelationship": "previousObjectList",
}
"""Attribute type → the member that carries the value before a change (CIM 009, 5.8.6)."""

SYSTEM_MEMBERS: Final = frozenset({"createdAt", "modifiedAt", "deletedAt"})
"""Times a broker sets itself; ignored on input (CIM 009, 4.8)."""

ENTITY_MEMBERS: Final = frozenset({"id", "type", "@id", "@type", "@context", "scope", "expiresAt"}) | SYSTEM_MEMBERS
"""Members of an entity that are not attributes (CIM 009, 5.2.4)."""

GEOMETRY_TYPES: Final = frozenset({"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"})
"""GeoJSON geometries that NGSI-LD takes; a GeometryCollection it does not (CIM 009, 4.7.1)."""
