"""How a user writes it; type checkers prove what each expression is. It is checked, not run."""

from __future__ import annotations

from typing import Any, assert_type

from citycontext.client import AsyncClient, AsyncResults, Client, Results
from citycontext.ngsild import Entity, GeoAttr, OptAttr, Property, optional
from citycontext.ngsild.batch import BatchResult
from citycontext.ngsild.query import Q, between
from citycontext.ngsild.subscriptions import Subscription
from citycontext.ngsild.temporal import TemporalEntity
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
    assert_type(client.entities.query(OffStreetParking).first(), OffStreetParking | None)
    for each in client.entities.query(OffStreetParking):
        assert_type(each, OffStreetParking)

    assert_type(client.batch.upsert([parking, {"id": ID, "type": "OffStreetParking"}]), BatchResult)
    assert_type(client.entities.update_attributes(ID, {"availableSpotNumber": 5}), UpdateResult)
    assert_type(client.temporal.retrieve(ID, when=HOUR), TemporalEntity)
    assert_type(client.temporal.query(OffStreetParking, when=HOUR).all(), list[TemporalEntity])
    assert_type(client.subscriptions.retrieve("urn:x:1"), Subscription)
    assert_type(client.subscriptions.query(), Results[Subscription])


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
