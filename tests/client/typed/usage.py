"""How a user writes it; type checkers prove what each expression is. It is checked, not run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, assert_type

import httpx

from citycontext.client import (
    AsyncClient,
    AsyncResults,
    BearerToken,
    BrokerProfile,
    Client,
    OAuth2ClientCredentials,
    OAuth2Password,
    Results,
)
from citycontext.ngsild import NULL, Entity, GeoAttr, OptAttr, Property, optional, point
from citycontext.ngsild.batch import BatchResult
from citycontext.ngsild.discovery import (
    AttributeInformation,
    ContextDetails,
    ContextSourceIdentity,
    EntityTypeInfo,
    EntityTypeInformation,
)
from citycontext.ngsild.query import Q, between, last, near
from citycontext.ngsild.registrations import ContextSourceRegistration, RegistrationInfo
from citycontext.ngsild.selection import EntityInfo, Query
from citycontext.ngsild.snapshots import EntityMap, Snapshot
from citycontext.ngsild.subscriptions import Endpoint, EntitySelector, NotificationParams, Subscription
from citycontext.ngsild.temporal import TemporalEntity, TimedValue
from citycontext.ngsild.update_result import UpdateResult

ID = "urn:ngsi-ld:OffStreetParking:gent:loop"
HOUR = between("2026-05-01T00:00:00Z", "2026-05-01T01:00:00Z")


class OffStreetParking(Entity):
    location: GeoAttr
    available_spot_number: OptAttr[int] = optional()


def use(client: Client) -> None:
    parking = client.entities.retrieve(ID, as_=OffStreetParking)
    assert_type(parking, OffStreetParking)
    assert_type(parking.available_spot_number, Property[int] | None)
    assert_type(client.entities.retrieve(ID), Entity)
    assert_type(client.entities.retrieve(ID, as_=dict, representation="simplified"), dict[str, Any])

    assert_type(client.entities.query(OffStreetParking, q=Q.availableSpotNumber > 5), Results[OffStreetParking])
    assert_type(client.entities.query("OffStreetParking", as_=OffStreetParking), Results[OffStreetParking])
    assert_type(client.entities.query("OffStreetParking", pick=["id"]), Results[Entity])
    assert_type(client.entities.query("OffStreetParking", as_=dict), Results[dict[str, Any]])
    assert_type(client.entities.query(OffStreetParking, as_=dict), Results[dict[str, Any]])
    assert_type(client.entities.query(OffStreetParking).first(), OffStreetParking | None)
    for each in client.entities.query(OffStreetParking):
        assert_type(each, OffStreetParking)

    assert_type(client.batch.upsert([parking, {"id": ID, "type": "OffStreetParking"}]), BatchResult)
    assert_type(client.entities.update_attributes(ID, {"availableSpotNumber": 5}), UpdateResult)
    assert_type(client.temporal.retrieve(ID, when=HOUR), TemporalEntity)
    assert_type(client.temporal.query(OffStreetParking, when=HOUR).all(), list[TemporalEntity])
    assert_type(client.subscriptions.retrieve("urn:x:1"), Subscription)
    assert_type(client.subscriptions.query(), Results[Subscription])


def make_clients() -> None:
    token = OAuth2ClientCredentials("https://login.example/token", client_id="bridge", client_secret="s")
    Client("https://broker.example", tenant="gent", context=["https://example.org/c.jsonld"], auth=token, timeout=5)
    Client("https://broker.example", auth=httpx.BasicAuth("user", "password"), headers={"X-Trace": "1"}, verify=False)
    AsyncClient("https://broker.example", auth=BearerToken("t"), limits=httpx.Limits(max_connections=5), retries=0)
    login = OAuth2Password("https://login.example/token", client_id="a", username="u", password="p")
    with Client("https://broker.example", auth=login) as client:
        assert_type(client, Client)
        assert_type(client.detect(), BrokerProfile)
        assert_type(client.source_identity(), ContextSourceIdentity)
        assert_type(client.allowed_methods("entities"), list[str])
        assert_type(client.with_options(profile=client.detect(), tenant=None, context=None), Client)


def entities(client: Client, parking: OffStreetParking) -> None:
    assert_type(client.entities.create(parking), str)
    assert_type(client.entities.upsert(parking, mode="update"), bool)
    client.entities.replace(parking)
    client.entities.merge(ID, {"availableSpotNumber": NULL}, observed_at=datetime.now(UTC), lang="nl")
    client.entities.merge(ID, OffStreetParking.fragment(available_spot_number=7), representation="concise")
    assert_type(client.entities.append_attributes(ID, {"note": "x"}, overwrite=False), UpdateResult)
    client.entities.update_attribute(ID, "availableSpotNumber", {"value": 5})
    client.entities.replace_attribute(ID, "availableSpotNumber", Property(5))
    client.entities.delete_attribute(ID, "availableSpotNumber", dataset_id="urn:x:1")
    client.entities.retrieve_attribute(ID, "availableSpotNumber", dataset_id="urn:x:1")
    assert_type(client.entities.exists(ID, type="OffStreetParking"), bool)
    client.entities.retrieve_value(ID, "name", lang="nl")
    assert_type(client.entities.purge("OffStreetParking", q=Q.note.exists(), drop=["note"]), BatchResult)
    client.entities.delete(ID)
    around = near(point(3.7, 51.0), max_distance=100)
    found = client.entities.query(OffStreetParking, geo=around, order_by="id", on_invalid="collect", entity_map=True)
    assert_type(found.count(), int)
    assert_type(found.all(), list[OffStreetParking])
    for page in found.pages():
        assert_type(page, list[OffStreetParking])


def batches(client: Client, parking: OffStreetParking) -> None:
    def told(done: int, total: int) -> None: ...

    assert_type(client.batch.create([parking], progress=told).raise_for_errors(), BatchResult)
    assert_type(client.batch.update([parking], overwrite=False).succeeded, list[str])
    assert_type(client.batch.merge(one for one in [parking]), BatchResult)
    assert_type(client.batch.delete([ID, parking]).failed[0].entity_id, str)


def history(client: Client) -> None:
    assert_type(client.temporal.upsert({"id": ID, "type": "OffStreetParking"}), bool)
    found = client.temporal.retrieve(ID, when=last(3))
    assert_type(found.series("availableSpotNumber", int), list[TimedValue[int]])
    assert_type(found.series("availableSpotNumber", int)[0].value, int)
    assert_type(found.series("availableSpotNumber", int)[0].time, datetime | None)
    assert_type(client.temporal.retrieve(ID, as_=dict), dict[str, Any])
    for each in client.temporal.query(OffStreetParking, when=HOUR.aggregated("avg"), order_by="id"):
        assert_type(each, TemporalEntity)
    client.temporal.append_attributes(ID, {"note": []})
    client.temporal.update_instance(ID, "note", "urn:i:1", Property("x"))
    client.temporal.delete_instance(ID, "note", "urn:i:1")
    client.temporal.delete_attribute(ID, "note", delete_all=True)
    client.temporal.delete(ID)


def discovery(client: Client) -> None:
    assert_type(client.types.names(), list[str])
    assert_type(client.types.details(), list[EntityTypeInformation])
    assert_type(client.types.retrieve("OffStreetParking"), EntityTypeInfo)
    assert_type(client.attributes.names(), list[str])
    assert_type(client.attributes.details(), list[AttributeInformation])
    assert_type(client.attributes.retrieve("location"), AttributeInformation)


def subscriptions(client: Client) -> None:
    subscription = Subscription(
        entities=[EntitySelector(type="OffStreetParking")],
        notification=NotificationParams(endpoint=Endpoint(uri="http://localhost:9/notify")),
    )
    for resource in (client.subscriptions, client.registration_subscriptions):
        assert_type(resource.create(subscription), str)
        assert_type(resource.query(), Results[Subscription])
        assert_type(resource.retrieve("urn:x:1", sys_attrs=True), Subscription)
        resource.update("urn:x:1", {"isActive": False})
        resource.delete("urn:x:1")


def registrations(client: Client) -> None:
    holds = [RegistrationInfo(entities=[EntityInfo(type="OffStreetParking")])]
    source = ContextSourceRegistration(endpoint="http://source.example", information=holds)
    assert_type(client.registrations.create(source), str)
    assert_type(client.registrations.query("OffStreetParking"), Results[ContextSourceRegistration])
    assert_type(client.registrations.retrieve("urn:x:1"), ContextSourceRegistration)
    client.registrations.update("urn:x:1", {"description": "x"})
    client.registrations.delete("urn:x:1")


def contexts(client: Client) -> None:
    assert_type(client.contexts.create({"name": "https://example.org/name"}), str)
    assert_type(client.contexts.urls(kind="Hosted"), list[str])
    assert_type(client.contexts.details(), list[ContextDetails])
    assert_type(client.contexts.retrieve("https://example.org/c"), dict[str, Any])
    assert_type(client.contexts.info("https://example.org/c"), ContextDetails)
    client.contexts.delete("https://example.org/c", reload=True)


def kept_results(client: Client) -> None:
    assert_type(client.entity_maps.create("OffStreetParking", q=Q.note.exists()), EntityMap)
    assert_type(client.entity_maps.create("OffStreetParking", when=HOUR, as_post=True), EntityMap)
    assert_type(client.entity_maps.retrieve("urn:x:1"), EntityMap)
    client.entity_maps.update("urn:x:1", expires_at=datetime.now(UTC))
    client.entity_maps.delete("urn:x:1")
    wanted = Snapshot(snapshot_queries=[Query(entities=[EntitySelector(type="OffStreetParking")])])
    assert_type(client.snapshots.create(wanted), str)
    assert_type(client.snapshots.retrieve("urn:x:1"), Snapshot)
    client.snapshots.update("urn:x:1", {"snapshotPriority": 3})
    assert_type(client.snapshots.clone("urn:x:1", {"id": "urn:x:2"}), str)
    client.snapshots.delete("urn:x:1")
    assert_type(client.snapshots.purge(q=Q.snapshotPriority < 3), BatchResult)


async def use_async(client: AsyncClient) -> None:
    assert_type(await client.entities.retrieve(ID, as_=OffStreetParking), OffStreetParking)
    assert_type(client.entities.query(OffStreetParking), AsyncResults[OffStreetParking])
    assert_type(await client.entities.query(OffStreetParking).all(), list[OffStreetParking])
    async for each in client.entities.query(OffStreetParking):
        assert_type(each, OffStreetParking)
    async for page in client.entities.query(OffStreetParking).pages():
        assert_type(page, list[OffStreetParking])


def misuse(client: Client) -> None:
    client.entities.query(OffStreetParking, filter="x")  # type: ignore[call-overload]  # pyright: ignore
    client.entities.retrieve(ID, as_=int)  # type: ignore[type-var]  # pyright: ignore
    client.batch.upsert([5])  # type: ignore[list-item]  # pyright: ignore
    client.batch.upsert([], mode="merge")  # type: ignore[arg-type]  # pyright: ignore
