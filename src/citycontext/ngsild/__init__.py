"""NGSI-LD itself (ETSI GS CIM 009): information model, representations, @context, queries. Pure: no I/O."""

from __future__ import annotations

from citycontext.ngsild.attribute_base import NULL, Attribute, NgsiLdNull, is_null
from citycontext.ngsild.attributes import (
    GeoProperty,
    JsonProperty,
    LanguageProperty,
    ListProperty,
    ListRelationship,
    Property,
    Relationship,
    VocabProperty,
)
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.fields import (
    Attr,
    Field,
    GeoAttr,
    JsonAttr,
    LanguageAttr,
    ListAttr,
    ListRelAttr,
    OptAttr,
    OptGeoAttr,
    OptJsonAttr,
    OptLanguageAttr,
    OptListAttr,
    OptListRelAttr,
    OptRelAttr,
    OptVocabAttr,
    RelAttr,
    VocabAttr,
    attribute,
    optional,
)
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.geometry import Geometry, line_string, point, polygon
from citycontext.ngsild.loading import dump, load, load_many
from citycontext.ngsild.names import entity_urn
from citycontext.ngsild.representations import Representation

__all__ = [
    "NULL",
    "Attr",
    "Attribute",
    "Entity",
    "Field",
    "Finding",
    "GeoAttr",
    "GeoProperty",
    "Geometry",
    "JsonAttr",
    "JsonProperty",
    "LanguageAttr",
    "LanguageProperty",
    "ListAttr",
    "ListProperty",
    "ListRelAttr",
    "ListRelationship",
    "NgsiLdNull",
    "OptAttr",
    "OptGeoAttr",
    "OptJsonAttr",
    "OptLanguageAttr",
    "OptListAttr",
    "OptListRelAttr",
    "OptRelAttr",
    "OptVocabAttr",
    "Property",
    "RelAttr",
    "Relationship",
    "Representation",
    "Severity",
    "VocabAttr",
    "VocabProperty",
    "attribute",
    "dump",
    "entity_urn",
    "is_null",
    "line_string",
    "load",
    "load_many",
    "optional",
    "point",
    "polygon",
]
