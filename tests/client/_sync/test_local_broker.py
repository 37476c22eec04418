# Made by scripts/unasync.py from tests/client/_async/test_local_broker.py; change that file, not this one.
"""Every operation against the local broker, over a real connection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from citycontext.client import GENERIC, Client
from citycontext.errors import (
    AlreadyExists,
    BadRequestData,
    ResourceNotFound,
)
from citycontext.ngsild import NULL, Entity, OptAttr, OptGeoAttr, Property, optional, point
from citycontext.ngsild.query import between, last, near
from citycontext.ngsild.registrations import ContextSourceRegistration, RegistrationInfo
from citycontext.ngsild.selection import EntityInfo
from citycontext.ngsild.subscriptions import Endpoint, EntitySelector, NotificationParams, Subscription
from citycontext.ngsild.temporal import TemporalEntity

START = datetime(2026, 5, 1, tzinfo=UTC)


class ParkingSpot(Entity):
    status: OptAttr[str] = optional()
    width: OptAttr[float] = optional()
    location: OptGeoAttr = optional()


def spot(number: int, **given: Any) -> ParkingSpot:
    return ParkingSpot(
        id=f"urn:ngsi-ld:ParkingSpot:{number:03}",
        status="free" if number % 2 else "occupied",
        width=Property(2.0 + number / 100, unit_code="MTR"),
        location=point(3.7 + number / 1000, 51.0),
        **given,
    )


@pytest.fixture
def tenant(request: pytest.FixtureRequest) -> str:
    """Provide each test a tenant of its own."""
    return "".join(letter for letter in request.node.name if letter.isalnum())[:40]


def test_entities_one_by_one(local_broker: Any, tenant: str) -> None:
    """Created, retrieved, changed in every way, and deleted; each step seen in the next."""
    with Client(local_broker.url, tenant=tenant) as client:
        one = spot(1)
        assert client.entities.create(one) == one.id
        with pytest.raises(AlreadyExists):
            client.entities.create(one)
        stored = client.entities.retrieve(one.id, as_=ParkingSpot)
        assert stored.status is not None
        assert (stored.status.value, stored) == ("free", one)

        client.entities.merge(one.id, {"width": {"value": 3}, "status": NULL})
        stored = client.entities.retrieve(one.id, as_=ParkingSpot)
        assert stored.status is None
        assert stored.width is not None
        assert (stored.width.value, stored.width.unit_code) == (3, "MTR")

        written = client.entities.append_attributes(one.id, {"status": "closed", "width": 9}, overwrite=False)
        assert [name.rpartition("/")[2] for name in written.updated] == ["status"]
        assert [refused.attribute_name.rpartition("/")[2] for refused in written.not_updated] == ["width"]
        assert (client.entities.update_attributes(one.id, {"status": Property("free")})).ok
        client.entities.update_attribute(one.id, "status", {"value": "occupied"})
        client.entities.replace_attribute(one.id, "width", Property(4))
        simple = client.entities.retrieve(one.id, as_=dict, representation="simplified", omit="location")
        assert simple == {"id": one.id, "type": "ParkingSpot", "status": "occupied", "width": 4}

        client.entities.delete_attribute(one.id, "width")
        assert "width" not in client.entities.retrieve(one.id, as_=dict)
        client.entities.replace(spot(1))
        assert client.entities.retrieve(one.id, as_=ParkingSpot) == one
        assert client.entities.upsert(one) is False
        assert client.entities.upsert(spot(2)) is True
        client.entities.delete(one.id)
        with pytest.raises(ResourceNotFound):
            client.entities.retrieve(one.id)


def test_queries(local_broker: Any, tenant: str) -> None:
    """By type, filter, place and order; across pages; as a document; counted; purged."""
    profile = GENERIC.with_changes(max_batch_items=7)
    with Client(local_broker.url, tenant=tenant, profile=profile) as client:
        created = client.batch.create([spot(number) for number in range(25)])
        assert created.raise_for_errors().succeeded == [spot(number).id for number in range(25)]

        everything = client.entities.query(ParkingSpot, page_size=10)
        assert [len(page) for page in everything.pages()] == [10, 10, 5]
        found = sorted(everything.all(), key=lambda entity: entity.id)
        assert found == [spot(number) for number in range(25)]
        assert everything.count() == 25
        free = client.entities.query(ParkingSpot, q='status=="free"', page_size=5)
        assert len(free.all()) == 12
        posted = client.entities.query(ParkingSpot, q='status=="free"', page_size=5, as_post=True)
        assert posted.all() == free.all()
        close = client.entities.query(ParkingSpot, geo=near(point(3.7, 51.0), max_distance=150))
        assert close.count() == 3
        features = client.entities.query("ParkingSpot", as_=dict, accept="geo+json", page_size=50).all()
        assert {feature["geometry"]["type"] for feature in features} == {"Point"}

        assert (client.entities.purge("ParkingSpot", q='status=="free"')).ok
        assert everything.count() == 13


def test_batches(local_broker: Any, tenant: str) -> None:
    """Each verb; a mixed batch tells the good from the bad."""
    with Client(local_broker.url, tenant=tenant) as client:
        upserted = client.batch.upsert([spot(1), spot(2)])
        assert upserted.created == [spot(1).id, spot(2).id]
        assert (client.batch.upsert([spot(1), spot(3)])).created == [spot(3).id]
        assert (client.batch.upsert([{"id": spot(3).id, "type": "ParkingSpot", "note": 1}], mode="update")).ok
        assert (client.entities.retrieve(spot(3).id, as_=dict)).keys() >= {"note", "status"}
        mixed = client.batch.create([spot(3), spot(4)])
        assert (mixed.succeeded, [failure.entity_id for failure in mixed.failed]) == ([spot(4).id], [spot(3).id])
        assert isinstance(mixed.failed[0].error, AlreadyExists)
        assert (client.batch.update([{"id": spot(4).id, "type": "ParkingSpot", "note": 2}])).ok
        assert (client.batch.merge([{"id": spot(4).id, "type": "ParkingSpot", "width": {"value": 1}}])).ok
        merged = client.entities.retrieve(spot(4).id, as_=ParkingSpot)
        assert merged.width is not None
        assert (merged.width.value, merged.width.unit_code) == (1, "MTR")
        gone = client.batch.delete([spot(1), spot(2).id, "urn:ngsi-ld:ParkingSpot:none"])
        assert (gone.succeeded, [type(failure.error) for failure in gone.failed]) == (
            [spot(1).id, spot(2).id],
            [ResourceNotFound],
        )


def test_evolution(local_broker: Any, tenant: str) -> None:
    """History is written, read whole though it comes in segments, cut to times, aggregated, corrected, deleted."""
    times = [START + timedelta(minutes=minute) for minute in range(35)]
    history = TemporalEntity(
        id="urn:ngsi-ld:ParkingSpot:t",
        type="ParkingSpot",
        width=[Property(float(minute), observed_at=time) for minute, time in enumerate(times)],
    )
    hour = between(START, START + timedelta(hours=1))
    with Client(local_broker.url, tenant=tenant) as client:
        assert client.temporal.upsert(history) is True
        whole = client.temporal.retrieve(history.id, when=hour)
        assert sorted(timed.value for timed in whole.series("width", float)) == [float(minute) for minute in range(35)]
        values = client.temporal.retrieve(history.id, when=hour, representation="temporalValues")
        assert {timed.time for timed in values.series("width", float)} == set(times)
        newest = client.temporal.retrieve(history.id, when=last(3), representation="temporalValues")
        assert {timed.value for timed in newest.series("width", float)} == {32.0, 33.0, 34.0}

        found = client.temporal.query(ParkingSpot, when=hour, attrs="width")
        assert [len(entity.instances("width")) for entity in found] == [35]
        posted = client.temporal.query("ParkingSpot", when=hour, as_post=True, as_=dict)
        assert [len(entity["width"]) for entity in posted] == [35]
        average = client.temporal.query("ParkingSpot", when=hour.aggregated("avg", "max")).all()
        assert average[0].aggregates("width")["avg"][0].value == 17.0

        client.temporal.append_attributes(history.id, {"note": [Property("a", observed_at=START)]})
        note = (client.temporal.retrieve(history.id, attrs="note")).instances("note")[0]
        assert note.instance_id is not None
        client.temporal.update_instance(history.id, "note", note.instance_id, Property("b", observed_at=START))
        changed = client.temporal.retrieve(history.id, attrs="note")
        assert [timed.value for timed in changed.series("note", str)] == ["b"]
        client.temporal.delete_instance(history.id, "note", changed.instances("note")[0].wire["instanceId"])
        client.temporal.delete_attribute(history.id, "width")
        client.temporal.delete(history.id)
        with pytest.raises(ResourceNotFound):
            client.temporal.retrieve(history.id)


def test_discovery(local_broker: Any, tenant: str) -> None:
    """Types and attributes: their names, their details, one by one."""
    with Client(local_broker.url, tenant=tenant) as client:
        client.batch.upsert([spot(1), spot(2)])
        assert client.types.names() == ["ParkingSpot"]
        details = client.types.details()
        assert set(details[0].attribute_names or ()) == {"status", "width", "location"}
        info = client.types.retrieve("ParkingSpot")
        assert info.entity_count == 2
        assert set(client.attributes.names()) == {"status", "width", "location"}
        assert {item.attribute_name for item in client.attributes.details()} == {"status", "width", "location"}
        assert (client.attributes.retrieve("width")).attribute_types == ["Property"]
        with pytest.raises(ResourceNotFound):
            client.types.retrieve("Nothing")


SUBSCRIPTION = Subscription(
    entities=[EntitySelector(type="ParkingSpot")],
    watched_attributes=["status"],
    q='status=="free"',
    notification=NotificationParams(endpoint=Endpoint(uri="http://127.0.0.1:9/notify")),
)


def test_subscriptions(local_broker: Any, tenant: str) -> None:
    """Created with an id from the broker, listed, changed, sent back as it was read, deleted."""
    with Client(local_broker.url, tenant=tenant) as client:
        subscription_id = client.subscriptions.create(SUBSCRIPTION)
        stored = client.subscriptions.retrieve(subscription_id)
        assert stored.q == 'status=="free"'
        assert stored.status == "active"
        assert [item.id for item in client.subscriptions.query()] == [subscription_id]
        client.subscriptions.update(subscription_id, {"isActive": False})
        assert (client.subscriptions.retrieve(subscription_id)).is_active is False
        client.subscriptions.delete(subscription_id)
        assert client.subscriptions.create(stored) == subscription_id
        with pytest.raises(AlreadyExists):
            client.subscriptions.create(stored)
        client.subscriptions.delete(subscription_id)
        with pytest.raises(ResourceNotFound):
            client.subscriptions.delete(subscription_id)


def test_registrations_and_subscriptions_to_them(local_broker: Any, tenant: str) -> None:
    """A context source is registered, found by what it holds, changed and gone; so are subscriptions to such."""
    source = ContextSourceRegistration(
        endpoint="http://source.test:1026", information=[RegistrationInfo(entities=[EntityInfo(type="ParkingSpot")])]
    )
    with Client(local_broker.url, tenant=tenant) as client:
        registration_id = client.registrations.create(source)
        assert (client.registrations.retrieve(registration_id)).endpoint == source.endpoint
        assert [item.id for item in client.registrations.query("ParkingSpot")] == [registration_id]
        assert client.registrations.query("Nothing").all() == []
        client.registrations.update(registration_id, {"description": "the other city"})
        assert (client.registrations.retrieve(registration_id)).description == "the other city"
        client.registrations.delete(registration_id)

        subscription_id = client.registration_subscriptions.create(SUBSCRIPTION)
        assert (client.registration_subscriptions.retrieve(subscription_id)).id == subscription_id
        assert [item.id for item in client.registration_subscriptions.query()] == [subscription_id]
        client.registration_subscriptions.update(subscription_id, {"description": "x"})
        client.registration_subscriptions.delete(subscription_id)


def test_contexts(local_broker: Any) -> None:
    """A composed context is hosted, named by one address, used, looked at and deleted."""
    terms = {"ParkingSpot": "https://example.org/vocab#ParkingSpot", "status": "https://example.org/vocab#status"}
    with Client(local_broker.url) as client:
        address = client.contexts.create(terms)
        assert address.startswith(local_broker.url)
        assert (client.contexts.retrieve(address))["@context"] == terms
        assert (client.contexts.info(address)).kind == "Hosted"
        assert address in client.contexts.urls(kind="Hosted")
        assert address in {item.url for item in client.contexts.details()}
        named = client.with_options(context=address)
        named.entities.create(spot(1))
        assert (named.entities.retrieve(spot(1).id)).type == "ParkingSpot"
        full = client.entities.retrieve(spot(1).id)
        assert full.type == "https://example.org/vocab#ParkingSpot"
        with_context = named.entities.retrieve(spot(1).id, accept="ld+json")
        assert address in str(with_context.context)
        with pytest.raises(BadRequestData):
            client.contexts.delete(address, reload=True)
        client.contexts.delete(address)
        with pytest.raises(ResourceNotFound):
            client.contexts.info(address)
