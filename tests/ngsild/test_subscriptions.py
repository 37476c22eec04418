"""Subscriptions: what the clauses of 5.2.12 to 5.2.15 ask for, builders as members, secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from citycontext.errors import DataError, InvalidDocument, InvalidQuery
from citycontext.ngsild import point
from citycontext.ngsild.key_value_pairs import KeyValuePair
from citycontext.ngsild.query import Q, after, near, parse_scope
from citycontext.ngsild.subscriptions import (
    Endpoint,
    EntitySelector,
    NotificationParams,
    Subscription,
    SubscriptionFragment,
)

MINIMAL: dict[str, Any] = {
    "type": "Subscription",
    "entities": [{"type": "OffStreetParking"}],
    "notification": {"endpoint": {"uri": "https://city.example/notify"}},
}


def test_every_member_of_the_table_is_known():
    """A subscription with all members of 5.2.12 to 5.2.15 reads, is checked, and leaves nothing unknown."""
    payload = {
        "id": "urn:ngsi-ld:Subscription:1",
        "type": "Subscription",
        "subscriptionName": "few spots",
        "description": "tells when a car park fills up",
        "entities": [{"type": "(OffStreetParking|ParkingGroup)", "id": "urn:a:b", "idPattern": "urn:.*"}],
        "watchedAttributes": ["availableSpotNumber"],
        "notificationTrigger": ["entityCreated", "attributeUpdated"],
        "throttling": 5,
        "q": "availableSpotNumber<10",
        "geoQ": {"georel": "near;maxDistance==500", "geometry": "Point", "coordinates": [3.7, 51]},
        "scopeQ": "/Gent/#",
        "temporalQ": {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z", "timeproperty": "modifiedAt"},
        "csf": 'endpoint=="http://a"',
        "lang": "nl,fr;q=0.5",
        "datasetId": ["@none", "urn:d:1"],
        "expandValues": ["category"],
        "jsonKeys": ["raw"],
        "isActive": True,
        "expiresAt": "2035-01-01T00:00:00Z",
        "jsonldContext": "https://example.org/context.jsonld",
        "localOnly": False,
        "splitEntities": False,
        "ngsildConformance": "1.8",
        "status": "active",
        "createdAt": "2020-01-01T00:00:00Z",
        "modifiedAt": "2020-01-01T00:00:00Z",
        "notification": {
            "endpoint": {
                "uri": "mqtts://user:pass@host:8883/city/parking",
                "accept": "application/ld+json",
                "timeout": 1000,
                "cooldown": 500,
                "receiverInfo": [{"key": "X-Key", "value": "v"}],
                "notifierInfo": [{"key": "MQTT-QoS", "value": "1"}],
            },
            "format": "concise",
            "pick": ["id", "availableSpotNumber"],
            "omit": ["scope"],
            "attributes": ["availableSpotNumber"],
            "sysAttrs": True,
            "showChanges": True,
            "join": "inline",
            "joinLevel": 2,
            "status": "ok",
            "timesSent": 5,
            "timesFailed": 0,
            "lastNotification": "2020-01-01T00:00:00.123Z",
            "lastSuccess": "2020-01-01T00:00:00Z",
            "lastFailure": "2020-01-01T00:00:00Z",
        },
        "@context": "https://example.org/context.jsonld",
    }
    subscription = Subscription.from_dict(payload, strict=True)
    assert subscription.to_dict() == payload
    for document in (
        subscription,
        subscription.notification,
        subscription.notification.endpoint,
        subscription.entities[0],
        subscription.geo_q,
        subscription.temporal_q,
    ):
        assert document.model_extra == {}
    assert subscription.notification.last_notification == datetime(2020, 1, 1, 0, 0, 0, 123000, tzinfo=UTC)


def test_what_query_builders_make_are_members():
    """Conditions, geoqueries, scopes and times go in as they are built, and read back as what the wire has."""
    subscription = Subscription(
        entities=[EntitySelector(type="OffStreetParking")],
        q=Q.availableSpotNumber < 10,
        geo_q=near(point(3.7, 51), max_distance=500),
        scope_q=parse_scope("/Gent/#"),
        temporal_q=after("2020-01-01T00:00:00Z"),
        notification=NotificationParams(endpoint=Endpoint(uri="https://city.example/notify")),
    )
    wire = subscription.to_dict()
    assert wire["q"] == "availableSpotNumber<10"
    assert wire["geoQ"] == {
        "georel": "near;maxDistance==500",
        "geometry": "Point",
        "coordinates": [3.7, 51],
        "geoproperty": "location",
    }
    assert wire["scopeQ"] == "/Gent/#"
    assert wire["temporalQ"] == {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"}
    assert subscription.geo_q is not None
    assert subscription.geo_q.query() == near(point(3.7, 51), max_distance=500)
    assert subscription.temporal_q is not None
    assert subscription.temporal_q.query() == after("2020-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"timeInterval": 5, "watchedAttributes": ["a"]}, "watchedAttributes"),
        ({"timeInterval": 5, "throttling": 5}, "throttling"),
        ({"timeInterval": 0}, "timeInterval"),
        ({"throttling": -1}, "throttling"),
        ({"entities": []}, "entities"),
        ({"watchedAttributes": []}, "watchedAttributes"),
        ({"notificationTrigger": ["attributeChanged"]}, "notificationTrigger"),
        ({"id": "no uri"}, "id"),
        ({"jsonldContext": "context"}, "jsonldContext"),
        ({"q": "a=="}, "q"),
        ({"scopeQ": "//"}, "scopeQ"),
        ({"csf": ";"}, "csf"),
        ({"geoQ": {"georel": "nearby", "geometry": "Point", "coordinates": [3, 51]}}, "geoQ.georel"),
        ({"geoQ": {"georel": "within", "geometry": "Point", "coordinates": "here"}}, "geoQ.coordinates"),
        ({"temporalQ": {"timerel": "between", "timeAt": "2020-01-01T00:00:00Z"}}, "temporalQ.endTimeAt"),
        ({"entities": [{"type": "A;;B"}]}, "entities[0].type"),
        ({"entities": [{"type": "A", "id": "no uri"}]}, "entities[0].id"),
        ({"entities": [{"type": "A", "idPattern": "("}]}, "entities[0].idPattern"),
        ({"notification": {"endpoint": {"uri": "nowhere"}}}, "notification.endpoint.uri"),
        ({"notification": {"endpoint": {"uri": "http://a", "accept": "text/csv"}}}, "notification.endpoint.accept"),
        ({"notification": {"endpoint": {"uri": "http://a", "timeout": 0}}}, "notification.endpoint.timeout"),
        ({"notification": {"endpoint": {"uri": "http://a"}, "format": "short"}}, "notification.format"),
        ({"notification": {"endpoint": {"uri": "http://a"}, "join": "deep"}}, "notification.join"),
        ({"notification": {"endpoint": {"uri": "http://a"}, "joinLevel": 0}}, "notification.joinLevel"),
        (
            {"notification": {"endpoint": {"uri": "http://a"}, "format": "keyValues", "showChanges": True}},
            "notification.showChanges",
        ),
    ],
)
def test_what_a_clause_forbids(changes: dict[str, Any], path: str):
    """Strict reading refuses it with path and clause; tolerant reading, of what a broker sent, takes it."""
    payload = {**MINIMAL, **changes}
    with pytest.raises(DataError) as caught:
        Subscription.from_dict(payload, strict=True)
    assert caught.value.path == path
    assert caught.value.clause
    assert Subscription.from_dict(payload).to_dict() == payload


def test_a_query_that_does_not_parse_points_at_the_column():
    """An error in q is the query's own error, with its column."""
    with pytest.raises(InvalidQuery) as caught:
        Subscription.from_dict({**MINIMAL, "q": "a==1;b=="}, strict=True)
    assert caught.value.text == "a==1;b=="
    assert caught.value.column >= 5


def test_something_must_be_watched():
    """Entities or watched attributes are needed, unless the subscription is local; timeInterval needs entities."""
    notification = NotificationParams(endpoint=Endpoint(uri="https://city.example/notify"))
    with pytest.raises(InvalidDocument, match="entities or watchedAttributes"):
        Subscription(notification=notification)
    with pytest.raises(InvalidDocument, match="timeInterval needs entities"):
        Subscription(notification=notification, time_interval=5)
    assert Subscription(notification=notification, local_only=True).local_only
    assert Subscription(notification=notification, watched_attributes=["a"]).watched_attributes == ["a"]


def test_expiry_is_checked_where_asked():
    """A subscription that expires in the past is refused only against a clock."""
    subscription = Subscription.from_dict({**MINIMAL, "expiresAt": "2020-01-01T00:00:00Z"}, strict=True)
    subscription.check_expiry(datetime(2019, 1, 1, tzinfo=UTC))
    with pytest.raises(InvalidDocument, match="past"):
        subscription.check_expiry(datetime(2021, 1, 1, tzinfo=UTC))
    Subscription.from_dict(MINIMAL).check_expiry(datetime(2021, 1, 1, tzinfo=UTC))


def test_a_fragment_needs_nothing():
    """A part of a subscription has just what changes; what it has is checked."""
    assert SubscriptionFragment(is_active=False).to_dict() == {"type": "Subscription", "isActive": False}
    assert SubscriptionFragment.from_dict({"isActive": True}, strict=True).to_dict() == {"isActive": True}
    with pytest.raises(InvalidDocument):
        SubscriptionFragment(throttling=-1)


def test_headers_may_be_a_mapping():
    """Headers are given by name, and go out as the pairs of the standard."""
    endpoint = Endpoint(uri="http://a", receiver_info={"X-Key": "v"})
    assert endpoint.to_dict()["receiverInfo"] == [{"key": "X-Key", "value": "v"}]
    assert endpoint.receiver_info == [KeyValuePair(key="X-Key", value="v")]


def test_secrets_are_not_shown():
    """Neither header values nor the user and password of an address are in a repr."""
    subscription = Subscription(
        entities=[EntitySelector(type="T")],
        notification=NotificationParams(
            endpoint=Endpoint(uri="mqtt://user:s3cret@host/t", receiver_info={"Authorization": "Bearer s3cret"})
        ),
    )
    for shown in (repr(subscription), str(subscription), repr(subscription.notification.endpoint.receiver_info)):
        assert "s3cret" not in shown
        assert "Authorization" in shown
    assert "mqtt://…@host/t" in repr(subscription)
