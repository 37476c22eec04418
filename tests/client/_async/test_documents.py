"""Subscriptions, registrations, contexts, entity maps, snapshots and discovery: what goes out and what comes back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, Field

from citycontext.client import CORAINE, GENERIC, ORION_LD, SCORPIO, AsyncClient
from citycontext.errors import DataError, InvalidDocument, OperationNotSupported, UnreadableResponse
from citycontext.ngsild import point
from citycontext.ngsild.query import near
from citycontext.ngsild.selection import GeoQ
from citycontext.ngsild.subscriptions import Endpoint, EntitySelector, NotificationParams, Subscription

CTX = "http://ctx.test/c.jsonld"
ID = "urn:ngsi-ld:Subscription:1"
WIRE = {
    "type": "Subscription",
    "entities": [{"type": "Vehicle"}],
    "notification": {"endpoint": {"uri": "http://a.test/notify"}},
}


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/ngsi-ld/v1/subscriptions/urn:x:1", "urn:x:1"),
        ("http://broker-host:1026/ngsi-ld/v1/subscriptions/urn%3Ax%3A1", "urn:x:1"),
        ("/ngsi-ld/v1/subscriptions/urn:x:a/b", "urn:x:a/b"),
        ("urn:x:1", "urn:x:1"),
    ],
)
async def test_the_id_a_broker_gives(broker: Any, location: str, expected: str) -> None:
    """It is taken from ``Location``, relative or absolute, encoded or not."""
    broker.will(201, Location=location)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        assert await client.subscriptions.create(WIRE) == expected


async def test_the_id_that_was_sent_is_the_id(broker: Any) -> None:
    """Whatever ``Location`` says; and without either there is an error, not a guess."""
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        broker.will(201, Location="/ngsi-ld/v1/subscriptions/urn%3Aother")
        assert await client.subscriptions.create({**WIRE, "id": ID}) == ID
        broker.answers[:] = []
        broker.will(201)
        with pytest.raises(UnreadableResponse, match="no Location"):
            await client.subscriptions.create(WIRE)
        broker.answers[:] = []
        broker.will(201, {"id": ID})
        assert await client.subscriptions.create(WIRE) == ID


async def test_a_create_that_could_make_two_is_not_repeated(broker: Any) -> None:
    """Without an id of its own a subscription would be there twice; with one it cannot."""
    broker.will(502)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        for document, attempts in ((WIRE, 1), ({**WIRE, "id": ID}, 4)):
            broker.requests.clear()
            with pytest.raises(Exception, match="502"):
                await client.subscriptions.create(document)
            assert len(broker.requests) == attempts


async def test_what_was_read_can_be_sent_back(broker: Any) -> None:
    """Without what only the broker writes, and with the filter as it was meant, not as Orion-LD encodes it."""
    sent_back = {**WIRE, "id": ID, "q": 'name=="x";speed>5', "isActive": True}
    answered = {
        **sent_back,
        "q": "name==%22x%22;speed%3E5",
        "status": "active",
        "createdAt": "2026-05-01T00:00:00Z",
        "origin": "cache",
        "notification": {**WIRE["notification"], "timesSent": 5, "status": "ok", "lastSuccess": "2026-05-01T00:00:00Z"},
    }
    broker.will(200, answered)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        subscription = await client.subscriptions.retrieve(ID, sys_attrs=True)
        assert subscription.q == 'name=="x";speed>5'
        await client.subscriptions.update(ID, subscription)
    assert broker.targets == [f"GET subscriptions/{ID}?options=sysAttrs", f"PATCH subscriptions/{ID}"]
    assert broker.body() == sent_back


async def test_a_geo_query_names_its_property(broker: Any) -> None:
    """Built or written, a subscription's geo-query says which property is meant: coraine's default never matches."""
    geo = {"georel": "near;maxDistance==500", "geometry": "Point", "coordinates": [3.72, 51.05]}
    notification = NotificationParams(endpoint=Endpoint(uri="http://a.test/notify"))
    entities = [EntitySelector(type="Vehicle")]
    broker.will(201, Location=f"/ngsi-ld/v1/subscriptions/{ID}")
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        for given in (near(point(3.72, 51.05), max_distance=500), GeoQ.from_dict(geo)):
            await client.subscriptions.create(Subscription(entities=entities, geo_q=given, notification=notification))
            assert broker.body()["geoQ"] == {**geo, "geoproperty": "location"}
        await client.subscriptions.create({**WIRE, "geoQ": geo})
        assert broker.body()["geoQ"] == geo


async def test_what_a_broker_only_reports_is_not_sent_back(broker: Any) -> None:
    """``jsonldContext`` goes back to any broker but Orion-LD, which tells it and refuses it; a new one still asks."""
    answered = {
        **WIRE,
        "id": ID,
        "jsonldContext": CTX,
        "origin": "cache",
        "notification": {**WIRE["notification"], "consecutiveErrors": 1, "lastErrorReason": "no length"},
    }
    sent_back = {**WIRE, "id": ID}
    broker.will(200, answered)
    for profile, expected in ((ORION_LD, sent_back), (GENERIC, {**sent_back, "jsonldContext": CTX})):
        async with AsyncClient(broker.url, transport=broker.transport, profile=profile) as client:
            subscription = await client.subscriptions.retrieve(ID)
            await client.subscriptions.create(subscription)
            assert broker.body() == expected
            await client.subscriptions.create(Subscription.from_dict({**sent_back, "jsonldContext": CTX}))
            assert broker.body() == {**sent_back, "jsonldContext": CTX}


async def test_lists_cross_pages(broker: Any) -> None:
    """As queries for entities do."""
    broker.will(200, [{**WIRE, "id": ID}], NGSILD_Results_Count="2").will(200, [{**WIRE, "id": ID + "2"}]).will(200, [])
    async with AsyncClient(broker.url, context=CTX, transport=broker.transport) as client:
        found = [subscription async for subscription in client.subscriptions.query(page_size=1)]
    assert [type(subscription) for subscription in found] == [Subscription, Subscription]
    assert CTX in broker.requests[0].headers["Link"]


async def test_one_bad_document_does_not_spoil_a_listing(broker: Any, caplog: pytest.LogCaptureFixture) -> None:
    """It stands aside with its reason, and the log says so once a listing; ``raise`` names it."""
    good, bad, worse = {**WIRE, "id": ID}, {"id": ID + "bad", "type": "Subscription"}, {"id": ID + "worse", "q": 5}
    broker.will(200, [bad, good, worse])
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        for found in (client.subscriptions.query(), client.registration_subscriptions.query()):
            assert [subscription.id for subscription in await found.all()] == [ID]
            assert [item.wire for item in found.invalid] == [bad, worse]
            assert [item.error.path for item in found.invalid] == ["notification", "q"]
        assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
        assert f"left out {ID + 'bad'!r}: notification: it is missing" in caplog.text
        with pytest.raises(InvalidDocument, match="missing") as raised:
            await client.subscriptions.query(on_invalid="raise").all()
        with pytest.raises(DataError, match="not one of collect, raise"):
            client.subscriptions.query(on_invalid="accept")  # type: ignore[arg-type]
        broker.answers[:] = []
        broker.will(200, [{"id": "urn:r:1", "type": "ContextSourceRegistration", "information": 5}])
        assert await (registrations := client.registrations.query("A")).all() == []
        assert [item.error.path for item in registrations.invalid] == ["information"]
    assert raised.value.__notes__ == [f"in Subscription {ID}bad"]


async def test_one_bad_document_is_told_by_its_id(broker: Any) -> None:
    """Asked for alone, what cannot be read is an error that names it."""
    broker.will(200, {"id": ID, "type": "Subscription"})
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        with pytest.raises(InvalidDocument) as raised:
            await client.subscriptions.retrieve(ID)
    assert raised.value.__notes__ == [f"in Subscription {ID}"]


class Described(BaseModel):
    text: str = Field(alias="description")


async def test_any_form_of_a_document_is_taken(broker: Any) -> None:
    """A document, a mapping or a pydantic model; nothing else."""
    broker.will(204)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        await client.registrations.update("urn:r:1", Described(description="x"))
        assert broker.body() == {"description": "x"}
        with pytest.raises(DataError, match="is not a document"):
            await client.registrations.update("urn:r:1", "text")  # type: ignore[arg-type]
    assert broker.targets == ["PATCH csourceRegistrations/urn:r:1"]


async def test_registrations_are_found_by_what_they_hold(broker: Any) -> None:
    """The filters of entities choose them."""
    broker.will(200, [])
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        await client.registrations.query(["A", "B"], q="x>1", csf="alias==1", page_size=3).all()
    assert broker.targets == ["GET csourceRegistrations?type=A,B&q=x%3E1&csf=alias%3D%3D1&limit=3"]


async def test_a_hosted_context_has_an_address_that_can_be_used(broker: Any) -> None:
    """The broker may know itself by another name; the address is the one seen from here, and leads back."""
    async with AsyncClient(broker.url, context=[CTX, {"x": "http://x.test"}], transport=broker.transport) as client:
        broker.will(201, Location="http://broker-host:1026/ngsi-ld/v1/jsonldContexts/urn:c:1")
        address = await client.contexts.create([CTX, {"x": "http://x.test"}])
        assert address == "http://broker.test:1026/ngsi-ld/v1/jsonldContexts/urn:c:1"
        assert broker.body() == {"@context": [CTX, {"x": "http://x.test"}]}
        assert "Link" not in broker.last.headers
        broker.answers[:] = []
        broker.will(200, {"@context": {}, "URL": address, "kind": "Hosted"})
        assert await client.contexts.retrieve(address) == {"@context": {}, "URL": address, "kind": "Hosted"}
        assert (await client.contexts.info("http://cached.test/c.jsonld")).kind == "Hosted"
        broker.answers[:] = []
        broker.will(204)
        await client.contexts.delete("urn:c:1", reload=True)
        broker.answers[:] = []
        broker.will(200, [address, {"URL": "http://other.test"}])
        assert await client.contexts.urls(kind="Hosted") == [address, "http://other.test"]
    assert broker.targets == [
        "POST jsonldContexts",
        "GET jsonldContexts/urn:c:1",
        "GET jsonldContexts/http:%2F%2Fcached.test%2Fc.jsonld?details=true",
        "DELETE jsonldContexts/urn:c:1?reload=true",
        "GET jsonldContexts?kind=Hosted",
    ]


async def test_entity_maps(broker: Any) -> None:
    """Made by a query, kept longer, dropped; Scorpio has them under another path, coraine is told how many."""
    wire = {"id": "urn:m:1", "type": "EntityMap", "entityMap": {"urn:e:1": ["@none"]}}
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        broker.will(201, wire)
        made = await client.entity_maps.create("Vehicle", q="speed>1", local=True)
        assert made.entity_map == {"urn:e:1": ["@none"]}
        await client.entity_maps.create("Vehicle", q="speed>1", local=True, limit=50, as_post=True)
        assert broker.body() == {"type": "Query", "entities": [{"type": "Vehicle"}], "q": "speed>1"}
        assert (await client.entity_maps.retrieve("urn:m:1")).id == "urn:m:1"
        broker.answers[:] = []
        broker.will(204)
        await client.entity_maps.update("urn:m:1", expires_at=datetime(2026, 5, 1, tzinfo=UTC))
        assert broker.body() == {"expiresAt": "2026-05-01T00:00:00Z"}
        await client.with_options(profile=SCORPIO).entity_maps.delete("urn:m:1")
        broker.answers[:] = []
        broker.will(201, wire)
        await client.with_options(profile=CORAINE).entity_maps.create("Vehicle")
    assert broker.targets == [
        "GET entityMaps?type=Vehicle&q=speed%3E1&local=true",
        "POST entityMaps?local=true&limit=50",
        "GET entityMaps/urn:m:1",
        "PATCH entityMaps/urn:m:1",
        "DELETE entityMap/urn:m:1",
        "GET entityMaps?type=Vehicle&limit=1000",
    ]


async def test_snapshots(broker: Any) -> None:
    """Made, looked at, cloned, purged."""
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        broker.will(201, Location="/ngsi-ld/v1/snapshots/urn:s:1")
        query = {"type": "Query", "entities": [{"type": "Vehicle"}]}
        assert await client.snapshots.create({"type": "Snapshot", "snapshotQueries": [query]}) == "urn:s:1"
        broker.answers[:] = []
        broker.will(201, Location="/ngsi-ld/v1/snapshots/urn:s:2")
        assert await client.snapshots.clone("urn:s:1", {"snapshotLifetime": "PT1H"}) == "urn:s:2"
        broker.answers[:] = []
        broker.will(200, {"id": "urn:s:1", "type": "Snapshot", "snapshotStatus": "success"})
        assert (await client.snapshots.retrieve("urn:s:1")).snapshot_status == "success"
        broker.answers[:] = []
        broker.will(204)
        await client.snapshots.update("urn:s:1", {"snapshotPriority": 2})
        await client.snapshots.delete("urn:s:1")
        assert (await client.snapshots.purge(q='snapshotStatus=="empty"')).ok
    assert broker.targets == [
        "POST snapshots",
        "POST snapshots/urn:s:1/clone",
        "GET snapshots/urn:s:1",
        "PATCH snapshots/urn:s:1",
        "DELETE snapshots/urn:s:1",
        "DELETE snapshots?q=snapshotStatus%3D%3D%22empty%22",
    ]


async def test_discovery_of_the_odd(broker: Any) -> None:
    """Repeated names are kept, an array of one that became a text is one, and an item without a name has its id."""
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        broker.will(200, {"type": "EntityTypeList", "typeList": ["A", "B", "A"]})
        assert await client.types.names(local=True) == ["A", "B", "A"]
        broker.answers[:] = []
        broker.will(200, {"type": "AttributeList", "attributeList": "a"})
        assert await client.attributes.names() == ["a"]
        broker.answers[:] = []
        broker.will(200, [{"id": "location", "type": "Attribute"}])
        assert (await client.attributes.details())[0].attribute_name == "location"
        broker.answers[:] = []
        broker.will(200, {"type": "EntityTypeList"})
        with pytest.raises(UnreadableResponse, match="typeList"):
            await client.types.names()
    assert broker.targets[0] == "GET types?local=true"


async def test_the_broker_names_itself(broker: Any) -> None:
    """Or says that it cannot."""
    broker.will(200, {"id": "urn:b:1", "type": "ContextSourceIdentity", "contextSourceUptime": "PT5S"})
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        assert (await client.source_identity()).uptime == "PT5S"
        broker.answers[:] = []
        broker.refuses(501, "NotImplemented")
        with pytest.raises(OperationNotSupported):
            await client.source_identity()
    assert broker.targets[0] == "GET info/sourceIdentity"
