"""Notifications in every dialect become the same entities; what is not one is refused, and says where."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import CityContextError, InvalidContext, InvalidDocument
from citycontext.ngsild import NULL, Entity, OptAttr, OptRelAttr, Property, Relationship, optional
from citycontext.ngsild.findings import Severity
from citycontext.ngsild.notifications import ContextSourceNotification, SnapshotNotification, linked_context
from citycontext.receiver.notifications import open_message, read_body, read_notification

CONTEXT = "https://example.org/context.jsonld"
LINK = f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'


class Room(Entity):
    level: OptAttr[int] = optional()
    in_building: OptRelAttr = optional()


def room(**attributes: Any) -> dict[str, Any]:
    return {"id": "urn:ngsi-ld:Room:1", "type": "Room", **attributes}


@pytest.mark.parametrize("link", [LINK, CONTEXT, f" {CONTEXT} "])
def test_both_spellings_of_link(link: str, notify: Any) -> None:
    """A whole header value and a bare address name the same @context, which every entity gets."""
    received = read_notification(notify(), {"link": link}, Entity)
    assert received.entities[0].context == CONTEXT
    assert received.findings == []


@pytest.mark.parametrize("link", ["", '<https://x.example/>; rel="next"', "nonsense"])
def test_a_link_that_names_no_context(link: str, notify: Any) -> None:
    """An empty Link, or one of another relation, is not one."""
    assert read_notification(notify(), {"link": link}, Entity).entities[0].context is None


def test_several_linked_contexts_are_a_finding(notify: Any) -> None:
    """The notification is taken without an @context, and says so."""
    received = read_notification(notify(), {"link": f"{LINK}, {LINK}"}, Entity)
    assert received.entities[0].context is None
    assert [finding.rule for finding in received.findings] == ["context-link"]
    with pytest.raises(InvalidContext):
        linked_context(f"{LINK}, {LINK}")


def test_where_the_context_stands(notify: Any) -> None:
    """One of an entity goes before one at the top, and that before one that is linked to."""
    own = room(**{"@context": "https://example.org/own.jsonld"})
    received = read_notification(notify(room(), own, **{"@context": CONTEXT}), {"link": "https://example.org/l"}, Room)
    assert [entity.context for entity in received.entities] == [CONTEXT, "https://example.org/own.jsonld"]


@pytest.mark.parametrize("on_collection", [True, False])
def test_features_become_entities(on_collection: bool, notify: Any) -> None:
    """GeoJSON with the @context on the collection or on each Feature gives typed entities."""
    feature = {
        "id": "urn:ngsi-ld:Room:1",
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [3.7, 51.0]},
        "properties": {"type": "Room", "level": {"type": "Property", "value": 1}},
    }
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": [feature]}
    (collection if on_collection else feature)["@context"] = CONTEXT
    entity = read_notification(notify(data=collection), {}, Room).entities[0]
    assert entity.level is not None
    assert entity.level.value == 1
    assert entity.context == CONTEXT
    assert isinstance(entity.wire["location"], dict)


@pytest.mark.parametrize(
    "headers", [{}, {"ngsild-attribute-format": "Simplified"}, {"ngsild-attribute-format": "keyValues"}]
)
def test_simplified_entities(headers: dict[str, str], notify: Any) -> None:
    """Told by the header in any case, or by the entities alone, they are read as the class declares."""
    entity = read_notification(notify(room(level=3, inBuilding="urn:ngsi-ld:Building:1")), headers, Room).entities[0]
    assert entity.level == Property(3)
    assert entity.in_building == Relationship("urn:ngsi-ld:Building:1")


def test_simplified_features(notify: Any) -> None:
    """Features of simplified entities are found out as well."""
    feature = {
        "id": "urn:ngsi-ld:Room:1",
        "type": "Feature",
        "geometry": None,
        "properties": {"type": "Room", "inBuilding": "urn:ngsi-ld:Building:1"},
    }
    data = {"type": "FeatureCollection", "features": [feature]}
    entity = read_notification(notify(data=data), {}, Room).entities[0]
    assert entity.in_building == Relationship("urn:ngsi-ld:Building:1")


def test_concise_entities_tell_themselves(notify: Any) -> None:
    """One attribute that only the concise form writes so is enough, also without a header."""
    concise = room(level=3, inBuilding={"object": "urn:ngsi-ld:Building:1"})
    entity = read_notification(notify(concise), {}, Room).entities[0]
    assert (entity.level, entity.in_building) == (Property(3), Relationship("urn:ngsi-ld:Building:1"))


@pytest.mark.parametrize("member", ["languageMap", "vocab", "json"])
def test_values_that_keep_their_wrapping_when_simplified(member: str, notify: Any) -> None:
    """Alone they are the same in both forms; with a time beside them they are concise."""
    timed = room(label={member: {"en": "x"}, "observedAt": "2026-05-01T10:00:00Z"})
    for one in (timed, room(label={member: {"en": "x"}})):
        label = read_notification(notify(one), {}, Entity).entities[0].wire["label"]
        assert label[member] == {"en": "x"}


BARE = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "urn:ngsi-ld:Room:1", "urn:ngsi-ld:null"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
) | st.sampled_from([{"languageMap": {"en": "x"}}, {"vocab": "x"}, {"type": "Point", "coordinates": [3.7, 51.0]}])


@given(value=BARE)
def test_where_the_form_is_unclear_it_does_not_matter(value: Any) -> None:
    """A bare value says the same read as concise and as simplified, unless a class declares otherwise."""
    entity = {"id": "urn:ngsi-ld:Room:1", "type": "Room", "a": value}
    document = {
        "id": "urn:n:1",
        "type": "Notification",
        "subscriptionId": "urn:s:1",
        "notifiedAt": "2026-05-01T10:00:00Z",
    }
    forms = (None, "concise", "simplified")
    read = [read_notification({**document, "data": [entity]}, {}, Entity, representation=form) for form in forms]
    assert read[0].entities[0].wire == read[1].entities[0].wire == read[2].entities[0].wire


def test_the_form_that_was_asked_for_goes_first(notify: Any) -> None:
    """What the subscription asks for is believed before the header and the looks."""
    plain = room(other={"value": {"a": 1}})
    assert read_notification(notify(plain), {}, Room).entities[0]["other"].value == {"a": 1}
    simplified = read_notification(notify(plain), {}, Room, representation="simplified").entities[0]
    assert simplified["other"].value == {"value": {"a": 1}}


def test_several_instances_in_a_simplified_entity(notify: Any) -> None:
    """The standard's ``dataset`` and Orion-LD's list of normalized instances give the same values."""
    standard = room(level={"dataset": {"@none": 1, "urn:d:gps": 2}})
    orion = room(level=[{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:d:gps"}])
    headers = {"ngsild-attribute-format": "Simplified"}
    first, second = (read_notification(notify(one), headers, Entity).entities[0] for one in (standard, orion))
    assert first.wire["level"] == second.wire["level"]


def test_what_was_deleted(notify: Any) -> None:
    """A deleted attribute is NULL, a deleted entity has the time."""
    gone = room(deletedAt="2026-05-01T10:00:00Z")
    without = room(level={"type": "Property", "value": "urn:ngsi-ld:null"})
    first, second = read_notification(notify(gone, without), {}, Room).entities
    assert first.deleted_at is not None
    assert second["level"].value == NULL


GOOD = {"id": "urn:ngsi-ld:Room:1", "type": "Feature", "geometry": None, "properties": {"type": "Room"}}
BAD = {**GOOD, "properties": 5}


def test_one_bad_entity_does_not_harm_the_others(notify: Any) -> None:
    """What cannot be read is left out, and a finding says which and why."""
    received = read_notification(notify(data={"type": "FeatureCollection", "features": [GOOD, BAD, GOOD]}), {}, Room)
    assert [entity.id for entity in received.entities] == ["urn:ngsi-ld:Room:1"] * 2
    assert [(one.path, one.severity) for one in received.findings] == [("data[1].properties", Severity.ERROR)]


def test_only_bad_entities_are_no_notification(notify: Any) -> None:
    """If none can be read there is nothing to hand out."""
    with pytest.raises(InvalidDocument) as raised:
        read_notification(notify(data={"type": "FeatureCollection", "features": [BAD]}), {}, Room)
    assert raised.value.path == "data[0].properties"


def test_a_broken_declaration_is_a_finding(notify: Any) -> None:
    """An entity that is not as its class declares is handed out, with the place of what is odd."""
    received = read_notification(notify(room(level={"type": "Property", "value": "five"})), {}, Room)
    assert len(received.entities) == 1
    assert [finding.path for finding in received.findings] == ["data[0].level.value"]


def test_other_kinds_of_notifications(notify: Any) -> None:
    """Those of registrations and snapshots are read, and have no entities."""
    of_sources = notify(type="ContextSourceNotification", triggerReason="newlyMatching", data=[])
    received = read_notification(of_sources, {}, Entity)
    assert isinstance(received.document, ContextSourceNotification)
    assert (received.entities, received.subscription_id) == ([], "urn:ngsi-ld:Subscription:1")
    of_snapshot = {
        "id": "urn:n:1",
        "type": "SnapshotNotification",
        "snapshotId": "urn:s:1",
        "snapshotStatus": "success",
    }
    received = read_notification(of_snapshot, {}, Entity)
    assert isinstance(received.document, SnapshotNotification)
    assert (received.id, received.subscription_id, received.notified_at) == ("urn:n:1", "", None)


@pytest.mark.parametrize(
    "change", [{"type": "Entity"}, {"type": 5}, {"type": None}, {"data": 5}, {"notifiedAt": "now"}]
)
def test_what_is_no_notification(change: dict[str, Any], notify: Any) -> None:
    """A document that breaks its table names the member."""
    with pytest.raises(CityContextError, match=next(iter(change))):
        read_notification(notify(**change), {}, Entity)


def test_a_message_is_metadata_and_body(notify: Any) -> None:
    """Metadata become headers without regard to case; what is not text among them is left out."""
    message = {"metadata": {"Link": LINK, "NGSILD-Tenant": "gent", "odd": 5}, "body": notify()}
    body, headers = open_message(json.dumps(message).encode())
    assert headers == {"link": LINK, "ngsild-tenant": "gent"}
    assert read_notification(body, headers, Entity).tenant == "gent"


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b'{"body": 5}', b"\xff", b'{"metadata": {}}'])
def test_what_is_no_message(payload: bytes) -> None:
    """A payload without a body is refused with our own exception."""
    with pytest.raises(InvalidDocument):
        open_message(payload)


def test_a_message_without_metadata(notify: Any) -> None:
    """Metadata that lack, or are not object, are not."""
    body, headers = open_message(json.dumps({"metadata": [], "body": notify()}).encode())
    assert headers == {}
    assert body == notify()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "data", "subscriptionId", "notifiedAt", "features", "properties", "a"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(data=JSON, link=st.text(max_size=20), form=st.text(max_size=5))
def test_nothing_foreign_is_raised(data: Any, link: str, form: str) -> None:
    """Whatever JSON stands in a notification, it is read or refused with an exception of ours."""
    body = {"id": "urn:n:1", "type": "Notification", "subscriptionId": "urn:s:1", "notifiedAt": "2026-05-01T10:00:00Z"}
    for document in (data, {**body, "data": data}):
        try:
            object_ = read_body(json.dumps(document).encode())
            read_notification(object_, {"link": link, "ngsild-attribute-format": form}, Entity)
        except CityContextError:
            pass


def test_a_notification_is_bounded() -> None:
    """Millions of values are refused before they are read, and more than 10,000 entities before they are looked at."""
    with pytest.raises(InvalidDocument, match="at most 500,000 values"):
        read_body(b'{"type":"Notification","data":[' + b"{}," * 600_000 + b"{}]}")
    head = {"id": "urn:n:1", "type": "Notification", "subscriptionId": "urn:s:1", "notifiedAt": "2024-05-01T10:00:00Z"}
    with pytest.raises(InvalidDocument, match="at most 10,000 entities"):
        read_notification({**head, "data": [{"id": "urn:a:b", "type": "T"}] * 10_001}, {}, Entity)
