"""Telling what a payload is."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext.errors import DataError, InvalidDocument
from citycontext.ngsild import Entity, GeoProperty, LanguageProperty, Property, Relationship
from citycontext.ngsild.batch import BatchResult
from citycontext.ngsild.discovery import AttributeInformation, ContextDetails
from citycontext.ngsild.documents import ContextDocument, read_document
from citycontext.ngsild.notifications import ContextSourceNotification, Notification
from citycontext.ngsild.problems import ProblemDetails
from citycontext.ngsild.registrations import ContextSourceRegistration, ContextSourceRegistrationFragment
from citycontext.ngsild.selection import Query
from citycontext.ngsild.subscriptions import NotificationParams, Subscription, SubscriptionFragment
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.ngsild.update_result import UpdateResult

ENTITY = {"id": "urn:a:b", "type": "T"}
NOTIFICATION = {"endpoint": {"uri": "http://a/n"}}
TIMED = {"type": "Property", "value": 1, "observedAt": "2020-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (ENTITY, Entity),
        ({"@id": "urn:a:b", "@type": "T"}, Entity),
        ({"name": {"type": "Property", "value": 1}}, Entity),
        ({"type": ["A", "B"]}, Entity),
        ({}, Entity),
        ({"scope": "/Gent"}, Entity),
        ({**ENTITY, "title": "of an entity"}, Entity),
        ({**ENTITY, "value": 5}, Entity),
        ({**ENTITY, "entities": {"type": "Property", "value": 5}}, Entity),
        ({"endpoint": {"type": "Property", "value": 5}}, Entity),
        ({**ENTITY, "a": [TIMED]}, TemporalEntity),
        ({"a": [TIMED, TIMED]}, TemporalEntity),
        ({**ENTITY, "a": {"type": "Property", "values": [[1, "2020-01-01T00:00:00Z"]]}}, TemporalEntity),
        ({"type": "Property", "value": 1}, Property),
        ({"value": 56, "datasetId": "urn:d:1"}, Property),
        ({"value": {"type": "Point", "coordinates": [3, 51]}}, GeoProperty),
        ({"type": "Relationship", "object": "urn:a:b"}, Relationship),
        ({"languageMap": {"nl": "x"}, "source": {"type": "Property", "value": 1}}, LanguageProperty),
        ({"type": "Subscription", "entities": [{"type": "T"}], "notification": NOTIFICATION}, Subscription),
        ({"type": "Subscription", "notification": NOTIFICATION}, SubscriptionFragment),
        ({"isActive": False}, SubscriptionFragment),
        ({"entities": [{"type": "T"}]}, SubscriptionFragment),
        ({"notification": NOTIFICATION}, SubscriptionFragment),
        ({**NOTIFICATION, "timesSent": 1}, NotificationParams),
        (
            {"type": "ContextSourceRegistration", "information": [{"propertyNames": ["a"]}], "endpoint": "http://a"},
            ContextSourceRegistration,
        ),
        ({"information": [{"propertyNames": ["a"]}]}, ContextSourceRegistrationFragment),
        ({"endpoint": "http://a"}, ContextSourceRegistrationFragment),
        ({"type": "Query", "entities": [{"type": "T"}]}, Query),
        (
            {
                "id": "urn:n:1",
                "type": "Notification",
                "subscriptionId": "urn:s:1",
                "notifiedAt": "2020-01-01T00:00:00Z",
                "data": [],
            },
            Notification,
        ),
        (
            {
                "id": "urn:n:1",
                "type": "CsourceNotification",
                "subscriptionId": "urn:s:1",
                "notifiedAt": "2020-01-01T00:00:00Z",
                "data": [],
                "triggerReason": "updated",
            },
            ContextSourceNotification,
        ),
        ({"id": "https://a/a", "type": "Attribute", "attributeName": "a"}, AttributeInformation),
        ({"URL": "https://a/c", "localId": "7"}, ContextDetails),
        ({"success": ["urn:a:b"], "errors": []}, BatchResult),
        ({"updated": ["a"], "notUpdated": []}, UpdateResult),
        ({"type": "https://uri.etsi.org/ngsi-ld/errors/BadRequestData", "title": "no"}, ProblemDetails),
        ({"title": "no", "status": 400}, ProblemDetails),
        ({"@context": "https://example.org/c.jsonld"}, ContextDocument),
        ({"type": "Feature", "id": "urn:a:b", "geometry": None, "properties": {"type": "T"}}, Entity),
    ],
)
def test_a_payload_is_read_as_what_it_is(payload: dict[str, Any], kind: type):
    """Type and members tell what an object is, as an object and as text."""
    assert type(read_document(payload, strict=True)) is kind
    assert type(read_document(orjson.dumps(payload))) is kind


def test_lists_are_read_item_by_item():
    """A list is a list of documents; texts in it are ids or addresses, and stay."""
    assert [type(one) for one in read_document([ENTITY, {**ENTITY, "a": [TIMED]}])] == [Entity, TemporalEntity]
    assert read_document(["urn:a:b"]) == ["urn:a:b"]
    assert read_document([]) == []


def test_a_feature_collection_is_its_entities():
    """A FeatureCollection gives the entities of its Features."""
    feature = {"type": "Feature", "id": "urn:a:b", "geometry": None, "properties": {"type": "T"}}
    (entity,) = read_document({"type": "FeatureCollection", "features": [feature], "@context": "https://a/c"})
    assert entity.wire == {"id": "urn:a:b", "type": "T", "@context": "https://a/c"}


def test_a_part_of_an_attribute_keeps_its_context():
    """The @context that comes beside an attribute stays with it, and is not a sub-attribute."""
    attribute = read_document({"type": "Property", "value": 1, "@context": "https://a/c"}, strict=True)
    assert attribute.wire == {"type": "Property", "value": 1, "@context": "https://a/c"}


@pytest.mark.parametrize("payload", [None, 5, "text", [5], b"{", b"", b"\xff"])
def test_what_is_no_document(payload: Any):
    """What is not an object, nor a list of them, and text that is not JSON, are our error."""
    with pytest.raises(InvalidDocument):
        read_document(payload)


def test_strict_reading_is_strict():
    """What tolerant reading takes, strict reading refuses."""
    payload = {**ENTITY, "a": {"type": "Relationship", "object": "no uri"}}
    assert read_document(payload).wire == payload
    with pytest.raises(DataError):
        read_document(payload, strict=True)
