"""Batch operations: each entity on its own merits, and an answer that tells which."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

A, B = "urn:ngsi-ld:Lamp:a", "urn:ngsi-ld:Lamp:b"


def lamp(entity_id: str, power: Any) -> dict[str, Any]:
    """Make a lamp."""
    return {"id": entity_id, "type": "Lamp", "power": {"type": "Property", "value": power}}


async def powers(http: httpx.AsyncClient) -> dict[str, Any]:
    """Return the stored powers by id."""
    return {one["id"]: one.get("power") for one in (await http.get("entities?type=Lamp&options=keyValues")).json()}


async def test_create_tells_created_and_refused(http: httpx.AsyncClient) -> None:
    """All made gives 201 with the ids; a repeated one gives 207 with the reason."""
    first = await http.post("entityOperations/create", json=[lamp(A, 1)])
    assert (first.status_code, first.json()) == (201, [A])
    second = await http.post("entityOperations/create", json=[lamp(A, 2), lamp(B, 2)])
    assert second.status_code == 207
    assert second.json()["success"] == [B]
    (refused,) = second.json()["errors"]
    assert refused["entityId"] == A
    assert refused["error"]["type"].endswith("/AlreadyExists")
    assert await powers(http) == {A: 1, B: 2}


async def test_upsert_lists_only_what_is_new(http: httpx.AsyncClient) -> None:
    """An upsert gives 201 with the new ids, 204 when all were there."""
    await http.post("entityOperations/create", json=[lamp(A, 1)])
    mixed = await http.post("entityOperations/upsert", json=[lamp(A, 2), lamp(B, 2)])
    assert (mixed.status_code, mixed.json()) == (201, [B])
    again = await http.post("entityOperations/upsert", json=[lamp(A, 3)])
    assert (again.status_code, again.content) == (204, b"")


async def test_upsert_replaces_or_updates(http: httpx.AsyncClient) -> None:
    """By default an upsert replaces an entity; with update it keeps what is not named."""
    await http.post("entities", json={**lamp(A, 1), "colour": "white"})
    await http.post("entityOperations/upsert?options=update", json=[lamp(A, 2)])
    assert (await http.get(f"entities/{A}?options=keyValues")).json()["colour"] == "white"
    await http.post("entityOperations/upsert", json=[lamp(A, 3)])
    assert "colour" not in (await http.get(f"entities/{A}")).json()


async def test_entity_twice_in_a_batch_is_written_in_order(http: httpx.AsyncClient) -> None:
    """Of an entity that stands twice in a batch, the later one counts, and both are in its evolution."""
    await http.post("entityOperations/upsert", json=[lamp(A, 1), lamp(A, 2)])
    assert await powers(http) == {A: 2}
    evolution = (await http.get(f"temporal/entities/{A}?options=temporalValues")).json()
    assert [value for value, _ in evolution["power"]["values"]] == [1, 2]


async def test_wrong_entity_harms_no_other(http: httpx.AsyncClient) -> None:
    """Entities that break a rule are named with the reason, the others are stored."""
    wrong = [lamp("no-uri", 1), {"id": A}, lamp(B, None), 7]
    answer = await http.post("entityOperations/upsert", json=[*wrong, lamp(A, 5)])
    assert answer.status_code == 207
    assert answer.json()["success"] == [A]
    assert [error["entityId"] for error in answer.json()["errors"]] == ["no-uri", A, B, ""]
    assert await powers(http) == {A: 5}


async def test_update_without_overwrite_leaves_what_is_there(http: httpx.AsyncClient) -> None:
    """With noOverwrite an attribute that is there stays, and the answer says so."""
    await http.post("entities", json=lamp(A, 1))
    answer = await http.post("entityOperations/update?options=noOverwrite", json=[lamp(A, 2)])
    assert answer.status_code == 207
    assert await powers(http) == {A: 1}
    assert (await http.post("entityOperations/update", json=[lamp(A, 2)])).status_code == 204
    assert (await http.post("entityOperations/update", json=[lamp(B, 2)])).json()["errors"][0]["error"]["status"] == 404


async def test_merge_goes_into_each_entity(http: httpx.AsyncClient) -> None:
    """A merge changes members of attributes, and deletes by Null."""
    await http.post("entities", json={**lamp(A, 1), "colour": "white"})
    fragment = {"id": A, "power": {"unitCode": "WTT"}, "colour": "urn:ngsi-ld:null"}
    wrong = await http.post("entityOperations/merge", json=[{**fragment, "power": {"value": 3, "unitCode": "WTT"}}])
    assert wrong.status_code == 204
    shown = (await http.get(f"entities/{A}")).json()
    assert shown["power"] == {"type": "Property", "value": 3, "unitCode": "WTT"}
    assert "colour" not in shown


async def test_delete_tells_what_was_not_there(http: httpx.AsyncClient) -> None:
    """Deleting an id twice deletes once and refuses once."""
    await http.post("entities", json=lamp(A, 1))
    answer = await http.post("entityOperations/delete", json=[A, A, "x"])
    assert answer.json()["success"] == [A]
    assert [error["error"]["status"] for error in answer.json()["errors"]] == [404, 400]


@pytest.mark.parametrize("operation", ["create", "upsert", "update", "merge", "delete"])
@pytest.mark.parametrize("body", [[], {}, [None], "x"])
async def test_what_is_no_batch_is_refused(http: httpx.AsyncClient, operation: str, body: Any) -> None:
    """An empty array, a null in it, or no array at all is BadRequestData."""
    answer = await http.post(f"entityOperations/{operation}", json=body)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/BadRequestData")


async def test_query_by_body_finds_by_all_means(http: httpx.AsyncClient) -> None:
    """A query in a body selects by entities, q, geoQ and scopeQ, and shows what it asks for."""
    here = {"type": "Point", "coordinates": [3.7, 51.0]}
    await http.post("entities", json={**lamp(A, 1), "location": here, "scope": "/Gent"})
    await http.post("entities", json=lamp(B, 2))

    async def found(**members: Any) -> list[str]:
        answer = await http.post("entityOperations/query?options=keyValues", json={"type": "Query", **members})
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()]

    every = {"entities": [{"type": "Lamp"}]}
    assert await found(**every) == [A, B]
    assert await found(entities=[{"type": "Lamp", "id": [B]}]) == [B]
    assert await found(entities=[{"type": "Lamp", "idPattern": "a$"}, {"type": "X"}]) == [A]
    assert await found(**every, q="power>1") == [B]
    assert await found(**every, scopeQ="/Gent") == [A]
    near = {"georel": "near;maxDistance==1", "geometry": "Point", "coordinates": [3.7, 51.0]}
    assert await found(**every, geoQ=near) == [A]
    assert await found(**every, ordering={"orderBy": ["power;desc"]}) == [B, A]
    assert (await http.post("entityOperations/query", json={"type": "Query"})).status_code == 400
    assert (await http.post("entityOperations/query", json={"type": "Query", "nonsense": 1})).status_code == 400
