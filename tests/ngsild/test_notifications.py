"""Notifications: entities in every form, deletions, changes, contexts, MQTT messages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from citycontext.errors import DataError, InvalidContext, InvalidDocument
from citycontext.ngsild import Entity, Finding, OptAttr, OptRelAttr, optional
from citycontext.ngsild.context import link_header
from citycontext.ngsild.notifications import ContextSourceNotification, Notification, SnapshotNotification

CONTEXT = "https://example.org/context.jsonld"


class Building(Entity):
    """A class of entities for these tests."""

    name: OptAttr[str] = optional()
    located_at: OptRelAttr = optional()


def notification(*data: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Write a notification of some entities."""
    return {
        "id": "urn:ngsi-ld:Notification:1",
        "type": "Notification",
        "subscriptionId": "urn:ngsi-ld:Subscription:1",
        "notifiedAt": "2024-05-01T10:00:00.000Z",
        "data": list(data),
        **members,
    }


def test_a_notification_goes_out_as_it_came():
    """Nothing of a notification is lost, and its members are read."""
    payload = notification({"id": "urn:a:b", "type": "Building"}, vendor={"a": 1})
    read = Notification.from_json(orjson.dumps(payload), strict=True)
    assert read.to_dict() == payload
    assert read.subscription_id == "urn:ngsi-ld:Subscription:1"
    assert read.notified_at == datetime(2024, 5, 1, 10, tzinfo=UTC)


def test_entities_are_read_as_their_class():
    """Entities are typed; the payload is not changed by reading them."""
    payload = notification({"id": "urn:a:b", "type": "Building", "name": {"type": "Property", "value": "x"}})
    (building,) = Notification.from_dict(payload).entities(Building, strict=True)
    assert building.name is not None
    assert building.name.value == "x"
    assert payload["data"][0] == {"id": "urn:a:b", "type": "Building", "name": {"type": "Property", "value": "x"}}


def test_the_simplified_form_is_read_when_named():
    """Values alone become attributes of the declared types."""
    payload = notification({"id": "urn:a:b", "type": "Building", "name": "x", "locatedAt": "urn:c:d"})
    (building,) = Notification.from_dict(payload).entities(Building, representation="simplified")
    assert building.located_at is not None
    assert building.located_at.wire == {"type": "Relationship", "object": "urn:c:d"}


def test_a_notification_context_serves_entities_without_their_own():
    """An @context on the notification goes to its entities, not over one that an entity brings."""
    payload = notification(
        {"id": "urn:a:b", "type": "Building"},
        {"id": "urn:a:c", "type": "Building", "@context": "https://example.org/own.jsonld"},
        **{"@context": CONTEXT},
    )
    first, second = Notification.from_dict(payload).entities()
    assert first.context == CONTEXT
    assert second.context == "https://example.org/own.jsonld"


def test_features_are_entities():
    """A FeatureCollection gives its entities, each with the collection's @context."""
    feature = {
        "id": "urn:a:b",
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [3, 51]},
        "properties": {"type": "Building", "name": "x", "location": {"type": "Point", "coordinates": [3, 51]}},
    }
    payload = {
        **notification(),
        "data": {"type": "FeatureCollection", "features": [feature], "@context": CONTEXT},
    }
    read = Notification.from_dict(payload, strict=True)
    for representation in (None, "simplified"):
        (building,) = read.entities(Building, representation=representation)
        assert building.name is not None
        assert building.name.value == "x"
        assert building["location"].type == "GeoProperty"
        assert building.context == CONTEXT
    assert read.to_dict() == payload


def test_what_was_deleted_is_told():
    """A deleted attribute is Null, as a bare text or spelt out; a deleted entity has the time (CIM 009, 5.8.6)."""
    (building,) = Notification.from_dict(
        notification(
            {
                "id": "urn:a:b",
                "type": "Building",
                "deletedAt": "2024-05-01T10:00:00Z",
                "name": "urn:ngsi-ld:null",
                "street": {"type": "LanguageProperty", "languageMap": {"@none": "urn:ngsi-ld:null"}},
                "height": {"type": "Property", "value": 5},
            }
        )
    ).entities(strict=True)
    assert building.deleted_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert [name for name, attribute in building.attributes().items() if attribute.is_null] == ["name", "street"]


def test_changes_are_told():
    """With showChanges an attribute tells what it was."""
    (building,) = Notification.from_dict(
        notification(
            {
                "id": "urn:a:b",
                "type": "Building",
                "locatedAt": {"type": "Relationship", "object": "urn:c:2", "previousObject": "urn:c:1"},
            }
        )
    ).entities(Building)
    assert building.located_at is not None
    assert building.located_at.previous_value == "urn:c:1"


def test_projected_entities_are_read():
    """pick and omit may leave an entity without id or type; that is not an error."""
    (building,) = Notification.from_dict(notification({"name": "x"})).entities(Building, strict=True)
    assert building.id == ""


def test_what_is_wrong_with_an_entity_is_a_finding():
    """Tolerant reading notes, strict reading refuses."""
    read = Notification.from_dict(notification({"id": "urn:a:b", "type": "Building", "name": {"type": "Property"}}))
    findings: list[Finding] = []
    read.entities(Building, findings=findings)
    assert [finding.path for finding in findings] == ["name"]
    with pytest.raises(DataError):
        read.entities(Building, strict=True)


def test_a_message_over_mqtt():
    """The body is the notification; the @context of the metadata is its own, unless it brings one."""
    body = notification({"id": "urn:a:b", "type": "Building"})
    message = {"metadata": {"Content-Type": "application/json", "Link": link_header(CONTEXT)}, "body": body}
    assert Notification.from_mqtt(orjson.dumps(message)).entities()[0].context == CONTEXT
    own = {**message, "body": {**body, "@context": "https://example.org/own.jsonld"}}
    assert Notification.from_mqtt(own, strict=True).context == "https://example.org/own.jsonld"
    assert Notification.from_mqtt({"metadata": {}, "body": body}).context is None


@pytest.mark.parametrize("message", [b"{", b"[]", {"metadata": {}}, {"body": []}])
def test_what_is_no_message(message: Any):
    """A message without a body, or no JSON, is refused."""
    with pytest.raises(InvalidDocument):
        Notification.from_mqtt(message)


def test_several_contexts_in_a_message():
    """Metadata that link to two contexts are refused, as in HTTP."""
    links = f"{link_header(CONTEXT)}, {link_header('https://example.org/other.jsonld')}"
    with pytest.raises(InvalidContext):
        Notification.from_mqtt({"metadata": {"Link": links}, "body": notification()})


@pytest.mark.parametrize(
    ("changes", "path"), [({"id": "no uri"}, "id"), ({"subscriptionId": "no uri"}, "subscriptionId")]
)
def test_what_a_clause_forbids(changes: dict[str, Any], path: str):
    """Ids are URIs."""
    with pytest.raises(InvalidDocument) as caught:
        Notification.from_dict({**notification(), **changes}, strict=True)
    assert caught.value.path == path


def test_a_notification_needs_data():
    """Without data it is not a notification."""
    payload = notification()
    del payload["data"]
    with pytest.raises(InvalidDocument, match="data: it is missing"):
        Notification.from_dict(payload)
    with pytest.raises(InvalidDocument) as caught:
        Notification.from_dict({**payload, "data": "all"})
    assert caught.value.path == "data"


@pytest.mark.parametrize("kind", ["ContextSourceNotification", "CsourceNotification"])
def test_registrations_are_notified_of(kind: str):
    """A notification of registrations reads under both names that the type has."""
    registration = {"type": "ContextSourceRegistration", "information": [], "endpoint": "http://a"}
    payload = {**notification(registration), "type": kind, "triggerReason": "updated"}
    read = ContextSourceNotification.from_dict(payload)
    assert read.to_dict() == payload
    assert read.data[0].endpoint == "http://a"
    with pytest.raises(InvalidDocument) as caught:
        ContextSourceNotification.from_dict({**payload, "data": [], "triggerReason": "bored"}, strict=True)
    assert caught.value.path == "triggerReason"


def test_snapshots_are_notified_of():
    """A notification of a snapshot tells which, and how it went."""
    payload = {"id": "urn:n:1", "type": "SnapshotNotification", "snapshotId": "urn:s:1", "snapshotStatus": "success"}
    read = SnapshotNotification.from_dict(payload, strict=True)
    assert (read.snapshot_id, read.snapshot_status) == ("urn:s:1", "success")
    assert read.to_dict() == payload


def test_both_spellings_of_a_link_over_mqtt_are_read() -> None:
    """The @context is found in a whole Link header's value and in a bare address, as brokers differ."""
    body = {
        "id": "urn:ngsi-ld:Notification:1",
        "type": "Notification",
        "subscriptionId": "urn:ngsi-ld:Subscription:1",
        "notifiedAt": "2024-05-01T10:00:00Z",
        "data": [],
    }
    address = "https://example.org/context.jsonld"
    header = f'<{address}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    for link in (address, header):
        message = {"metadata": {"Content-Type": "application/json", "Link": link}, "body": body}
        assert Notification.from_mqtt(message).to_dict()["@context"] == address
