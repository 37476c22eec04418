"""NGSI-LD itself (ETSI GS CIM 009): information model, representations, @context, queries. Pure: no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citycontext.lazy_names import lazy_names
from citycontext.ngsild.attribute_base import NULL, Attribute, NgsiLdNull, is_null
from citycontext.ngsild.attributes import (
    AnyValue,
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

if TYPE_CHECKING:
    from citycontext.ngsild.discovery import AttributeInformation, ContextDetails, EntityTypeInfo, EntityTypeInformation
    from citycontext.ngsild.documents import read_document
    from citycontext.ngsild.notifications import Notification
    from citycontext.ngsild.registrations import ContextSourceRegistration, RegistrationInfo
    from citycontext.ngsild.representations.temporal import TemporalForm
    from citycontext.ngsild.selection import EntityInfo, EntitySelector, Query
    from citycontext.ngsild.snapshots import EntityMap, Snapshot
    from citycontext.ngsild.subscriptions import Endpoint, NotificationParams, Subscription, SubscriptionFragment
    from citycontext.ngsild.temporal import Aggregate, TemporalEntity, TimedValue

__all__ = [
    "NULL",
    "Aggregate",
    "AnyValue",
    "Attr",
    "Attribute",
    "AttributeInformation",
    "ContextDetails",
    "ContextSourceRegistration",
    "Endpoint",
    "Entity",
    "EntityInfo",
    "EntityMap",
    "EntitySelector",
    "EntityTypeInfo",
    "EntityTypeInformation",
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
    "Notification",
    "NotificationParams",
    "OptAttr",
    "OptGeoAttr",
    "OptJsonAttr",
    "OptLanguageAttr",
    "OptListAttr",
    "OptListRelAttr",
    "OptRelAttr",
    "OptVocabAttr",
    "Property",
    "Query",
    "RegistrationInfo",
    "RelAttr",
    "Relationship",
    "Representation",
    "Severity",
    "Snapshot",
    "Subscription",
    "SubscriptionFragment",
    "TemporalEntity",
    "TemporalForm",
    "TimedValue",
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
    "read_document",
]

# Models of the API's documents: imported when first used, since most programs need none.
_ELSEWHERE: Final = {
    "EntityTypeInformation": "discovery",
    "EntityTypeInfo": "discovery",
    "ContextDetails": "discovery",
    "AttributeInformation": "discovery",
    "Aggregate": "temporal",
    "ContextSourceRegistration": "registrations",
    "Endpoint": "subscriptions",
    "EntityInfo": "selection",
    "EntityMap": "snapshots",
    "EntitySelector": "selection",
    "Notification": "notifications",
    "NotificationParams": "subscriptions",
    "Query": "selection",
    "RegistrationInfo": "registrations",
    "Snapshot": "snapshots",
    "Subscription": "subscriptions",
    "SubscriptionFragment": "subscriptions",
    "TemporalEntity": "temporal",
    "TemporalForm": "representations.temporal",
    "TimedValue": "temporal",
    "read_document": "documents",
}

if not TYPE_CHECKING:  # so that a checker finds a name that is not there
    __getattr__ = lazy_names(__name__, _ELSEWHERE)
